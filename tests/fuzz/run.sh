#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fuzzes for so many seconds (default 3600): run.sh [SECONDS [FOLDER]]. With 0 it makes nothing up, and only goes through
# what it knows: the scenarios, and what was found before. That gives the same result each time.
#
# Three fuzzers, each on what the scenarios show and what it found before: the core (half of the time), the
# reader of scenarios, the reader of TCP headers. They work in FOLDER (default build/fuzz), where corpora stay from run
# to run. Prints what was executed and covered. Inputs that fail something are kept in
# FOLDER/findings, and the exit status is then 1. Needs clang with its runtime libraries and python3-scapy.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
here=$top/tests/fuzz
seconds=${1:-3600}
folder=${2:-$top/build/fuzz}
clang=${CLANG:-clang}
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3)
warnings=(-std=c11 -g -Wall -Wextra -Werror)
# null pointers are left to the address sanitizer: their checks would be taken for branches to cover
checks=(-fsanitize=address,undefined -fno-sanitize=null,alignment,object-size -fno-sanitize-recover=all
	-fno-omit-frame-pointer)
generator=(-D_POSIX_C_SOURCE=200809L -DSIMTCP_GEN_VERSION='"fuzz"' -I"$top/sample-captures/generator")

mkdir -p "$folder"/{objects,corpus/{core,script,segment},findings}
cd "$folder"

# Sources of the generator that are not a main program of their own.
generator_sources() {
	local name
	for name in script directive notation options expectation address packet pcapng roles scan scenario buffer; do
		echo "$top/sample-captures/generator/$name.c"
	done
}

# Compiles $sources with this instrumentation into $objects. Only what is tested is instrumented: coverage then
# is its coverage.
compile() {
	local instrumentation=$1 source object
	shift
	for source in $sources; do
		object=objects/$(echo "${instrumentation}_${source#"$top/"}" | tr '/,= ' '____').o
		# shellcheck disable=SC2086
		"$clang" "${warnings[@]}" -O1 "${checks[@]}" $instrumentation "$@" -c "$source" -o "$object"
		objects+=("$object")
	done
}

# The fuzzer $1, of the sources in $tested, which are instrumented, and $harness.
build_fuzzer() {
	local name=$1
	shift
	objects=()
	sources=$tested compile -fsanitize=fuzzer-no-link "$@"
	sources=$harness compile -DFUZZ_HARNESS "$@"
	"$clang" "${checks[@]}" -fsanitize=fuzzer "${objects[@]}" -o "fuzz-$name"
}

# The core's fuzzer once more, for llvm-cov.
build_coverage() {
	objects=()
	sources=$tested compile "-fprofile-instr-generate -fcoverage-mapping" "$@"
	sources=$harness compile -DFUZZ_HARNESS "$@"
	"$clang" "${checks[@]}" -fsanitize=fuzzer -fprofile-instr-generate "${objects[@]}" -o fuzz-core-coverage
}

build() {
	local core=(-I"$top/plugin/core" -I"$top/tests/unit" -I"$here")
	tested=$(echo "$top"/plugin/core/*.c)
	harness="$here/fuzz_core.c $here/input.c $here/play.c $here/invariants.c $here/compare.c $top/tests/unit/twin.c"
	build_fuzzer core "${core[@]}"
	build_coverage "${core[@]}"
	tested=$top/plugin/core/segment.c harness=$here/fuzz_segment.c
	build_fuzzer segment "${core[@]}"
	tested=$(generator_sources) harness=$here/fuzz_script.c
	build_fuzzer script "${generator[@]}"
	# shellcheck disable=SC2046
	"$clang" "${warnings[@]}" -O1 "${generator[@]}" $(generator_sources) \
		"$top/sample-captures/generator/main.c" -o simtcp-gen
}

# fuzz NAME SECONDS MAX_LEN CORPUS...
fuzz() {
	local name=$1 limit=-max_total_time=$2 length=$3 before=$SECONDS
	[ "$2" -gt 0 ] || limit=-runs=0
	shift 3
	"./fuzz-$name" "$limit" -max_len="$length" -timeout=25 -rss_limit_mb=1500 -print_final_stats=1 \
		-artifact_prefix=findings/"$name"- "corpus/$name" "$@" >"$name.log" 2>&1 || true
	awk -v name="$name" -v seconds="$((SECONDS - before))" '
		/cov: [0-9]+ ft: [0-9]+/ { for (i = 1; i < NF; i++) { if ($i == "cov:") cov = $(i + 1); if ($i == "ft:") ft = $(i + 1) } }
		/stat::number_of_executed_units/ { executed = $2 }
		/stat::average_exec_per_sec/ { rate = $2 }
		END { printf "fuzz-%s: %d executions in %d s (%d a second), %d edges, %d features\n", name, executed, seconds, rate, cov, ft }
	' "$name.log"
}

# The lines of the core that the corpora reach. Debian names the tool after clang's version.
print_coverage() {
	local version tool=llvm-cov merge=llvm-profdata
	version=$("$clang" -dumpversion | cut -d. -f1)
	command -v "$tool" >/dev/null || tool=llvm-cov-$version merge=llvm-profdata-$version
	command -v "$tool" >/dev/null || { echo "no llvm-cov: no line coverage"; return; }
	LLVM_PROFILE_FILE=core.profraw ./fuzz-core-coverage corpus/core scenarios/core -runs=0 >coverage.log 2>&1 || true
	[ -s core.profraw ] || { echo "no line coverage, see $folder/coverage.log"; return; }
	"$merge" merge -sparse core.profraw -o core.profdata
	"$tool" report ./fuzz-core-coverage -instr-profile=core.profdata "$top/plugin/core" |
		awk '/^Filename|\.c |^TOTAL/ { printf "%-24s %s\n", $1, $1 == "Filename" ? "lines covered" : $10 }'
}

build
SIMTCP_GEN=$PWD/simtcp-gen "$python" -B "$here/make_corpus.py" scenarios
ulimit -c 0
fuzz core $((seconds / 2)) 800 scenarios/core "$here/seeds"
fuzz script $((seconds / 3)) 6000 "$top/sample-captures/scenarios"
fuzz segment $((seconds - seconds / 2 - seconds / 3)) 100 scenarios/segment
print_coverage

findings=$(find findings -type f | sort)
[ -z "$findings" ] && exit
echo "$findings" | sed "s|^|$folder/|"
grep -ahE 'does not hold|runtime error|ERROR: (Address|Leak)Sanitizer|libFuzzer: (timeout|out-of)|deadly signal' ./*.log | sort | uniq -c
exit 1
