# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulator built with address and undefined-behaviour sanitizers, on extreme settings."""

import shutil
import subprocess

import pytest
from conftest import TIMEOUT, TOP

SOURCE = TOP / "sample-captures" / "generator"
SETTINGS = [
    ["--connections", "1500"],
    ["--connections", "1500", "--loss", "0.3", "--duplicate", "0.3", "--reorder", "0.3", "--capture-loss", "0.3"],
    ["--connections", "400", "--loss", "1"],
    ["--connections", "400", "--duplicate", "1"],
    ["--connections", "400", "--delay", "0", "--jitter", "0", "--rate", "1000000"],
    ["--connections", "400", "--delay", "60000", "--jitter", "60000"],
    ["--connections", "600", "--behaviour", "chaos", "--wrap", "1", "--snaplen", "1"],
    ["--connections", "0"],
    ["--connections", "10", "--point", "nowhere"],
]


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory):
    if not shutil.which("cmake"):
        pytest.skip("needs cmake")
    build = tmp_path_factory.mktemp("sanitized")
    flags = "-fsanitize=address,undefined -fno-sanitize-recover=all -Werror"
    subprocess.run(["cmake", "-S", SOURCE, "-B", build, f"-DCMAKE_C_FLAGS={flags}", "-DCMAKE_BUILD_TYPE=Debug"],
                   check=True, capture_output=True, timeout=TIMEOUT)
    subprocess.run(["cmake", "--build", build, "--target", "simtcp-sim"], check=True, capture_output=True,
                   timeout=TIMEOUT)
    return build / "tools" / "simtcp-sim"


@pytest.mark.parametrize("settings", SETTINGS, ids=" ".join)
def test_sanitizers(sanitized, tmp_path, settings):
    done = subprocess.run([sanitized, "-o", tmp_path / "x.pcapng", *settings], capture_output=True, text=True,
                          timeout=TIMEOUT, check=False)
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr[-3000:]
    assert done.returncode == ("nowhere" in settings)
