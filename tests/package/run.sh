#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Debian's package from beginning to end: builds it, and in a fresh Debian of the same release, with dpkg and apt, installs
# it, uses it, upgrades, removes and purges it. As root: run.sh [ROOT-FOLDER]
#
# The fresh Debian comes from debootstrap, or is a copy of the root folder given. It takes a few minutes, so this isn't
# one of the tests that tests/run.sh runs.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$top/tests/setup.sh"

[ "$(id -u)" -eq 0 ] || fail "needs root, for chroot"
# What is mounted for the chroot is gone when this ends, however it ends.
[ -n "${SIMTCP_UNSHARED:-}" ] || SIMTCP_UNSHARED=1 exec unshare --mount --propagation private "$0" "$@"

install_missing wireshark-dev cmake make gcc libc6-dev dpkg-dev file lintian debootstrap
work=$(mktemp -d)
trap 'umount -q "$work/root/proc" || true; mountpoint -q "$work/root/proc" || rm -rf "$work"' EXIT
root=$work/root

say() {
	echo "== $*"
}

# A command in the fresh Debian, as root or as an ordinary user.
inside() {
	chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
as_user() {
	chroot --userspec=tester:tester "$root" env -i HOME=/home/tester PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$@"
}

# Every file there but what dpkg, apt and man-db keep for themselves, and the users' settings: Wireshark copies a global
# profile that is used into them.
snapshot() {
	(cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./var/lib/dpkg -o -path ./var/lib/apt \
		-o -path ./var/cache -o -path ./var/log -o -path ./packages -o -name .config \) -prune -o -print | sort)
}

say "building the package"
build "$work/build" -DSIMTCP_BUILD_TESTS=OFF
(cd "$work/build" && cpack -G DEB -B "$work/deb") >"$work/cpack.log" 2>&1 || { cat "$work/cpack.log" >&2; fail "cpack failed"; }
package=$(echo "$work"/deb/simtcp_*.deb)
lintian --fail-on error,warning "$package"

# An older version, with a file that the newer one has no more.
dpkg-deb -R "$package" "$work/old"
sed -i 's/^Version: .*/Version: 0.0.9-1/' "$work/old/DEBIAN/control"
touch "$work/old/usr/share/simtcp/gone"
dpkg-deb --root-owner-group -b "$work/old" "$work/old.deb" >"$work/old.log"

release=$(. /etc/os-release && echo "$VERSION_CODENAME")
if [ $# -ge 1 ]; then
	say "copying $1"
	cp -a "$1" "$root"
else
	say "bootstrapping $release"
	debootstrap --variant=minbase "$release" "$root" >"$work/bootstrap.log" 2>&1 || { tail "$work/bootstrap.log" >&2; fail "debootstrap failed"; }
fi
mount -t proc proc "$root/proc"
mkdir "$root/packages"
cp "$package" "$work/old.deb" "$root/packages/"
inside apt-get -q update >/dev/null || fail "apt-get update failed"
inside apt-get -qq install -y --no-install-recommends tshark man-db passwd >"$work/apt.log" 2>&1 </dev/null ||
	{ tail "$work/apt.log" >&2; fail "could not install tshark"; }
inside useradd -m tester
as_user tshark -G plugins >/dev/null
before=$(snapshot)

say "install"
inside apt-get -qq install -y --no-install-recommends /packages/old.deb >"$work/apt.log" 2>&1 </dev/null ||
	{ cat "$work/apt.log" >&2; fail "could not install"; }
[ -e "$root/usr/share/simtcp/gone" ] || fail "the old version has lost its file"

say "upgrade"
inside apt-get -qq install -y --no-install-recommends "/packages/${package##*/}" >"$work/apt.log" 2>&1 </dev/null ||
	{ cat "$work/apt.log" >&2; fail "could not upgrade"; }
inside dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' simtcp
[ ! -e "$root/usr/share/simtcp/gone" ] || fail "a file of the old version is left"
inside dpkg --verify simtcp

examples=/usr/share/doc/simtcp/examples
for who in as_user inside; do
	say "use, $who"
	$who tshark -G plugins 2>/dev/null | grep '^simtcp\.so' || fail "the plugin is not loaded"
	$who tshark -n -2 -Y simtcp.simopen -r $examples/article-simultaneous-open.pcapng >"$work/open.txt" 2>/dev/null
	[ "$(wc -l <"$work/open.txt")" -eq 10 ] || fail "not all frames of the simultaneous open: $(cat "$work/open.txt")"
	tail -n 1 "$work/open.txt"
	$who tshark -D 2>/dev/null | grep simtcp || fail "the capture interface is not listed"
	$who tshark -n -i simtcp -o extcap.simtcp.source:open-simultaneous -o extcap.simtcp.speed:0 -T fields -e simtcp.role \
		>"$work/live.txt" 2>/dev/null
	grep -q '2\.ACK k+1' "$work/live.txt" || fail "nothing came from the capture interface"
	$who man simtcp-gen 2>/dev/null | grep -q 'simtcp-gen.*script' || fail "no manual page"
	$who simtcp-sim -o /tmp/sim.pcapng --connections 5 || fail "simtcp-sim does not run"
	rm "$root"/tmp/sim.*
	# a profile that does not exist is an error
	$who tshark -C SimTCP -n -2 -r $examples/article-simultaneous-close.pcapng >"$work/profile.txt" 2>/dev/null ||
		fail "no profile SimTCP"
	grep -q 'TIME-WAIT' "$work/profile.txt" || fail "the profile shows no states: $(cat "$work/profile.txt")"
done

inside dpkg -L simtcp | sort >"$work/owned.txt"
say "remove: $(wc -l <"$work/owned.txt") files and folders of the package"
inside apt-get -qq remove -y simtcp >"$work/apt.log" 2>&1 </dev/null || { cat "$work/apt.log" >&2; fail "could not remove"; }
grep -i simtcp "$work/owned.txt" | while read -r file; do
	[ ! -e "$root$file" ] || fail "left after removal: $file"
done

say "install again, with dpkg, and purge"
inside dpkg -i "/packages/${package##*/}" >/dev/null
inside dpkg --purge simtcp >/dev/null
diff <(echo "$before") <(snapshot) || fail "purging did not leave the system as it was"
! inside dpkg-query -W simtcp 2>/dev/null || fail "dpkg still knows the package"
inside tshark -G plugins 2>/dev/null | grep simtcp && fail "the plugin is still loaded"
say "all is as it should be"
