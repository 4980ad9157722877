# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's package: what is in it, where, and what Debian's own checker says."""

import re
import shutil

import pytest

from conftest import TOP

VERSION = (TOP / "plugin" / "VERSION").read_text().strip()

pytestmark = pytest.mark.skipif(not (shutil.which("dpkg-shlibdeps") and shutil.which("file")),
                                reason="dpkg-dev or file is not installed")


class Deb:
    """The package, and what dpkg-deb reads from it."""

    def __init__(self, build):
        self.build = build
        build.run("cpack", "-G", "DEB", "--config", build.folder / "CPackConfig.cmake", "-B", build.stage / "deb")
        [self.path] = (build.stage / "deb").glob("*.deb")
        self.root = build.stage / "unpacked"
        build.run("dpkg-deb", "-x", self.path, self.root)

    def field(self, name):
        """Of the control file."""
        return self.build.run("dpkg-deb", "-f", self.path, name).stdout.strip()

    def unzipped(self, name):
        """Text of a compressed file in it."""
        return self.build.run("gzip", "-dc", self.root / "usr" / "share" / name).stdout


@pytest.fixture(scope="module", name="deb")
def make_deb(build):
    """Made once."""
    return Deb(build)


def test_it_wants_the_wireshark_it_was_built_for(deb):
    """This series, neither an earlier one nor a later one."""
    series = re.search(r"TShark.* (\d+)\.(\d+)\.", deb.build.tshark("--version")).groups()
    major, minor = map(int, series)
    wanted = deb.field("Depends")
    assert re.search(r"\blibwireshark\d+", wanted) and re.search(r"\blibc6\b", wanted)
    assert f"wireshark-common (>= {major}.{minor})" in wanted
    assert f"wireshark-common (<< {major}.{minor + 1}~)" in wanted
    assert deb.field("Version") == f"{VERSION}-1+wireshark{major}.{minor}"
    architecture = deb.build.run("dpkg", "--print-architecture").stdout.strip()
    assert deb.path.name == f"simtcp_{VERSION}-1+wireshark{major}.{minor}_{architecture}.deb"


def test_what_is_where(deb):
    """Plugin and capture interface where this Wireshark looks, the rest as Debian wants it."""
    listed = deb.build.run("dpkg-deb", "-c", deb.path).stdout
    modes = {line.split()[-1]: (line.split()[0], line.split()[1]) for line in listed.splitlines()}
    said = deb.build.tshark("-G", "folders")
    plugins = re.search(r"Global Plugins:\s*(\S+)", said).group(1)
    extcap = re.search(r"^(?:Global )?Extcap path:\s*(\S+)", said, re.M).group(1)
    for name, mode in {f".{plugins}/epan/simtcp.so": "-rw-r--r--", f".{extcap}/simtcpdump": "-rwxr-xr-x",
                       "./usr/bin/simtcp-gen": "-rwxr-xr-x", "./usr/bin/simtcp-sim": "-rwxr-xr-x",
                       "./usr/share/man/man1/simtcp-gen.1.gz": "-rw-r--r--",
                       "./usr/share/man/man1/simtcp-sim.1.gz": "-rw-r--r--",
                       "./usr/share/man/man1/simtcpdump.1.gz": "-rw-r--r--",
                       "./usr/share/doc/simtcp/copyright": "-rw-r--r--",
                       "./usr/share/doc/simtcp/changelog.gz": "-rw-r--r--",
                       "./usr/share/doc/simtcp/changelog.Debian.gz": "-rw-r--r--",
                       "./usr/share/doc/simtcp/examples/article-simultaneous-close.pcapng": "-rw-r--r--",
                       "./usr/share/simtcp/scenarios/open-simultaneous.pkt": "-rw-r--r--"}.items():
        assert modes.get(name) == (mode, "root/root"), name
    assert all(mode == "drwxr-xr-x" for mode, _ in modes.values() if mode.startswith("d"))
    assert not [name for name in modes if "/local/" in name or str(deb.build.stage) in name]


def test_its_documents(deb):
    """One version everywhere; the licence in the form that machines read."""
    assert deb.unzipped("doc/simtcp/changelog.Debian.gz").startswith(f"simtcp ({deb.field('Version')}) ")
    assert f"\n## {VERSION}\n" in deb.unzipped("doc/simtcp/changelog.gz")
    copyright_file = (deb.root / "usr" / "share" / "doc" / "simtcp" / "copyright").read_text()
    assert copyright_file.startswith("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n")
    for name in ["simtcp-gen", "simtcp-sim"]:
        said = deb.build.run(deb.root / "usr" / "bin" / name, "--version").stdout
        assert said == f"{name} {VERSION}\n"
        assert f".Nm {name}\n" in deb.unzipped(f"man/man1/{name}.1.gz")


@pytest.mark.skipif(not shutil.which("lintian"), reason="lintian is not installed")
def test_lintian_has_nothing_to_say(deb):
    """Neither errors nor warnings, and no override."""
    done = deb.build.run("lintian", "--allow-root", "--fail-on", "error,warning", deb.path, check=False)
    assert done.returncode == 0, done.stdout
    assert "overridden" not in done.stdout


def test_making_it_installs_nothing(deb):
    """So there is nothing to uninstall; cpack leaves an install_manifest.txt that says otherwise."""
    done = deb.build.uninstall(check=False)
    assert done.returncode != 0
    assert "Nothing is installed from" in done.stderr
