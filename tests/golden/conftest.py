# SPDX-License-Identifier: GPL-2.0-or-later
"""Real tshark with the plugin that was built, as a user would run it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = TOP / "sample-captures"
SCENARIOS = sorted((SAMPLES / "scenarios").glob("*.pkt"))
BUILD = pathlib.Path(os.environ.get("SIMTCP_BUILD", TOP / "build"))
GENERATOR = pathlib.Path(os.environ.get("SIMTCP_GEN", BUILD / "tools" / "simtcp-gen"))
TSHARK = os.environ.get("SIMTCP_TSHARK", "tshark")
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
TIMEOUT = 60

# Fields that stand on every frame of a connection in the second pass.
CONNECTION = ["simtcp.connection", "simtcp.simopen", "simtcp.simclose", "simtcp.open",
              "simtcp.open.completed", "simtcp.close", "simtcp.close.completed",
              "simtcp.time_wait.holder"]


class Tshark:
    """tshark in a folder that anybody may read: as root Wireshark ignores personal plugins, so
    there it runs as nobody."""

    def __init__(self, stage):
        self.stage = pathlib.Path(stage)
        self.home = self.stage / "home"
        self.home.mkdir()
        shutil.copytree(BUILD / "plugins", self.stage / "plugins")
        self.stage.chmod(0o755)
        self.home.chmod(0o777)
        self.prefix = NOBODY if os.getuid() == 0 else []
        self.names = self.value_names()
        self.known = {}

    def run(self, *arguments, plugin=True):
        """Standard output of tshark; fails on anything it says on standard error."""
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("XDG_", "WIRESHARK"))}
        environment.update(HOME=str(self.home), TZ="UTC", WIRESHARK_ABORT_ON_DISSECTOR_BUG="1",
                           WIRESHARK_DEBUG_WMEM_OVERRIDE="strict")
        if plugin:
            environment["WIRESHARK_PLUGIN_DIR"] = str(self.stage / "plugins")
        done = subprocess.run([*self.prefix, TSHARK, *map(str, arguments)], env=environment,
                              capture_output=True, text=True, timeout=TIMEOUT, check=False)
        said = [line for line in done.stderr.splitlines() if not line.startswith("Running as")]
        assert done.returncode == 0 and not said, f"tshark {arguments}: {done.returncode}: {said}"
        return done.stdout

    def value_names(self):
        """The strings of enumerations, by field and number."""
        names = {}
        for line in self.run("-G", "values").splitlines():
            parts = line.split("\t")
            if parts[0] == "V" and parts[1].startswith("simtcp."):
                names[parts[1], parts[2]] = parts[3]
        return names

    def place(self, capture):
        """A copy of the capture that nobody may read too."""
        copy = self.stage / pathlib.Path(capture).name
        if not copy.exists():
            shutil.copy(capture, copy)
            copy.chmod(0o644)
        return copy

    def fields(self, capture, names, *options, passes=2):
        """A list of frames, each a dictionary of lists of values; enumerations by name."""
        key = capture, tuple(names), options, passes
        if key not in self.known:
            self.known[key] = self.read_fields(*key)
        return self.known[key]

    def read_fields(self, capture, names, options, passes):
        arguments = ["-2"] if passes == 2 else []
        for name in names:
            arguments += ["-e", name]
        text = self.run("-n", "-r", self.place(capture), *options, "-T", "fields", "-E", "occurrence=a",
                        "-E", "separator=/t", "-E", "aggregator=|", *arguments)
        return [{name: self.values(name, value) for name, value in zip(names, line.split("\t"))}
                for line in text.splitlines()]

    def values(self, name, text):
        if text == "":
            return []
        # booleans are 1 and 0 in 4.0, True and False later
        booleans = {"True": "1", "False": "0"}
        return [self.names.get((name, value), booleans.get(value, value)) for value in text.split("|")]


@pytest.fixture(scope="session")
def tshark():
    with tempfile.TemporaryDirectory(prefix="simtcp-") as stage:
        yield Tshark(stage)


@pytest.fixture(scope="session")
def scenario(tshark):
    """From a scenario's script to its capture and what the script expects of it."""
    known = {}

    def make(script):
        if script not in known:
            capture = tshark.stage / "made" / f"{script.stem}.pcapng"
            capture.parent.mkdir(exist_ok=True, mode=0o755)
            subprocess.run([GENERATOR, script, "-o", capture], check=True, timeout=TIMEOUT,
                           capture_output=True)
            text = subprocess.run([GENERATOR, "--expectations", script], check=True, timeout=TIMEOUT,
                                  capture_output=True, text=True).stdout
            shutil.copy(capture, tshark.stage / capture.name)
            (tshark.stage / capture.name).chmod(0o644)
            known[script] = (tshark.stage / capture.name, json.loads(text))
        return known[script]

    return make
