#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A million simulated connections, other ones than the tests', against the truth about each: some minutes.
# million.sh [BUILD FOLDER]
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
exec python3 -B "$here/bulk.py" --connections 1000000 --seed 5000000 --tools "${1:-$here/../../build}/tools"
