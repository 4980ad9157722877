#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs one scenario of the lab: run.sh SCENARIO [-o DIR]; run.sh --help says more.
#
# As root everything happens in a private mount namespace, so that a tracefs
# that had to be mounted goes away with the process, however it ends.

driver=$(dirname "$(readlink -f "$0")")/driver/lab.py

if ! command -v python3 >/dev/null; then
	echo "lab: python3 is missing" >&2
	exit 77
fi
# In a chroot whose root is no mount there is no such namespace.
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
	exec unshare --mount python3 -B "$driver" "$@"
fi
exec python3 -B "$driver" "$@"
