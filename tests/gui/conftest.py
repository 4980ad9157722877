# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's window on a screen that nobody sees, with the plugin that was built."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import desktop  # noqa: E402

sys.path.remove(str(pathlib.Path(__file__).parent))


class Reference:
    """What tshark says of the same capture with the same profile, reading it twice."""

    def __init__(self, stage):
        self.stage = stage
        self.known = {}

    def run(self, capture, *options):
        key = capture, options
        if key not in self.known:
            done = self.stage.run("tshark", "-2", "-C", desktop.PROFILE, "-r", self.stage.place(capture), *options,
                                  check=False)
            assert done.returncode == 0 and not done.stderr, f"tshark {options}: {done.stderr}"
            self.known[key] = done.stdout
        return self.known[key]

    def rows(self, capture, *options):
        """The packet list; between the addresses tshark puts an arrow of its own."""
        lines = self.run(capture, "-T", "tabs", *options).splitlines()
        return [[cell.strip() for cell in line.split("\t") if cell != "→"] for line in lines]

    def details(self, capture, number):
        """The plugin's part of the details of a frame."""
        lines = self.run(capture, "-Y", f"frame.number == {number}", "-V", "-O", "simtcp").splitlines()
        start = [index for index, line in enumerate(lines) if line.startswith("[Simultaneous TCP Analysis")]
        return [line.strip() for line in lines[start[0]:] if line.strip()] if start else []

    def fields(self, capture, *names):
        options = [option for name in names for option in ("-e", name)]
        lines = self.run(capture, "-T", "fields", *options).splitlines()
        return [line.split("\t") for line in lines]


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
        import os
        import shutil
        import subprocess

        folder = os.environ.get("SIMTCP_GUI_PICTURES")
        if folder and shutil.which("import"):
            subprocess.run(["import", "-window", "root", pathlib.Path(folder) / f"{name}.png"],
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
