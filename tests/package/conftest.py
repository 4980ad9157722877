# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds of their own, so that no test installs from, or uninstalls, what somebody built."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
TSHARK = os.environ.get("SIMTCP_TSHARK", "tshark")
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
TIMEOUT = 600


class Build:
    """A build folder and a home beside it, which anybody may read."""

    def __init__(self, stage, *options):
        self.stage = stage
        self.folder = stage / "build"
        self.home = stage / "home"
        self.home.mkdir()
        self.home.chmod(0o777)
        self.run("cmake", "-S", TOP, "-B", self.folder, "-DSIMTCP_BUILD_TESTS=OFF", *options)
        self.run("cmake", "--build", self.folder, "--parallel", "2")

    def run(self, *command, check=True, **more):
        """What the command did; it may not fail, unless check is False."""
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("XDG_", "WIRESHARK", "DESTDIR"))}
        environment.update(HOME=str(self.home), LC_ALL="C.UTF-8", **more)
        done = subprocess.run([str(word) for word in command], env=environment, cwd=self.stage,
                              capture_output=True, text=True, timeout=TIMEOUT, check=False)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    def tshark(self, *arguments, **more):
        """Standard output of tshark as an ordinary user: root's Wireshark ignores personal plugins."""
        prefix = NOBODY if os.getuid() == 0 else []
        self.run("chmod", "-R", "a+rX", self.stage)
        return self.run(*prefix, TSHARK, *arguments, **more).stdout

    def install(self, *options, **more):
        """What cmake says of it on standard error."""
        return self.run("cmake", "--install", self.folder, *options, **more).stderr

    def uninstall(self, check=True, **more):
        """Through the target, as a user would."""
        return self.run("cmake", "--build", self.folder, "--target", "uninstall", check=check, **more)

    def cache(self, name):
        """The value of a variable in CMake's cache."""
        for line in (self.folder / "CMakeCache.txt").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return line.partition("=")[2]
        raise KeyError(name)


def staged(*options):
    """A build until the tests are over."""
    stage = pathlib.Path(tempfile.mkdtemp())
    stage.chmod(0o755)
    try:
        yield Build(stage, *options)
    finally:
        shutil.rmtree(stage)


@pytest.fixture(scope="session")
def build():
    """For all users."""
    yield from staged()


@pytest.fixture(scope="session")
def user_build():
    """For one user."""
    yield from staged("-DSIMTCP_INSTALL_USER=ON", "-DCMAKE_BUILD_TYPE=Debug")


def contents(folder):
    """Everything below a folder, folders with a slash at the end."""
    return sorted(str(path.relative_to(folder)) + ("/" if path.is_dir() and not path.is_symlink() else "")
                  for path in pathlib.Path(folder).rglob("*"))
