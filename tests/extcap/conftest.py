# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's command line programs with the capture interface that was built."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SIMTCP_BUILD", TOP / "build"))
TSHARK = os.environ.get("SIMTCP_TSHARK", "tshark")
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
TIMEOUT = 30


def until(condition, seconds=10):
    """Waits until the condition holds; says whether it did."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Stage:
    """A copy of the build that anybody may read: as root Wireshark ignores WIRESHARK_EXTCAP_DIR, so
    there it runs as nobody."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        for name in ("extcap", "tools", "scenarios"):
            shutil.copytree(BUILD / name, self.folder / name)
        self.home = self.folder / "home"
        self.temporary = self.folder / "temporary"
        for made in (self.home, self.temporary):
            made.mkdir()
            made.chmod(0o777)
        self.program = self.folder / "extcap" / "simtcpdump"
        self.prefix = NOBODY if os.getuid() == 0 else []
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("XDG_", "WIRESHARK"))}
        self.environment.update(HOME=str(self.home), TMPDIR=str(self.temporary), TZ="UTC",
                                WIRESHARK_EXTCAP_DIR=str(self.folder / "extcap"))

    def start(self, *command):
        return subprocess.Popen([*self.prefix, *map(str, command)], env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.temporary)

    def run(self, *command):
        return subprocess.run([*self.prefix, *map(str, command)], env=self.environment, text=True,
                              capture_output=True, timeout=TIMEOUT, check=False, cwd=self.temporary)

    def tshark(self, *arguments, **options):
        """Runs tshark; options are those of the capture interface."""
        done = self.run(TSHARK, *arguments, *self.preferences(options))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def capture(self, name, *arguments, **options):
        """tshark captures from the interface into a file, whose frames are returned."""
        path = self.temporary / name
        self.tshark("-q", "-i", "simtcp", "-w", path, *arguments, **options)
        return self.frames(path)

    def frames(self, path):
        """Time, length and octets of each frame of a capture, as text."""
        text = self.tshark("-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len",
                           "-e", "tcp.seq_raw", "-e", "tcp.ack_raw", "-e", "tcp.flags")
        return text.splitlines()

    @staticmethod
    def preferences(options):
        return [word for name, value in options.items() for word in ("-o", f"extcap.simtcp.{name}:{value}")]

    def processes(self):
        """Command lines of the programs of this stage that run."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if words[0].startswith(str(self.folder)) or f"TMPDIR={self.temporary}" in environment(entry):
                found.append(words)
        return found

    def leftovers(self):
        return sorted(path.name for path in self.temporary.iterdir())


def environment(entry):
    try:
        return entry.with_name("environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


@pytest.fixture(name="stage")
def make_stage():
    with tempfile.TemporaryDirectory(prefix="simtcp-") as folder:
        stage = Stage(folder)
        yield stage
        assert stage.processes() == []
