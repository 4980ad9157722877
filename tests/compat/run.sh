#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the same tree for several releases of Wireshark, with gcc and with clang and every warning an error, and
# runs the tests with each:
#
#     tests/compat/run.sh [-c COMPILER]... [-k FOLDER] [RELEASE | ROOT]... [-- CTEST OPTION...]
#
# All tests run with the first compiler; with the others those that what was compiled for Wireshark could fail.
# CTest options, if there are any, choose for both.
#
# A RELEASE of Debian (bookworm trixie sid, if none is named: Wireshark 4.0, 4.4, 4.6) is installed by debootstrap into
# the folder given by -k, where the next run finds it, or into one that is removed. A ROOT is a folder that holds such
# a system. Nothing in it changes: what is installed and built goes into an overlay that is thrown away, and the mounts
# end with the script, even if it is killed. Compilers: gcc and clang. Logs are left in build/compat. Needs root.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$top/tests/setup.sh"

compilers=() roots=() keep=
while [ $# -gt 0 ]; do
	case $1 in
	-c) compilers+=("${2:?}"); shift ;;
	-k) keep=${2:?}; shift ;;
	--) shift; break ;;
	-*) fail "unknown option $1" ;;
	*) roots+=("$1") ;;
	esac
	shift
done
[ ${#compilers[@]} -gt 0 ] || compilers=(gcc clang)
[ ${#roots[@]} -gt 0 ] || roots=(bookworm trixie sid)
[ "$(id -u)" -eq 0 ] || fail "needs root, for chroot and mount"

# In a mount namespace of its own nothing stays mounted, and so nothing below a mount can be removed by mistake.
if [ -z "${SIMTCP_COMPAT:-}" ]; then
	command -v unshare git >/dev/null || fail "needs unshare and git"
	scratch=$(mktemp -d)
	trap 'rm -rf --one-file-system "$scratch"' EXIT
	[ -n "$keep" ] || keep=$scratch/roots
	mkdir -p "$keep" "$top/build/compat"
	options=()
	for compiler in "${compilers[@]}"; do options+=(-c "$compiler"); done
	SIMTCP_COMPAT=$scratch unshare --mount --propagation private "$0" "${options[@]}" \
		-k "$(readlink -f "$keep")" "${roots[@]}" -- "$@"
	exit
fi
scratch=$SIMTCP_COMPAT logs=$top/build/compat

# The folder that holds the system $1.
system_of() {
	local folder=$keep/$1
	if [ -d "$1" ]; then
		readlink -f "$1"
		return
	fi
	if [ ! -e "$folder/etc/debian_version" ]; then
		install_missing debootstrap
		debootstrap --variant=minbase "$1" "$folder.part" >"$logs/debootstrap-$1.log" 2>&1 ||
			fail "debootstrap $1 failed: see $logs/debootstrap-$1.log"
		mv "$folder.part" "$folder"
	fi
	echo "$folder"
}

# Mounts a system that may be changed at $2, over $1.
mount_over() {
	mkdir -p "$2" "$2.upper" "$2.work"
	mount -t overlay overlay -o "lowerdir=$1,upperdir=$2.upper,workdir=$2.work" "$2"
	for folder in dev proc sys; do mount --rbind "/$folder" "$2/$folder"; done
	cp /etc/resolv.conf "$2/etc/resolv.conf" 2>/dev/null || true
	# an unstable release that a mirror holds may be past its date
	echo 'Acquire::Check-Valid-Until "false";' >"$2/etc/apt/apt.conf.d/90valid-until"
	rm -rf "$2/srv/simtcp"
	git clone -q "$top" "$2/srv/simtcp"
}

# A command in the system $1 and in nobody's environment.
inside() {
	local system=$1
	shift
	chroot "$system" env -i HOME=/root CI=true PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		bash -c "cd /srv/simtcp && $*" </dev/null
}

# The tests that passed, of how many, in a log of CTest's.
passed() {
	local summary
	summary=$(grep -E '^[0-9]+% tests passed' "$1" | tail -n 1) || true
	if [ -n "$summary" ]; then
		echo "$summary" | sed -E 's/.* ([0-9]+) tests? failed out of ([0-9]+).*/\1 \2/' |
			{ read -r failed all; echo "$((all - failed)) of $all"; }
	else
		echo "none"
	fi
}

bad=0
quick='unit-|generator|outputs|time-wait|sharkd'
chosen=''
[ $# -eq 0 ] || chosen=$(printf ' %q' "$@")
table="| Debian | Wireshark | Compiler | Warnings | Tests passed |
|---|---|---|---|---|"
for root in "${roots[@]}"; do
	name=$(basename "$root") system=$scratch/$(basename "$root")
	mount_over "$(system_of "$root")" "$system"
	for compiler in "${compilers[@]}"; do
		tests=$chosen
		[ $# -gt 0 ] || [ "$compiler" = "${compilers[0]}" ] || tests=" -R '^($quick)'"
		log=$logs/$name-$compiler.log
		echo "$name, $compiler: see $log" >&2
		result=0
		inside "$system" "rm -rf build; CC=$compiler CFLAGS=-Werror tests/run.sh$tests" >"$log" 2>&1 || result=$?
		wireshark=$(inside "$system" 'tshark --version 2>/dev/null' | sed -nE '1s/.* ([0-9]+\.[0-9]+\.[0-9]+).*/\1/p')
		warnings=none
		grep -q 'the build failed' "$log" && warnings="$(grep -cE '(warning|error):' "$log")"
		version=$(inside "$system" "$compiler --version 2>/dev/null" |
			sed -nE '1s/.* ([0-9]+\.[0-9]+\.[0-9]+).*/\1/p') || true
		table+="
| $name | ${wireshark:-?} | $compiler ${version:-?} | $warnings | $(passed "$log") |"
		[ "$result" -eq 0 ] || bad=1
	done
	umount -R "$system"
done
echo "$table" | tee "$logs/table.md"
exit "$bad"
