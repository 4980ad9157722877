# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder like the repository's top, in which the cookbook's commands run as they stand, with the plugin that was
built: the sample captures, the generator below build/tools, and tshark in the path."""

import importlib.util
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
TIMEOUT = 120


def load_golden():
    """tests/golden/conftest.py, under another name than this file's."""
    path = TOP / "tests" / "golden" / "conftest.py"
    spec = importlib.util.spec_from_file_location("golden_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOLDEN = load_golden()


class Desk(GOLDEN.Tshark):
    """As a user's shell in the repository's top; as root, like tshark, under another user."""

    def __init__(self, stage):
        super().__init__(stage)
        self.top = self.stage / "top"
        samples = self.top / "sample-captures"
        shutil.copytree(GOLDEN.SAMPLES / "scenarios", samples / "scenarios")
        for file in [*GOLDEN.SAMPLES.glob("*.pcapng"), *GOLDEN.SAMPLES.glob("*.py")]:
            shutil.copy(file, samples)
        self.program(self.top / "build" / "tools" / "simtcp-gen", GOLDEN.GENERATOR)
        self.program(self.stage / "bin" / "tshark", GOLDEN.TSHARK)
        subprocess.run(["chmod", "-R", "a+rX", self.top], check=True)
        self.top.chmod(0o777)

    def program(self, path, original):
        """What is called by this path is a copy, or, for what needs its own surroundings, the original."""
        path.parent.mkdir(parents=True)
        if path.name == "tshark":
            path.write_text(f'#!/bin/sh\nexec {shlex.quote(shutil.which(original))} "$@"\n', encoding="utf-8")
        else:
            shutil.copy(original, path)
        path.chmod(0o755)
        path.parent.chmod(0o755)

    def shell(self, command, check=True):
        """What a command of the cookbook prints; with check it must succeed and not complain."""
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("XDG_", "WIRESHARK", "LC_", "LANG"))}
        environment.update(HOME=str(self.home), TZ="UTC", LC_ALL="C.UTF-8", WIRESHARK_ABORT_ON_DISSECTOR_BUG="1",
                           WIRESHARK_PLUGIN_DIR=str(self.stage / "plugins"),
                           PATH=f"{self.stage / 'bin'}:{os.environ['PATH']}")
        done = subprocess.run([*self.prefix, "bash", "-o", "pipefail", "-c", command], cwd=self.top, env=environment,
                              capture_output=True, text=True, timeout=TIMEOUT, check=False)
        if check:
            said = [line for line in done.stderr.splitlines() if not line.startswith("Running as")]
            assert done.returncode == 0 and not said, f"$ {command}\n{done.returncode}: {said}"
        return done.stdout if check else done


@pytest.fixture(scope="session")
def desk():
    with tempfile.TemporaryDirectory(prefix="simtcp-") as stage:
        yield Desk(stage)
