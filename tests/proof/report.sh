#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs what shows that simtcp's verdicts are right, and writes what came out into docs/proof.md:
#
#     tests/proof/report.sh [--all | PART...]
#
# Without an argument: all parts but those that take long. --list names all parts. Each part's section says when it was
# run last, with which revision of the tree, and how long it took; the other sections stay as they are. The build is made
# in build.
#
#     SIMTCP_BUILD          another folder, which has been built already
#     SIMTCP_PROOF          another page than docs/proof.md
#     SIMTCP_FUZZ_SECONDS   how long to fuzz (3600)
#     SIMTCP_FUZZ_FOLDER    where, so that a later run goes on from there; else in a folder that is removed
#     SIMTCP_ORACLE_ALL=1   hold hundreds of thousands of connections against the oracle, not thousands: an hour and more
#     SIMTCP_PROOF_ROOTS    what to hand to tests/compat/run.sh: its options, releases, or folders that hold them
#
# The exit status is 1 if any part failed.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$top/tests/setup.sh"
page=$(readlink -f "${SIMTCP_PROOF:-$top/docs/proof.md}")
every=(simulator million kernels passes sessions oracle fuzzing damaged sanitizers load mutations compatibility)
long=(million fuzzing mutations compatibility)

is_long() {
	[[ " ${long[*]} " == *" $1 "* ]]
}

parts=()
case ${1:-} in
--list)
	printf '%s\n' "${every[@]}"
	exit
	;;
--all) parts=("${every[@]}") ;;
"") for part in "${every[@]}"; do is_long "$part" || parts+=("$part"); done ;;
*) parts=("$@") ;;
esac
for part in "${parts[@]}"; do
	[[ " ${every[*]} " == *" $part "* ]] || fail "no part is called '$part'; there are ${every[*]}"
	grep -q "^<!-- part: $part -->$" "$page" || fail "$page has no part '$part'"
done

cd "$top"
[ -n "${SIMTCP_BUILD:-}" ] || build "$top/build" -DSIMTCP_BUILD_TESTS=ON -DSIMTCP_BUILD_TOOLS=ON
SIMTCP_BUILD=$(readlink -f "${SIMTCP_BUILD:-$top/build}")
export SIMTCP_BUILD SIMTCP_TOOLS=$SIMTCP_BUILD/tools SIMTCP_GEN=$SIMTCP_BUILD/tools/simtcp-gen
export SIMTCP_TSHARK=${SIMTCP_TSHARK:-tshark}
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Runs pytest, prints its own last line ("12 passed in 3 s"), and leaves the rest in the file $scratch/log.
tests() {
	local result=0
	"$python" -B -m pytest -q -s -p no:cacheprovider "$@" >"$scratch/log" 2>&1 || result=$?
	echo "- \`pytest $*\`: $(tail -n 1 "$scratch/log" | sed -E 's/^=+ | =+$//g')"
	[ "$result" -eq 0 ] || grep -E '^(FAILED|ERROR)' "$scratch/log" | sed 's/^/  - /' || true
	return "$result"
}

# What comes in, as it stands there; nothing, if that is nothing.
quoted() {
	local text
	text=$(cat)
	[ -z "$text" ] || printf '\n```\n%s\n```\n' "$text"
}

part_simulator() {
	local result=0
	"$python" -B tests/simulator/bulk.py --connections 100000 --markdown --tools "$SIMTCP_TOOLS" || result=$?
	echo
	tests tests/simulator || result=$?
	return "$result"
}

part_million() {
	"$python" -B tests/simulator/bulk.py --connections 1000000 --seed 5000000 --markdown --tools "$SIMTCP_TOOLS"
}

part_kernels() {
	echo "$(find sample-captures -maxdepth 1 -name 'linux-*.pcapng' | wc -l) recordings of real Linux kernels, each with what" \
		"the kernel's own tracepoint told of the sockets' states:"
	echo
	# each folder by itself, because each has a conftest.py
	local result=0
	tests tests/golden/test_samples.py || result=$?
	tests tests/golden/test_states.py || result=$?
	tests tests/lab/test_lab_recordings.py tests/lab/test_lab_truth.py || result=$?
	tests tests/simulator/test_kernels.py || result=$?
	return "$result"
}

part_passes() {
	echo "$(find sample-captures/scenarios -name '*.pkt' | wc -l) scenarios and" \
		"$(find sample-captures -maxdepth 1 -name '*.pcapng' | wc -l) sample captures:"
	echo
	tests tests/golden
}

part_sessions() {
	local result=0
	tests tests/session || result=$?
	tests tests/hostile/test_memory.py -k loses_no_memory || result=$?
	grep -o 'memory grows by .*' "$scratch/log" | quoted
	return "$result"
}

part_oracle() {
	local result=0
	tests tests/oracle || result=$?
	grep -E 'connections compared|known' "$scratch/log" | quoted
	return "$result"
}

part_fuzzing() {
	local result=0 folder=${SIMTCP_FUZZ_FOLDER:-$scratch/fuzz}
	tests/fuzz/run.sh "${SIMTCP_FUZZ_SECONDS:-3600}" "$folder" >"$scratch/log" 2>&1 || result=$?
	sed -n '/^fuzz-.*executions/,$p' "$scratch/log" | grep -v "$folder" | sed "s|$top/||g" | quoted
	echo
	echo "$(find "$folder/findings" -type f | wc -l) inputs fail."
	return "$result"
}

part_damaged() {
	tests tests/hostile/test_damaged.py
}

part_sanitizers() {
	local result=0
	tests/sanitizers/run.sh "$scratch/sanitized" >"$scratch/log" 2>&1 || result=$?
	quoted <"$scratch/log"
	echo
	tests tests/simulator/test_sanitizers.py || result=$?
	tests tests/hostile/test_memory.py -k valgrind || result=$?
	return "$result"
}

# Of "LOAD, USE: N and M instructions, times X; B bytes a step" a table.
table_of_loads() {
	echo "| Load | looked at | four times the load costs | bytes a step |"
	echo "|---|---|---|---|"
	sed -nE 's/^\.?F?([a-z-]+), ([a-z]+): .*, times ([0-9.]+); (-?[0-9]+) bytes a step.*/| \1 | \2 | \3 times | \4 |/p'
}

part_load() {
	local result=0
	tests tests/hostile/test_load.py || result=$?
	echo
	table_of_loads <"$scratch/log"
	return "$result"
}

part_mutations() {
	local result=0
	"$python" -B tests/mutation/run.py >"$scratch/log" 2>"$scratch/errors" || result=$?
	cat "$scratch/log"
	return "$result"
}

part_compatibility() {
	# shellcheck disable=SC2086
	tests/compat/run.sh ${SIMTCP_PROOF_ROOTS:-} 2>"$scratch/errors"
}

revision=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
git diff --quiet HEAD -- plugin 2>/dev/null || revision="$revision with changes"
wireshark=$(tshark --version 2>/dev/null | sed -nE '1s/.* ([0-9]+\.[0-9]+\.[0-9]+).*/\1/p')
bad=0
for part in "${parts[@]}"; do
	echo "$part" >&2
	started=$SECONDS result=passed
	"part_$part" >"$scratch/said" || { result=FAILED; bad=1; }
	{
		cat "$scratch/said"
		echo
		echo "*Run on $(date -u +%F) on revision $revision with Wireshark ${wireshark:-none}," \
			"in $((SECONDS - started)) s: $result.*"
	} | "$python" -B tests/proof/replace.py "$page" "$part"
done
exit "$bad"
