#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Shows what the plugin says of captures: demo.sh [CAPTURE...], by default the two of
# the article. Each frame with its roles and both ends' states, then a line for each
# connection. Installs what is missing on a Debian machine and builds, all without
# changing anything of Wireshark's.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$top/tests/setup.sh"

case ${1-} in
-h | --help)
	sed -n '4,8s/^# //p' "$0"
	exit
	;;
esac
if [ $# -eq 0 ]; then
	set -- "$top/sample-captures/article-simultaneous-open.pcapng" \
		"$top/sample-captures/article-simultaneous-close.pcapng"
fi
for capture; do
	[ -f "$capture" ] && [ -r "$capture" ] || fail "can't read the capture $capture"
done

install_missing tshark wireshark-dev cmake make gcc libc6-dev util-linux
build "$top/build" -DSIMTCP_BUILD_TESTS=OFF -DSIMTCP_BUILD_TOOLS=OFF
make_stage "$top/build"

# The names that belong to the numbers of a field: "field number name".
run_tshark -G values 2>/dev/null | awk -F '\t' '$1 == "V" && $2 ~ /^simtcp\./ { print $2 "\t" $3 "\t" $4 }' \
	>"$stage/names"

# Prints the fields named in $2... of the capture $1, one frame a line.
fields() {
	local capture=$1 arguments=() field
	shift
	for field; do
		arguments+=(-e "$field")
	done
	run_tshark -2 -n -r "$capture" -o gui.column.format:'"I","%i"' -Y tcp -T fields -E separator=/t -E occurrence=a \
		-E aggregator=' ' "${arguments[@]}"
}

frames() {
	fields "$1" frame.number frame.time_relative ip.src ipv6.src tcp.srcport ip.dst ipv6.dst tcp.dstport \
		tcp.flags.str simtcp.notation simtcp.role.repeat simtcp.src.state simtcp.dst.state simtcp.rst_ignored |
		awk -F '\t' -v names="$stage/names" '
		function last(list,   parts, count) { count = split(list, parts, " "); return parts[count] }
		function end(v4, v6, port) { return (v4 != "" ? last(v4) : "[" last(v6) "]") ":" last(port) }
		BEGIN {
			while ((getline line < names) > 0) { split(line, n, "\t"); name[n[1], n[2]] = n[3] }
			row = "%5s %9s  %-21s  %-21s  %-9s  %-22s  %-12s  %-12s\n"
			printf row, "frame", "seconds", "from", "to", "segment", "role", "sender", "receiver"
		}
		{
			flags = last($9); gsub(/[^A-Z]/, "", flags)
			role = $10
			if ($11 != "") role = role " (again)"
			if ($14 != "") role = "ignored"
			printf row, $1, sprintf("%.3f", $2), end($3, $4, $5), end($6, $7, $8), flags, role,
			       name["simtcp.src.state", $12], name["simtcp.dst.state", $13]
		}' | sed 's/ *$//'
}

connections() {
	fields "$1" simtcp.connection simtcp.open simtcp.close simtcp.time_wait.holder simtcp.why |
		awk -F '\t' -v names="$stage/names" '
		BEGIN { while ((getline line < names) > 0) { split(line, n, "\t"); name[n[1], n[2]] = n[3] } }
		$1 != "" && !seen[$1]++ {
			holder = $4 == "" ? "nobody" : $4
			gsub(/ /, " and ", holder)
			printf "connection %s: open %s, close %s, TIME-WAIT at %s\n    %s\n", $1, name["simtcp.open", $2],
			       name["simtcp.close", $3], holder, $5
		}'
}

for capture; do
	cp "$capture" "$stage/capture"
	chmod 644 "$stage/capture"
	run_tshark -r "$stage/capture" -c 1 >/dev/null 2>"$stage/error" ||
		fail "tshark can't read $capture: $(grep -v '^Running as' "$stage/error" | tail -n 1)"
	printf '%s\n\n' "${capture##*/}"
	frames "$stage/capture" 2>/dev/null
	echo
	connections "$stage/capture" 2>/dev/null
	echo
done
