# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's window on a screen that nobody sees, with the plugin that was built."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import desktop  # noqa: E402

sys.path.remove(str(pathlib.Path(__file__).parent))


class Told:
    """What tshark says of a capture with the same profile, reading it twice."""

    def __init__(self, text):
        lines = text.splitlines()
        # the order in which statistics come is tshark's affair
        self.flow = "".join(line + "\n" for line in lines if line.startswith("|"))
        head = [line.startswith("Connection ") for line in lines].index(True)
        self.connections = [["" if cell == "-" else cell for cell in re.split("  +", line.strip())]
                            for line in lines[head + 1:lines.index("", head)]]
        # the summary of each frame, then the plugin's part of its details, then an empty line
        end = [line.startswith(("|", "====")) for line in lines].index(True)
        parts = [part.splitlines() for part in "\n".join(lines[:end]).strip("\n").split("\n\n")]
        # between the addresses tshark puts an arrow of its own
        self.rows = [[cell.strip() for cell in part[0].split("\t") if cell != "→"] for part in parts]
        self.details = [self.ours(part) for part in parts]

    @staticmethod
    def ours(lines):
        start = [line.startswith("[Simultaneous TCP Analysis") for line in lines]
        return [line.strip() for line in lines[start.index(True):]] if True in start else []

    def having(self, detail):
        """The rows of the frames that have this line in their details."""
        return [row for row, details in zip(self.rows, self.details) if detail in details]


class Reference:
    """Asks tshark, while the window does something else."""

    def __init__(self, stage):
        self.stage = stage
        self.known = {}
        self.workers = concurrent.futures.ThreadPoolExecutor(max_workers=1)

    def ask(self, capture, flow=True):
        if capture not in self.known:
            self.known[capture] = self.workers.submit(self.run, capture, flow)
        return self.known[capture]

    def of(self, capture):
        return self.ask(capture).result()

    def run(self, capture, flow):
        graph = ["-z", "flow,any,standard"] if flow else []
        done = self.stage.run("tshark", "-2", "-C", desktop.PROFILE, "-r", self.stage.place(capture), "-P", "-V",
                              "-O", "simtcp", "-T", "tabs", "-z", "simtcp,connections", *graph, check=False)
        assert done.returncode == 0 and not done.stderr, f"tshark: {done.stderr}"
        return Told(done.stdout)


@pytest.fixture(scope="session")
def stage():
    with desktop.desktop() as stage:
        yield stage


@pytest.fixture(scope="session")
def reference(stage):
    return Reference(stage)


class Keeper:
    """One window for many tests: a new one only after a test that failed."""

    def __init__(self, stage):
        self.stage = stage
        self.window = None

    def get(self):
        import window

        if self.window is None:
            self.window = window.Window(self.stage)
        return self.window

    def picture(self, name):
        """Of what a test saw that failed, where SIMTCP_GUI_PICTURES says."""
        folder = os.environ.get("SIMTCP_GUI_PICTURES")
        if folder and shutil.which("import"):
            # what else would the program make of brackets
            name = re.sub(r"[^\w-]+", "-", name)
            subprocess.run(["import", "-window", "root", f"png:{folder}/{name}.png"],
                           env=self.stage.environment, check=False, timeout=30)

    def give_up(self):
        if self.window is not None:
            desktop.stop(self.window.process)
            self.window = None

    def close(self):
        if self.window is not None:
            window, self.window = self.window, None
            window.close()


@pytest.fixture(scope="module")
def keeper(stage):
    keeper = Keeper(stage)
    yield keeper
    keeper.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    setattr(item, f"report_{outcome.get_result().when}", outcome.get_result())


@pytest.fixture
def wireshark(keeper, request):
    """Its window; every test ends with no dialog open and nothing said on standard error."""
    window = keeper.get()
    yield window
    try:
        assert not request.node.report_call.failed, "the window is not used again"
        window.check()
        assert window.dialogs() == []
    except AssertionError:
        keeper.picture(request.node.name)
        keeper.give_up()
        if not request.node.report_call.failed:
            raise
