# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever is in a capture, tshark with the plugin reads it to its end: no signal, no assertion, no dissector
bug, nothing on standard error about simtcp, and not one packet more is malformed than without the plugin."""

import subprocess

import captures
import pytest
from conftest import GOLDEN, TIMEOUT, needs

PASSES = {"one pass": [], "two passes": ["-2"], "two passes, read filter": ["-2", "-R", "tcp.len == 0 || udp"]}
REORDERED = [captures.shuffled, captures.jostled, captures.doubled, captures.lossy, captures.time_stands,
             captures.time_goes_back, captures.time_leaps]


def run(tshark, *arguments, plugin=True):
    """Return code, standard output and standard error of tshark."""
    command = [*tshark.prefix, "env", "-u", "XDG_CONFIG_HOME", f"HOME={tshark.home}", "WIRESHARK_ABORT_ON_DISSECTOR_BUG=1",
               "WIRESHARK_DEBUG_WMEM_OVERRIDE=strict",
               # an empty folder, not none: then Wireshark would load its own plugins, which dissect more
               f"WIRESHARK_PLUGIN_DIR={tshark.stage / 'plugins' if plugin else tshark.home}"]
    done = subprocess.run([*command, GOLDEN.TSHARK, *map(str, arguments)], capture_output=True, text=True,
                          errors="replace", timeout=TIMEOUT, check=False)
    # the folder's name has simtcp in it
    return done.returncode, done.stdout, done.stderr.replace(str(tshark.stage), "")


@pytest.fixture(scope="module")
def statistics(tshark):
    """Every -z of the plugin's; one wants a file to write to."""
    _, printed, said = run(tshark, "-z", "help")
    names = {line.strip() for line in (printed + said).splitlines() if line.strip().startswith("simtcp")}
    assert names
    return [option for name in sorted(names)
            for option in ("-z", f"{name},{tshark.home}/drawn.svg" if name == "simtcp,svg" else name)]


@pytest.fixture(scope="module")
def everything(tshark, tmp_path_factory):
    """All sample captures and all scenarios in one file."""
    needs("mergecap", "editcap", "randpkt")
    folder = tmp_path_factory.mktemp("everything")
    files = sorted(GOLDEN.SAMPLES.glob("*.pcapng"))
    for script in GOLDEN.SCENARIOS:
        files.append(folder / f"{script.stem}.pcapng")
        subprocess.run([GOLDEN.GENERATOR, script, "-o", files[-1]], check=True, capture_output=True, timeout=TIMEOUT)
    captures.merge(files, folder / "everything.pcapng")
    return folder / "everything.pcapng"


def place(tshark, capture):
    copy = tshark.stage / capture.name
    copy.write_bytes(capture.read_bytes())
    copy.chmod(0o644)
    return copy


def malformed(tshark, capture, plugin):
    _, printed, _ = run(tshark, "-n", "-2", "-r", capture, "-Y", "_ws.malformed", "-T", "fields", "-e", "frame.number",
                        plugin=plugin)
    return printed.split()


def survives(tshark, capture, statistics, passes=PASSES):
    """The capture is read, in each of these ways, and then removed."""
    copy = place(tshark, capture)
    for name, options in passes.items():
        code, printed, said = run(tshark, "-n", *options, "-V", *statistics, "-r", copy)
        where = f"{capture.name}, {name}: {code}: {said[-2000:]}"
        assert code == 0, where
        assert "simtcp" not in said.lower() and "ERROR" not in said, where
        assert "Dissector bug" not in printed, where
    assert malformed(tshark, copy, True) == malformed(tshark, copy, False), capture.name
    copy.unlink()


def test_undamaged(tshark, everything, statistics):
    survives(tshark, everything, statistics)


@pytest.mark.parametrize("rate, seed", [(0.001, 1), (0.01, 2), (0.03, 3), (0.1, 4), (0.5, 5)])
def test_damaged_bytes(tshark, everything, statistics, tmp_path, rate, seed):
    damaged = tmp_path / "damaged.pcapng"
    subprocess.run(["editcap", "-E", str(rate), "--seed", str(seed), everything, damaged], check=True,
                   capture_output=True, timeout=TIMEOUT)
    survives(tshark, damaged, statistics)


@pytest.mark.parametrize("length", [33, 34, 53, 54, 57, 66, 74])
def test_snapped_packets(tshark, everything, statistics, tmp_path, length):
    snapped = tmp_path / "snapped.pcapng"
    subprocess.run(["editcap", "-s", str(length), everything, snapped], check=True, capture_output=True, timeout=TIMEOUT)
    survives(tshark, snapped, statistics, {"two passes": ["-2"]})


@pytest.mark.parametrize("change", REORDERED, ids=lambda change: change.__name__)
def test_frames_in_another_order(tshark, everything, statistics, tmp_path, change):
    changed = tmp_path / "changed.pcapng"
    changed.write_bytes(captures.rebuilt(everything.read_bytes(), change))
    survives(tshark, changed, statistics)


def test_cut_files(tshark, statistics, tmp_path):
    whole = (GOLDEN.SAMPLES / "article-simultaneous-open.pcapng").read_bytes()
    for length in range(7, len(whole), max(1, len(whole) // 12)):
        cut = tmp_path / f"cut-{length}.pcapng"
        cut.write_bytes(whole[:length])
        copy = place(tshark, cut)
        code, _, said = run(tshark, "-n", "-2", "-V", *statistics, "-r", copy)
        # what tshark ends with, where a file is cut short, is different from release to release
        expected, _, _ = run(tshark, "-n", "-2", "-V", "-r", copy, plugin=False)
        assert code == expected and code >= 0 and "simtcp" not in said.lower(), f"{length}: {code}: {said}"


@pytest.mark.parametrize("kind", ["tcp", "ip", "ipv6", "llc", "sctp"])
def test_random_packets(tshark, statistics, tmp_path, kind):
    random = tmp_path / f"random-{kind}.pcap"
    done = subprocess.run(["randpkt", "-t", kind, "-b", "300", "-c", "2000", random], capture_output=True, text=True,
                          timeout=TIMEOUT, check=False)
    if done.returncode:
        pytest.skip(f"randpkt knows no {kind}: {done.stderr}")
    survives(tshark, random, statistics)
