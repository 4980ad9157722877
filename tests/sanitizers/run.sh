#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds everything but the plugin with address and undefined-behaviour sanitizers and runs the core's unit
# tests, the generator on every scenario, and the simulator: run.sh [FOLDER] (default build/sanitized).
# The simulator's tests do more of the same (tests/simulator/test_sanitizers.py).
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
folder=${1:-$top/build/sanitized}
flags="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
export UBSAN_OPTIONS=print_stacktrace=1

# The plugin is configured too, but not built: Wireshark isn't sanitized.
cmake -S "$top" -B "$folder" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS="$flags" >/dev/null
units=$(sed -n 's/^add_test(\[*=*\(unit-[a-z-]*\).*/\1/p' "$folder/tests/unit/CTestTestfile.cmake")
[ -n "$units" ] || { echo "${0##*/}: no unit tests were configured; is libcmocka-dev there?" >&2; exit 1; }
# shellcheck disable=SC2086
cmake --build "$folder" --target simtcp-gen simtcp-sim $units >/dev/null

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
for unit in $units; do
	"$folder/tests/unit/$unit" >"$stage/log" 2>&1 || { cat "$stage/log" >&2; exit 1; }
done
echo "$(echo "$units" | wc -w) unit tests of the core: no fault"

scripts=("$top"/sample-captures/scenarios/*.pkt)
for script in "${scripts[@]}"; do
	"$folder/tools/simtcp-gen" "$script" -o "$stage/capture.pcapng" 2>"$stage/log" &&
		"$folder/tools/simtcp-gen" --expectations "$script" >/dev/null 2>>"$stage/log" ||
		{ cat "$stage/log" >&2; exit 1; }
done
echo "${#scripts[@]} scenarios: no fault"

"$folder/tools/simtcp-sim" -o "$stage/capture.pcapng" --connections 3000 >/dev/null
echo "3000 simulated connections: no fault"
