# SPDX-License-Identifier: GPL-2.0-or-later
"""A screen, a session bus and an accessibility bus of our own, for one run of tests.

Everything here belongs to a user without rights: as root, Wireshark ignores plugins that are not installed. The
processes form one group each, and all of them end with the run."""

import contextlib
import ctypes
import itertools
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = TOP / "sample-captures"
BUILD = pathlib.Path(os.environ.get("SIMTCP_BUILD", TOP / "build"))
DATA = pathlib.Path("/usr/share/wireshark")
NOBODY = 65534
PREFIX = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.getuid() == 0 else []
# What is started ends with us, even if we are killed; what the buses start ends with the buses.
TIED = ["setpriv", "--pdeathsig=KILL", *PREFIX[1:]]
PROFILE = "SimTCP"


class Stage:
    """A folder for one user: home, plugin, and Wireshark's data with the profile among the global ones, as the
    install target leaves it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        self.home = self.folder / "home"
        self.runtime = self.folder / "runtime"
        # numbers for what the windows here save: one window after another, and none asks whether to overwrite
        self.exports = itertools.count(1)
        for own in self.home, self.runtime:
            own.mkdir(mode=0o700)
            if PREFIX:
                os.chown(own, NOBODY, NOBODY)
        shutil.copytree(BUILD / "plugins", self.folder / "plugins")
        self.lay_out_data()
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("XDG_", "WIRESHARK", "QT_", "DBUS_", "AT_SPI", "LC_"))}
        self.environment.update(
            HOME=str(self.home), XDG_RUNTIME_DIR=str(self.runtime), TZ="UTC", LANG="C.UTF-8",
            WIRESHARK_PLUGIN_DIR=str(self.folder / "plugins"), WIRESHARK_DATA_DIR=str(self.folder / "data"),
            WIRESHARK_ABORT_ON_DISSECTOR_BUG="1", WIRESHARK_DEBUG_WMEM_OVERRIDE="strict",
            QT_ACCESSIBILITY="1", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", QT_SCALE_FACTOR="1", QT_X11_NO_MITSHM="1")

    def give_window(self, width, height):
        """Wireshark's window fills the screen: there is no window manager that could."""
        folder = self.home / ".config" / "wireshark"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "recent_common").write_text(
            f"gui.geometry_main_x: 0\ngui.geometry_main_y: 0\ngui.geometry_main_width: {width}\n"
            f"gui.geometry_main_height: {height}\ngui.geometry_main_maximized: FALSE\n")
        self.hand_over()

    def hand_over(self):
        """All that is at home belongs to the user."""
        if PREFIX:
            for path in self.home.rglob("*"):
                os.chown(path, NOBODY, NOBODY)

    def lay_out_data(self):
        data = self.folder / "data"
        (data / "profiles").mkdir(parents=True)
        for theirs in DATA.iterdir():
            if theirs.name != "profiles":
                (data / theirs.name).symlink_to(theirs)
        shutil.copytree(BUILD / "profiles" / PROFILE, data / "profiles" / PROFILE)

    def place(self, capture, name=None):
        """A copy of the capture that the user may read."""
        copy = self.folder / "captures" / (name or pathlib.Path(capture).name)
        if not copy.exists():
            copy.parent.mkdir(exist_ok=True, mode=0o755)
            shutil.copy(capture, copy)
            copy.chmod(0o644)
        return copy

    def run(self, *command, check=True):
        """A program of Wireshark's that needs no window."""
        return subprocess.run([*PREFIX, *map(str, command)], env=self.environment, check=check,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def start(self, *command, **options):
        """A program in a group of its own, so that it ends with its children."""
        return subprocess.Popen([*TIED, *map(str, command)], env=self.environment, cwd=self.folder,
                                stdin=subprocess.DEVNULL, start_new_session=True, **options)


def adopt_orphans():
    """Children whose parent ended first become this process's, so that none is left to an init that may not reap."""
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury(group):
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-group, os.WNOHANG)[0]:
            pass


def members(group):
    """The processes of a group that have not ended."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, of = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(of) == group and state != "X":
                found.append(int(folder.name))
    return found


def stop(process):
    """Ends a process that start() began, and its children."""
    for number in signal.SIGTERM, signal.SIGKILL:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if process.poll() is not None:
                bury(process.pid)
                if not members(process.pid):
                    return
            time.sleep(0.02)
    raise RuntimeError(f"processes {members(process.pid)} do not end")


@contextlib.contextmanager
def screen(stage, size):
    """An X server on a display of its own choice."""
    read, write = os.pipe()
    server = stage.start("Xvfb", "-displayfd", write, "-screen", "0", f"{size}x24", "-nolisten", "tcp",
                         "-noreset", pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            display = pipe.readline().strip()
        if not display:
            raise RuntimeError("Xvfb did not start")
        stage.environment["DISPLAY"] = f":{display}"
        yield
    finally:
        stop(server)


@contextlib.contextmanager
def buses(stage):
    """A session bus, and the accessibility bus that starts with the first question for it."""
    daemon = stage.start("dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog", "--print-address=1",
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        stage.environment["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
        answer = stage.run("dbus-send", "--session", "--print-reply=literal", "--dest=org.a11y.Bus",
                           "/org/a11y/bus", "org.a11y.Bus.GetAddress")
        # read once, by the first question of this process
        os.environ["AT_SPI_BUS_ADDRESS"] = answer.stdout.strip()
        yield
    finally:
        stop(daemon)


@contextlib.contextmanager
def desktop(width=1280, height=800):
    """The whole, as a stage."""
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="simtcp-gui-", ignore_cleanup_errors=True) as folder:
        stage = Stage(folder)
        stage.give_window(width, height)
        with screen(stage, f"{width}x{height}"), buses(stage):
            yield stage
