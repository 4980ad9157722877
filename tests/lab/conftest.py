# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab's tests share: where things are, and the built programs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CAPTURES = Path(__file__).resolve().parents[2] / "sample-captures"
LAB = CAPTURES / "lab"
sys.path.insert(0, str(LAB / "driver"))


@pytest.fixture(scope="session")
def tools(tmp_path_factory):
    """The folder of the built programs: SIMTCP_TOOLS, or else built here, with warnings as errors."""
    if "SIMTCP_TOOLS" in os.environ:
        folder = Path(os.environ["SIMTCP_TOOLS"])
        if not (folder / "lab-host").exists():
            pytest.skip(f"no lab-host in SIMTCP_TOOLS={folder}")
        return folder
    if shutil.which("cmake") is None:
        pytest.skip("SIMTCP_TOOLS is not set and there is no cmake to build the programs")
    build = tmp_path_factory.mktemp("lab-build")
    subprocess.run(["cmake", "-S", LAB, "-B", build, "-DCMAKE_C_FLAGS=-Werror"], check=True, capture_output=True)
    subprocess.run(["cmake", "--build", build], check=True, capture_output=True)
    return build / "tools"
