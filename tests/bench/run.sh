#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Measures what the plugin costs Wireshark: run.sh [--check] [OPTION...], see run.sh --help and
# docs/performance.md. Installs what is missing on a Debian machine, and builds, in a folder of its own outside the
# sources that anybody may read: SIMTCP_BENCH, by default one in /var/tmp.
set -euo pipefail

bench=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
top=$(cd "$bench/../.." && pwd)
. "$top/tests/setup.sh"

# as root, tshark runs as nobody and must be able to read the captures
umask 022
cache=${SIMTCP_BENCH:-/var/tmp/simtcp-bench-$(id -u)}
mkdir -p "$cache"
[ -O "$cache" ] || fail "$cache belongs to another user: set SIMTCP_BENCH to a folder of your own"

install_missing tshark wireshark-common wireshark-dev cmake make gcc libc6-dev util-linux python3 valgrind
top=$bench build "$cache/build"

exec python3 -B "$bench/measure.py" --build "$cache/build" --cache "$cache/captures" "$@"
