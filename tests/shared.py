# SPDX-License-Identifier: GPL-2.0-or-later
"""What several folders of tests share: the tshark of tests/golden, sharkd, and where the simulator is."""

import importlib.util
import json
import os
import pathlib
import subprocess
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[1]
TIMEOUT = 600


def load_golden():
    """tests/golden/conftest.py, under another name than the conftest.py of whoever asks."""
    spec = importlib.util.spec_from_file_location("golden_conftest", TOP / "tests" / "golden" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.TIMEOUT = TIMEOUT
    return module


GOLDEN = load_golden()
SIMULATOR = pathlib.Path(os.environ.get("SIMTCP_SIM", GOLDEN.BUILD / "tools" / "simtcp-sim"))


@pytest.fixture(scope="session")
def tshark():
    with tempfile.TemporaryDirectory(prefix="simtcp-") as stage:
        yield GOLDEN.Tshark(stage)


def environment(tshark, plugin=True, **more):
    """Of a program of Wireshark's, with the plugin or without."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "WIRESHARK"))}
    if plugin:
        kept["WIRESHARK_PLUGIN_DIR"] = str(tshark.stage / "plugins")
    return dict(kept, HOME=str(tshark.home), **more)


class Sharkd:
    """One process that opens files, and is asked for as long as it lives."""

    def __init__(self, tshark, plugin=True, under=(), **more):
        self.process = subprocess.Popen([*tshark.prefix, *under, "sharkd", "-"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env=environment(tshark, plugin, **more))
        self.number = 0

    def ask(self, method, **parameters):
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": parameters}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        while True:
            line = self.process.stdout.readline()
            assert line, f"sharkd ended at {request}"
            if line.startswith("{"):
                answer = json.loads(line)
                assert "result" in answer, (request, answer)
                return answer["result"]

    def resident(self):
        """Bytes."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def finish(self):
        """Ends as it does by itself."""
        self.ask("bye")
        return self.process.wait(TIMEOUT)

    def stop(self):
        self.process.kill()
        self.process.communicate()
