#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Installs what is missing on a Debian machine, builds, and runs all tests: run.sh [CTEST OPTION...].
# The tests that need root (real kernels in network namespaces) are left out, with one message,
# without it.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$top/tests/setup.sh"

install_missing tshark wireshark-common wireshark-dev cmake make gcc libc6-dev util-linux \
	libcmocka-dev libpcap-dev python3 python3-pytest python3-scapy iproute2 ethtool nftables \
	dpkg-dev file lintian mandoc man-db valgrind clang llvm clang-format clang-tidy shellcheck \
	wireshark xvfb dbus at-spi2-core gir1.2-atspi-2.0 python3-gi imagemagick
# the fuzzers' runtime has the compiler's version in its name
install_missing "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
build "$top/build" -DSIMTCP_BUILD_TESTS=ON -DSIMTCP_BUILD_TOOLS=ON
# a window, or a kernel, can be late on a busy machine: what fails has a second try
ctest --test-dir "$top/build" --parallel "$(nproc)" --output-on-failure --no-tests=error --repeat until-pass:2 "$@"
