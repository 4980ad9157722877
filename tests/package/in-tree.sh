#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The plugin in Wireshark's own source tree: in-tree.sh WIRESHARK-SOURCE [WORK-FOLDER]
#
# Copies the source tree, puts plugin/ into its plugins/epan/simtcp, builds tshark and the plugin there, and
# looks whether that tshark finds the articles' connections. It takes ten minutes on two cores and 1 GB of disk, so it
# isn't one of the tests that run.sh runs. With a work folder, the second run builds only what has changed since; without
# one, everything is removed at the end.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$top/tests/setup.sh"

[ -f "${1:-}/CMakeListsCustom.txt.example" ] || fail "usage: in-tree.sh WIRESHARK-SOURCE [WORK-FOLDER]"
source=$(readlink -f "$1")
if [ $# -ge 2 ]; then
	mkdir -p "$2"
	work=$(readlink -f "$2")
else
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
fi
chmod 755 "$work"

install_missing cmake ninja-build gcc g++ flex perl python3 pkg-config util-linux libglib2.0-dev libgcrypt20-dev \
	libpcre2-dev libc-ares-dev

[ -d "$work/wireshark" ] || cp -a "$source" "$work/wireshark"
rm -rf "$work/wireshark/plugins/epan/simtcp"
cp -a "$top/plugin" "$work/wireshark/plugins/epan/simtcp"
cp "$top/plugin/CMakeListsCustom.txt" "$work/wireshark/"

# Unoptimised, which halves the time. What tshark and the plugin don't need is not looked for.
cmake -G Ninja -S "$work/wireshark" -B "$work/build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS="-O0 -g0" \
	-DBUILD_wireshark=OFF -DBUILD_sharkd=OFF -DENABLE_PCAP=OFF -DENABLE_LUA=OFF >"$work/configure.log" 2>&1 ||
	{ cat "$work/configure.log" >&2; fail "configuring failed"; }
cmake --build "$work/build" --target simtcp tshark

# As root Wireshark takes no settings of others; this tshark finds its own plugins from where it is itself.
chmod -R a+rX "$work"
mkdir -p "$work/home"
chmod 777 "$work/home"
unprivileged=()
[ "$(id -u)" -ne 0 ] || unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups)
built_tshark() {
	env -u XDG_CONFIG_HOME -u WIRESHARK_PLUGIN_DIR HOME="$work/home" "${unprivileged[@]}" "$work/build/run/tshark" "$@"
}

built_tshark --version | head -n 1
built_tshark -G plugins | grep '^simtcp\.so' || fail "the plugin was not loaded"
for event in open close; do
	cp "$top/sample-captures/article-simultaneous-$event.pcapng" "$work/"
	chmod a+r "$work/article-simultaneous-$event.pcapng"
	built_tshark -n -2 -r "$work/article-simultaneous-$event.pcapng" -Y "simtcp.sim$event" >"$work/$event.txt"
	cat "$work/$event.txt"
	grep -q '\[2\.ACK k+1\]\|\[2\.SYN n, ACK k+1\]' "$work/$event.txt" || fail "the simultaneous $event was not found"
done
echo "The plugin works in the source tree of $(built_tshark --version | head -n 1)"
