# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in Wireshark touches no memory that isn't its own and loses none: tshark under valgrind, and one process
that opens file after file."""

import subprocess
import xml.etree.ElementTree

import pytest
from conftest import GOLDEN, TIMEOUT, Sharkd, environment, needs

CAPTURES = ["article-simultaneous-open.pcapng", "linux-simultaneous-open-and-close.pcapng", "linux-time-wait-reuse.pcapng"]
LOADS, WARM, CONNECTIONS = 30, 5, 2000
# glibc gives back what is free at once, and does not learn to keep it: else the sizes go up and down by megabytes.
GIVES_BACK = {"MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "1"}

# What a connection takes the plugin at least: it itself, two halves, seven notes.
CONNECTION = 700


def ours(report, but=("Leak_StillReachable",)):
    """What valgrind says of stacks that pass through the plugin; Wireshark's and GLib's own are theirs. Memory that
    is still reachable at the end is not lost: registrations live as long as the process."""
    root = xml.etree.ElementTree.parse(report).getroot()
    for error in root.iter("error"):
        objects = [frame.findtext("obj") or "" for frame in error.iter("frame")]
        if any(name.endswith("/simtcp.so") for name in objects) and error.findtext("kind") not in but:
            yield xml.etree.ElementTree.tostring(error, encoding="unicode")


@pytest.mark.parametrize("capture", CAPTURES)
def test_valgrind_finds_nothing(tshark, capture):
    needs("valgrind")
    report = tshark.home / f"{capture}.xml"
    # every block of memory a block of its own, so that valgrind sees where it ends
    done = subprocess.run([*tshark.prefix, "valgrind", "--leak-check=full", "--xml=yes", f"--xml-file={report}",
                           GOLDEN.TSHARK, "-n", "-2", "-V", "-z", "simtcp,connections", "-r", tshark.place(GOLDEN.SAMPLES / capture)],
                          env=environment(tshark, G_SLICE="always-malloc", WIRESHARK_DEBUG_WMEM_OVERRIDE="simple"),
                          capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Simultaneous TCP Analysis" in done.stdout
    found = list(ours(report))
    assert not found, "\n".join(found)


def test_valgrind_finds_nothing_where_files_are_opened_one_after_another(tshark):
    needs("valgrind", "sharkd")
    report = tshark.home / "sharkd.xml"
    sharkd = Sharkd(tshark, under=["valgrind", "--leak-check=full", "--xml=yes", f"--xml-file={report}"],
                    G_SLICE="always-malloc", WIRESHARK_DEBUG_WMEM_OVERRIDE="simple")
    try:
        for capture in [*CAPTURES, CAPTURES[0]]:
            sharkd.ask("load", file=str(tshark.place(GOLDEN.SAMPLES / capture)))
            assert sharkd.ask("frames", filter="simtcp.connection == 0")
            for frame in (3, 1, 2):
                sharkd.ask("frame", frame=frame, proto=True)
            sharkd.ask("setconf", name="simtcp.time_wait_seconds", value="30")
        assert sharkd.finish() == 0
    finally:
        sharkd.stop()
    # sharkd clears nothing up at its end, and some of what it then has is reached by pointers into it only
    found = list(ours(report, but=("Leak_StillReachable", "Leak_PossiblyLost")))
    assert not found, "\n".join(found)


def growth(tshark, capture, plugin):
    """By how much memory grows from the fifth to the last opening of a file."""
    sharkd = Sharkd(tshark, plugin, **GIVES_BACK)
    try:
        sizes = []
        for _ in range(LOADS):
            sharkd.ask("load", file=str(capture))
            sharkd.ask("frames", filter="simtcp.simclose" if plugin else "tcp.flags.fin == 1", limit=10)
            sharkd.ask("frame", frame=3, proto=True)
            sizes.append(sharkd.resident())
        return sizes[-1] - sizes[WARM - 1]
    finally:
        sharkd.stop()


def test_opening_file_after_file_loses_no_memory(tshark, tmp_path):
    needs("sharkd")
    simulated = tmp_path / "simulated.pcapng"
    subprocess.run([GOLDEN.BUILD / "tools" / "simtcp-sim", "-o", simulated, "--connections", str(CONNECTIONS)], check=True,
                   capture_output=True, timeout=TIMEOUT)
    capture = tshark.place(simulated)
    without, with_plugin = growth(tshark, capture, False), growth(tshark, capture, True)
    print(f"memory grows by {without} bytes in {LOADS - WARM} loads without the plugin, by {with_plugin} with it")
    # sharkd itself loses memory with each load. A tenth of what the plugin takes would be seen
    assert with_plugin - without < (LOADS - WARM) * CONNECTIONS * CONNECTION / 10
