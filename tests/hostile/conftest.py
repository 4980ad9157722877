# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tshark as the golden tests do, and builds the program that plays loads."""

import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from shared import GOLDEN, TIMEOUT, TOP, Sharkd, environment, tshark  # noqa: E402, F401 (for the tests)


def needs(*programs):
    """Leaves a test out, with a message, where a program is missing."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


@pytest.fixture(scope="session")
def load(tmp_path_factory):
    """load.c with the core that was built."""
    needs("cc", "valgrind")
    program = tmp_path_factory.mktemp("load") / "load"
    core = TOP / "plugin" / "core"
    subprocess.run(["cc", "-std=c11", "-O2", "-Wall", "-Wextra", f"-I{core}", TOP / "tests" / "hostile" / "load.c",
                    GOLDEN.BUILD / "plugin" / "libsimtcp-core.a", "-o", program], check=True, timeout=TIMEOUT)
    return program
