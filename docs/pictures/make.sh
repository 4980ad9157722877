#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Makes the pictures in this folder again, from the plugin in the folder build: make.sh [FOLDER FOR THE PICTURES]
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
top=${here%/docs/pictures}
folder=${1:-$here}
. "$top/tests/setup.sh"

install_missing wireshark tshark xvfb at-spi2-core gir1.2-atspi-2.0 python3-gi dbus imagemagick \
	librsvg2-bin pngquant fonts-dejavu-core util-linux
export SIMTCP_BUILD=${SIMTCP_BUILD:-$top/build}
[ -d "$SIMTCP_BUILD/profiles" ] || build "$SIMTCP_BUILD"
make_stage "$SIMTCP_BUILD"
mkdir -p "$folder"

# The sequence diagram of the article's simultaneous open
cp "$top/sample-captures/article-simultaneous-open.pcapng" "$stage"
chmod a+r "$stage/article-simultaneous-open.pcapng"
run_tshark -2 -q -r "$stage/article-simultaneous-open.pcapng" -z "simtcp,svg,$stage/home/ladder.svg"
rsvg-convert --width 900 --background-color white "$stage/home/ladder.svg" -o "$folder/ladder.png"

# The TIME-WAITs of a client that calms down
"$top/sample-captures/short-connections.py" "$stage/many.pcap" --connections 1800 --seconds 90 --connections 440 \
	--seconds 110
chmod a+r "$stage/many.pcap"
/usr/bin/python3 -B "$here/take.py" "$folder" "$stage/many.pcap"

for picture in "$folder"/*.png; do
	# a window has few colours: what would be dots between two of them stays one
	pngquant --force --skip-if-larger --strip --nofs --ext .png 128 "$picture" || [ $? -eq 98 ]
	[ "$(stat -c %s "$picture")" -lt 100000 ] || fail "$picture is too large"
done
