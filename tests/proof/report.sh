#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs what shows that simtcp's verdicts are right, and writes what came out into docs/proof.md:
#
#     tests/proof/report.sh [PART]...
#
# Parts: simulator kernels passes oracle fuzzing damaged sanitizers load mutations compatibility; without one, all
# of them, which takes hours. Each part's section says when, and with which version of the tree, it was run last. The build is
# made in build; SIMTCP_BUILD names another folder that has been built already. SIMTCP_FUZZ_SECONDS is how long to fuzz (3600),
# SIMTCP_COMPAT what to hand to tests/compat/run.sh, instead of nothing. The exit status is 1 if any part failed.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$top/tests/setup.sh"
page=${SIMTCP_PROOF:-$top/docs/proof.md}
every=(simulator kernels passes oracle fuzzing damaged sanitizers load mutations compatibility)
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=("${every[@]}")
for part in "${parts[@]}"; do
	grep -q "^<!-- part: $part -->$" "$page" || fail "no part is called '$part'; there are ${every[*]}"
done

cd "$top"
[ -n "${SIMTCP_BUILD:-}" ] || build "$top/build" -DSIMTCP_BUILD_TESTS=ON -DSIMTCP_BUILD_TOOLS=ON
export SIMTCP_BUILD=${SIMTCP_BUILD:-$top/build}
export SIMTCP_TOOLS=$SIMTCP_BUILD/tools SIMTCP_GEN=$SIMTCP_BUILD/tools/simtcp-gen SIMTCP_TSHARK=${SIMTCP_TSHARK:-tshark}
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Runs pytest, prints its own last line ("12 passed in 3 s"), and leaves the rest in the file $scratch/log.
tests() {
	local result=0
	"$python" -B -m pytest -q -s -p no:cacheprovider "$@" >"$scratch/log" 2>&1 || result=$?
	echo "- \`pytest ${*#"$top/"}\`: $(tail -n 1 "$scratch/log" | sed -E 's/^=+ | =+$//g')"
	[ "$result" -eq 0 ] || grep -E '^(FAILED|ERROR)' "$scratch/log" | sed 's/^/  - /' || true
	return "$result"
}

# What a section of the log says, as it stands there.
quoted() {
	printf '\n```\n'
	cat
	printf '```\n'
}

part_simulator() {
	echo "A million connections through the core:"
	echo
	"$python" -B tests/simulator/bulk.py --connections 1000000 --seed 5000000 --markdown --tools "$SIMTCP_TOOLS" || return
	echo
	tests tests/simulator
}

part_kernels() {
	echo "$(find sample-captures -maxdepth 1 -name '*.truth.json' | wc -l) recordings of real Linux kernels, each with what" \
		"the kernel's own tracepoint told of the sockets' states:"
	echo
	tests tests/golden/test_samples.py tests/lab/test_lab_recordings.py tests/lab/test_lab_truth.py \
		tests/simulator/test_kernels.py
}

part_passes() {
	tests tests/golden/test_scenarios.py tests/golden/test_outputs.py tests/golden/test_sharkd.py
}

part_oracle() {
	local result=0
	SIMTCP_ORACLE_ALL=1 tests tests/oracle || result=$?
	grep -E 'connections compared|known' "$scratch/log" | quoted
	return "$result"
}

part_fuzzing() {
	local result=0
	tests/fuzz/run.sh "${SIMTCP_FUZZ_SECONDS:-3600}" "$scratch/fuzz" >"$scratch/log" 2>&1 || result=$?
	sed -n '/^fuzz-.*executions/,$p' "$scratch/log" | grep -v "$scratch" | quoted
	[ "$result" -eq 0 ] || echo "$(find "$scratch/fuzz/findings" -type f | wc -l) inputs fail."
	return "$result"
}

part_damaged() {
	tests tests/hostile/test_damaged.py
}

part_sanitizers() {
	local result=0
	tests/sanitizers/run.sh "$scratch/sanitized" >"$scratch/log" 2>&1 || result=$?
	quoted <"$scratch/log"
	[ "$result" -eq 0 ] || return "$result"
	echo
	tests tests/simulator/test_sanitizers.py
}

part_load() {
	local result=0
	tests tests/hostile/test_load.py tests/hostile/test_memory.py || result=$?
	grep -oE '[a-z-]+, [a-z]+: [0-9]+ and .*a step|memory grows by .*' "$scratch/log" | quoted
	return "$result"
}

part_mutations() {
	"$python" -B tests/mutation/run.py >"$scratch/log" 2>"$scratch/errors" || [ -s "$scratch/log" ] || return
	tail -n 1 "$scratch/log"
	# which ones were not
	if grep -q '| \*\*' "$scratch/log"; then
		echo
		head -n 2 "$scratch/log"
		grep '| \*\*' "$scratch/log"
		return 1
	fi
}

part_compatibility() {
	# shellcheck disable=SC2086
	tests/compat/run.sh ${SIMTCP_COMPAT:-} 2>"$scratch/errors"
}

# Puts the file $2 between the marks of part $1.
replace() {
	awk -v part="$1" -v file="$2" '
		$0 == "<!-- end of " part " -->" { inside = 0 }
		!inside { print }
		$0 == "<!-- part: " part " -->" { inside = 1; while ((getline line < file) > 0) print line }
	' "$page" >"$scratch/page"
	cat "$scratch/page" >"$page"
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
		echo
		cat "$scratch/said"
		echo
		echo "*Run on $(date -u +%F) on revision $revision with Wireshark ${wireshark:-none}, in $((SECONDS - started)) s: $result.*"
		echo
	} >"$scratch/section"
	replace "$part" "$scratch/section"
done
exit "$bad"
