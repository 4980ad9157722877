# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tshark as the golden tests do, and builds the program that plays loads."""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SIMTCP_BUILD", TOP / "build"))
TIMEOUT = 600


def golden():
    """tests/golden/conftest.py, under another name than this file's."""
    spec = importlib.util.spec_from_file_location("golden_conftest", TOP / "tests" / "golden" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.TIMEOUT = TIMEOUT
    return module


GOLDEN = golden()


def needs(*programs):
    """Leaves a test out, with a message, where a program is missing."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


@pytest.fixture(scope="session")
def tshark():
    with tempfile.TemporaryDirectory(prefix="simtcp-") as stage:
        yield GOLDEN.Tshark(stage)


@pytest.fixture(scope="session")
def load(tmp_path_factory):
    """load.c with the core that was built."""
    needs("cc", "valgrind")
    program = tmp_path_factory.mktemp("load") / "load"
    core = TOP / "plugin" / "core"
    subprocess.run(["cc", "-std=c11", "-O2", "-Wall", "-Wextra", f"-I{core}", TOP / "tests" / "hostile" / "load.c",
                    BUILD / "plugin" / "libsimtcp-core.a", "-o", program], check=True, timeout=TIMEOUT)
    return program
