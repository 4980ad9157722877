# SPDX-License-Identifier: GPL-2.0-or-later
"""cmake --install and the target "uninstall": for all users, below a DESTDIR or a prefix, and for one user."""

import os

from conftest import TOP, contents

CAPTURE = "article-simultaneous-open.pcapng"
PROFILE = (TOP / "plugin" / "profile" / "CMakeLists.txt").exists()


def folders(build, **more):
    """What tshark says of its folders."""
    lines = build.tshark("-G", "folders", **more).splitlines()
    return {name.strip(): value.strip() for name, value in (line.split(":", 1) for line in lines)}


def below(root, path):
    """An absolute path, below another root."""
    return root / str(path).lstrip("/")


def test_everything_lands_in_wiresharks_folders(build):
    """Below DESTDIR, where the Wireshark of this machine looks."""
    root = build.stage / "everything"
    build.install(DESTDIR=str(root))
    theirs = folders(build)
    extcap = theirs.get("Global Extcap path") or theirs["Extcap path"]
    assert below(root, theirs["Global Plugins"] + "/epan/simtcp.so").is_file()
    assert below(root, extcap + "/simtcpdump").is_file()
    assert not PROFILE or below(root, theirs["Global configuration"] + "/profiles/SimTCP/preferences").is_file()
    for name in ["bin/simtcp-gen", "bin/simtcp-sim", "share/man/man1/simtcp-gen.1", "share/man/man1/simtcpdump.1",
                 "share/man/man1/simtcp-sim.1", "share/simtcp/scenarios/open-simultaneous.pkt",
                 f"share/doc/simtcp/examples/{CAPTURE}", "share/doc/simtcp/docs/how-it-decides.md"]:
        assert (root / "usr" / name).is_file(), name
    build.uninstall(DESTDIR=str(root))
    assert not root.exists()


def test_destdir_and_prefix(build):
    """Both move the whole, and what is installed works there."""
    root = build.stage / "image"
    build.install("--prefix", "/opt/wireshark", DESTDIR=str(root))
    prefix = root / "opt" / "wireshark"
    assert contents(root)[:2] == ["opt/", "opt/wireshark/"]
    assert all(path.startswith("opt/wireshark/") for path in contents(root)[1:])
    [simtcpdump] = prefix.rglob("simtcpdump")
    settings = build.run(simtcpdump, "--extcap-interface", "simtcp", "--extcap-config").stdout
    assert "{value=open-simultaneous}" in settings
    fifo = build.stage / "live.pcapng"
    build.run(simtcpdump, "--extcap-interface", "simtcp", "--capture", "--fifo", fifo, "--source", "open-simultaneous",
              "--speed", "0")
    [plugin] = prefix.rglob("simtcp.so")
    assert plugin.parent.name == "epan"
    roles = build.tshark("-r", fifo, "-T", "fields", "-e", "simtcp.role", WIRESHARK_PLUGIN_DIR=str(plugin.parents[2]))
    assert "2.ACK k+1" in roles
    build.uninstall(DESTDIR=str(root))
    assert not root.exists()


def test_relative_destdir(build):
    """Uninstalling finds what was installed from another working folder."""
    build.install(DESTDIR="relative")
    assert (build.stage / "relative" / "usr" / "bin" / "simtcp-gen").is_file()
    build.uninstall(DESTDIR="relative")
    assert not (build.stage / "relative").exists()


def test_private_prefix(build):
    """Without DESTDIR; installing twice changes nothing."""
    prefix = build.stage / "private"
    build.install("--prefix", prefix)
    once = contents(prefix)
    build.install("--prefix", prefix)
    assert contents(prefix) == once
    assert "bin/simtcp-gen" in once
    build.uninstall()
    assert not prefix.exists()


def test_uninstalling_leaves_what_was_there(build):
    """Folders that existed, empty or not, and files that somebody put into the new ones."""
    root = build.stage / "shared"
    for folder in ["usr/bin", "usr/share/man/man1", "usr/share/simtcp"]:
        (root / folder).mkdir(parents=True)
    (root / "usr" / "bin" / "other").touch()
    before = contents(root)
    build.install(DESTDIR=str(root))
    foreign = root / "usr" / "share" / "doc" / "simtcp" / ".notes"
    foreign.touch()
    build.uninstall(DESTDIR=str(root))
    assert contents(root) == sorted([*before, "usr/share/doc/", "usr/share/doc/simtcp/", "usr/share/doc/simtcp/.notes"])


def test_for_one_user(user_build):
    """Plugin, capture interface, profile, programs and pages in the home, and gone again."""
    home = user_build.home
    said = user_build.install()
    assert ("Wireshark and tshark silently ignore personal plugins" in " ".join(said.split())) == (os.getuid() == 0)

    theirs = folders(user_build)
    plugin = theirs["Personal Plugins"] + "/epan/simtcp.so"
    assert plugin.startswith(str(home))
    plugins = user_build.tshark("-G", "plugins")
    assert f"\t{plugin}\n" in plugins
    capture = user_build.stage / CAPTURE
    capture.write_bytes((TOP / "sample-captures" / CAPTURE).read_bytes())
    assert len(user_build.tshark("-2", "-r", capture, "-Y", "simtcp.simopen").splitlines()) == 10

    assert "simtcp (Simulated TCP connections)" in user_build.tshark("-D")
    live = user_build.tshark("-i", "simtcp", "-o", "extcap.simtcp.source:open-simultaneous", "-o", "extcap.simtcp.speed:0",
                             "-T", "fields", "-e", "simtcp.role")
    assert "2.ACK k+1" in live
    if PROFILE:
        assert (home / ".config" / "wireshark" / "profiles" / "SimTCP" / "preferences").is_file()
        assert "SYN-RECEIVED" in user_build.tshark("-C", "SimTCP", "-2", "-r", capture)
    assert (home / ".local" / "share" / "man" / "man1" / "simtcp-gen.1").is_file()
    user_build.run(home / ".local" / "bin" / "simtcp-gen", "--version")

    user_build.uninstall()
    left = [path for path in contents(home) if not path.endswith("/")]
    assert not left
    assert "simtcp" not in user_build.tshark("-G", "plugins")
