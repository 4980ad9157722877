#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The article's experiment on this machine: article.sh [DIR]. Two hosts connect to each
# other through a router that is suspended until both SYNs are on their way; later both
# close in the same manner. Shows the sockets of both hosts as it goes on, and in the end
# what the plugin says of the router's recording. Installs what is missing on a Debian
# machine and builds; needs root, or sudo. Network, processes and recordings are removed
# afterwards, but with DIR the recordings (router, host A, host B) stay there.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$top/tests/setup.sh"

case ${1-} in
-h | --help)
	sed -n '4,9s/^# //p' "$0"
	exit
	;;
-*)
	fail "no such option: $1"
	;;
esac
[ $# -le 1 ] || fail "one folder at most"

install_missing cmake make gcc libc6-dev python3 iproute2 ethtool util-linux
project=$top
top=$project/sample-captures/lab build "$project/build/lab"

kept=${1-}
recordings=$kept
if [ -z "$kept" ]; then
	recordings=$(mktemp -d)
	trap 'rm -rf "$recordings"' EXIT
	chmod 755 "$recordings"
fi
# The run removes all it made before it ends; this shell only has to wait for that, also after Ctrl-C.
trap 'interrupted=1' INT TERM HUP
status=0
as_root env SIMTCP_TOOLS="$project/build/lab/tools" \
	"$project/sample-captures/lab/run.sh" linux-article --narrate --every-point -o "$recordings" || status=$?
trap - INT TERM HUP
if [ $status -ne 0 ] || [ -n "${interrupted-}" ]; then
	exit $((status ? status : 130))
fi

echo "What the plugin says of the router's recording:"
echo
"$project/sample-captures/demo.sh" "$recordings/linux-article.pcapng"
if [ -n "$kept" ]; then
	echo "The recordings are in $kept; linux-article.pcapng is the router's."
else
	echo "To keep the recordings: ${0##*/} DIR"
fi
