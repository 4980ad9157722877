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

usage() {
	sed -n '4,8s/^# \?//p' "$0"
}

case ${1-} in
-h | --help)
	usage
	exit
	;;
-*)
	usage >&2
	exit 2
	;;
esac
if [ $# -eq 0 ]; then
	set -- "$top/sample-captures/article-simultaneous-open.pcapng" \
		"$top/sample-captures/article-simultaneous-close.pcapng"
fi

install_missing tshark wireshark-dev cmake make gcc libc6-dev util-linux
# a folder of its own: in another, cmake would remember later that nothing but the plugin was wanted
build "$top/build-demo" -DSIMTCP_BUILD_TESTS=OFF -DSIMTCP_BUILD_TOOLS=OFF
make_stage "$top/build-demo"

# The names that belong to the numbers of a field: "field number name".
run_tshark -G values 2>/dev/null | awk -F '\t' '$1 == "V" && $2 ~ /^simtcp\./ { print $2 "\t" $3 "\t" $4 }' \
	>"$stage/names"

# One line a frame with the fields that the two tables below need. What tshark says of a capture that
# is cut short goes to standard error; what it could read is shown all the same.
read_capture() {
	local arguments=() field
	for field in frame.number frame.time_relative ip.src ipv6.src tcp.srcport ip.dst ipv6.dst tcp.dstport \
		tcp.flags.str simtcp.notation simtcp.role.repeat simtcp.src.state simtcp.dst.state simtcp.rst_ignored \
		simtcp.connection simtcp.open simtcp.close simtcp.time_wait.holder simtcp.why; do
		arguments+=(-e "$field")
	done
	run_tshark -2 -n -r "$stage/capture" -Y tcp -T fields -E separator=/t -E occurrence=a -E aggregator=' ' \
		"${arguments[@]}" >"$stage/fields" 2>"$stage/error"
}

print_capture() {
	awk -F '\t' -v names="$stage/names" '
		function last(list,   parts, count) { count = split(list, parts, " "); return parts[count] }
		function end(v4, v6, port) { return (v4 != "" ? last(v4) : "[" last(v6) "]") ":" last(port) }
		function cell(column, text) {
			table[rows, column] = text
			if (length(text) > width[column]) width[column] = length(text)
		}
		function row(a, b, c, d, e, f, g, h) {
			rows++
			cell(1, a); cell(2, b); cell(3, c); cell(4, d); cell(5, e); cell(6, f); cell(7, g); cell(8, h)
		}
		BEGIN {
			while ((getline line < names) > 0) { split(line, n, "\t"); name[n[1], n[2]] = n[3] }
			row("frame", "seconds", "from", "to", "segment", "role", "sender", "receiver")
		}
		{
			flags = last($9); gsub(/[^A-Z]/, "", flags)
			role = $10
			if ($11 != "") role = role " (again)"
			if ($14 != "") role = "ignored"
			row($1, sprintf("%.3f", $2), end($3, $4, $5), end($6, $7, $8), flags, role,
			    name["simtcp.src.state", $12], name["simtcp.dst.state", $13])
		}
		$15 != "" && !seen[$15]++ {
			holder = $18 == "" ? "nobody" : $18
			gsub(/ /, " and ", holder)
			summary[++connections] = sprintf("connection %s: open %s, close %s, TIME-WAIT at %s\n    %s", $15,
			                                 name["simtcp.open", $16], name["simtcp.close", $17], holder, $19)
		}
		END {
			if (rows == 1) { print "no TCP segments"; exit }
			for (r = 1; r <= rows; r++) {
				line = ""
				for (c = 1; c <= 8; c++)
					line = line sprintf(c <= 2 ? "%*s" : "%-*s", width[c], table[r, c]) "  "
				sub(/ +$/, "", line)
				print line
			}
			print ""
			for (c = 1; c <= connections; c++) print summary[c]
		}' "$stage/fields"
}

status=0
for capture; do
	if ! cp "$capture" "$stage/capture" 2>/dev/null; then
		echo "demo.sh: can't read $capture" >&2
		status=1
		continue
	fi
	chmod 644 "$stage/capture"
	if ! read_capture; then
		said=$(grep -v '^Running as' "$stage/error" | tail -n 1)
		said=${said#tshark: }
		echo "demo.sh: $capture: ${said//"$stage/capture"/$capture}" >&2
		status=1
		[ -s "$stage/fields" ] || continue
	fi
	printf '%s\n\n' "${capture##*/}"
	print_capture
	echo
done
exit $status
