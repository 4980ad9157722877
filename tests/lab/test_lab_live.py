# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab at work: a recording made now, and nothing left behind, also after an early end.

A namespace of the lab lives in its processes alone. Every process of a run
carries a mark in its environment, so the run's namespaces are gone when no
process with the mark is left.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import lab_pcapng as pcapng
import pytest
import scenario as scenarios
from conftest import LAB
from lab_pcapng import ACK, FIN, SYN

MISSING = 77
MARK = "SIMTCP_LAB_TEST"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the lab needs root to make network namespaces")


@pytest.fixture
def mark():
    return uuid.uuid4().hex


@pytest.fixture(autouse=True)
def own_temporary_folder(monkeypatch, tmp_path_factory):
    """A run that is killed leaves its temporary folder behind: here, and not in the machine's."""
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))


def start(tools, mark, *words, **variables):
    environment = {**os.environ, "SIMTCP_TOOLS": str(tools), MARK: mark, **variables}
    return subprocess.Popen([LAB / "run.sh", *map(str, words)], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process):
    output, errors = process.communicate(timeout=15)
    if process.returncode == MISSING:
        pytest.skip(errors.strip())
    return output, errors


def marked_processes(mark):
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(folder)
        except OSError:
            pass  # it has just ended
    return found


def namespaces(mark):
    """The network namespaces, other than this one, that processes of the run are in."""
    own = os.readlink("/proc/self/ns/net")
    found = set()
    for folder in marked_processes(mark):
        try:
            found.add(os.readlink(folder / "ns" / "net"))
        except OSError:
            pass
    return found - {own}


def wait_until(condition, seconds):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def names_of_this_namespace():
    """Named namespaces, and devices here: a run adds none."""
    named = os.listdir("/run/netns") if os.path.isdir("/run/netns") else []
    return {name for name in named + os.listdir("/sys/class/net") if "simtcp" in name or name in ("to-a", "to-b")}


def trace_instances():
    """Trace instances of the lab, seen through a tracefs that is mounted for this look only."""
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c",
         "mount -t tracefs tracefs /sys/kernel/tracing && ls /sys/kernel/tracing/instances"],
        capture_output=True, text=True, check=False)
    return [name for name in done.stdout.split() if name == "simtcp-lab"]


def assert_nothing_left(mark):
    assert wait_until(lambda: not marked_processes(mark), 3), "processes, and so namespaces, were left behind"
    assert not names_of_this_namespace()


def test_a_simultaneous_close_made_now(tools, mark, tmp_path):
    process = start(tools, mark, "linux-simultaneous-close", "-o", tmp_path, "--every-point")
    assert wait_until(lambda: len(namespaces(mark)) == 3 or process.poll() is not None, 5)
    output, errors = finish(process)
    assert process.returncode == 0, errors
    assert "close Simultaneous" in output
    assert_nothing_left(mark)
    assert not trace_instances()

    for suffix, point in (("", "middle"), ("-at-a", "A"), ("-at-b", "B")):
        name = "linux-simultaneous-close" + suffix
        told = json.loads((tmp_path / f"{name}.truth.json").read_text(encoding="utf-8"))
        assert told["capture_point"] == point
        assert (told["open"], told["close"]) == ("Three-way", "Simultaneous")
        assert told["time_wait"] == list(told["endpoints"])
        segments = pcapng.segments(tmp_path / f"{name}.pcapng")
        assert [segment.flags for segment in segments[:2]] == [SYN, SYN | ACK]
        fins = [segment for segment in segments if segment.flags & FIN]
        assert fins[0].source != fins[1].source
        assert fins[0].ack == fins[1].seq and fins[1].ack == fins[0].seq, "neither covers the other"


def test_a_self_connect_made_now(tools, mark, tmp_path):
    process = start(tools, mark, "self-connect", "-o", tmp_path)
    _, errors = finish(process)
    assert process.returncode == 0, errors
    assert_nothing_left(mark)
    told = json.loads((tmp_path / "self-connect.truth.json").read_text(encoding="utf-8"))
    assert (told["open"], told["close"], len(told["time_wait"])) == ("Self-connect", "Simultaneous", 1)
    assert len({segment.source for segment in pcapng.segments(tmp_path / "self-connect.pcapng")}) == 1


def without(program, folder):
    """A PATH on which everything is found but this program."""
    for place in os.environ["PATH"].split(os.pathsep):
        for path in Path(place).glob("*"):
            link = folder / path.name
            if path.name != program and not link.is_symlink():
                link.symlink_to(path)
    return str(folder)


@pytest.mark.parametrize("firewall", ["nftables", "wire"])
def test_a_hole_punched_now(tools, mark, tmp_path, tmp_path_factory, firewall):
    """Once through a firewall of the kernel, and once where there is no nft and the wire stands in."""
    if firewall == "nftables" and shutil.which("nft") is None:
        pytest.skip("no nft here (Debian: nftables)")
    path = without("nft", tmp_path_factory.mktemp("path")) if firewall == "wire" else os.environ["PATH"]
    process = start(tools, mark, "linux-hole-punch-one-side", "-o", tmp_path, PATH=path)
    output, errors = finish(process)
    assert process.returncode == 0, errors
    assert_nothing_left(mark)
    told = json.loads((tmp_path / "linux-hole-punch-one-side.truth.json").read_text(encoding="utf-8"))
    if firewall == "wire":
        assert "nft is missing" in output
        assert told["firewalls"] == {"B": "wire"}
    assert [one["open"] for one in told["connections"]] == ["Incomplete", "Simultaneous"]
    syns = [segment for segment in pcapng.segments(tmp_path / "linux-hole-punch-one-side.pcapng")
            if segment.flags == SYN]
    assert len({segment.seq for segment in syns}) == 3, "a new number with each attempt, and the other end's"


@pytest.mark.parametrize("name, opened", [
    ("linux-split-handshake-five-segments", ["Split handshake"]),
    ("linux-time-wait-assassinated", ["Three-way", "Three-way"]),
    ("linux-time-wait-rfc1337", ["Three-way", "Incomplete"]),
])
def test_several_programs_and_incarnations_now(tools, mark, tmp_path, name, opened):
    process = start(tools, mark, name, "-o", tmp_path)
    _, errors = finish(process)
    assert process.returncode == 0, errors
    assert_nothing_left(mark)
    told = json.loads((tmp_path / f"{name}.truth.json").read_text(encoding="utf-8"))
    assert [one["open"] for one in told.get("connections", [told])] == opened


@pytest.mark.skipif("SIMTCP_LAB_ALL" not in os.environ, reason="takes two minutes; set SIMTCP_LAB_ALL=1")
@pytest.mark.parametrize("name", scenarios.names())
def test_every_scenario_goes_as_it_expects(tools, mark, tmp_path, name):
    process = start(tools, mark, name, "-o", tmp_path)
    _, errors = finish(process)
    assert process.returncode == 0, errors
    assert_nothing_left(mark)
    assert {path.name[:-len(".truth.json")] for path in tmp_path.glob("*.truth.json")} == \
        {path.stem for path in tmp_path.glob("*.pcapng")}


def states_shown(output):
    """The last word of each socket's line, a list for each time netstat is shown at both hosts."""
    shown = []
    for part in output.split("host A$ netstat -tan")[1:]:
        shown.append([line.split()[-1] for line in part.splitlines() if line.split()[:1] == ["tcp"]])
    return shown


def test_the_article_is_told_while_it_happens(tools, mark, tmp_path):
    process = start(tools, mark, "linux-article", "--narrate", "--every-point", "-o", tmp_path)
    output, errors = finish(process)
    assert process.returncode == 0, errors
    assert_nothing_left(mark)
    assert states_shown(output) == [[]] + [[state] * 2 for state in (
        "SYN_SENT", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "CLOSING", "TIME_WAIT")]
    for point in ("", "-at-a", "-at-b"):
        flags = [segment.flags for segment in pcapng.segments(tmp_path / f"linux-article{point}.pcapng")]
        assert flags.count(SYN) > 2 and flags.count(SYN | ACK) == 2, "both SYNs were sent again before they crossed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_early_end_leaves_nothing(tools, mark, tmp_path, number):
    process = start(tools, mark, "linux-simultaneous-open", "-o", tmp_path)
    # Half-way: all namespaces exist, and the hosts are under way (they log in pipes, so ask for their processes).
    busy = wait_until(lambda: process.poll() is not None or hosts(mark) == 2, 5)
    if process.poll() is not None:
        finish(process)
    assert busy and len(namespaces(mark)) == 3
    time.sleep(0.5)
    process.send_signal(number)
    _, errors = finish(process)
    assert process.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 130), errors
    assert_nothing_left(mark)
    assert not list(tmp_path.iterdir())
    if number != signal.SIGKILL:
        assert not trace_instances()


def hosts(mark):
    count = 0
    for folder in marked_processes(mark):
        try:
            count += (folder / "comm").read_text(encoding="ascii").strip() == "lab-host"
        except OSError:
            pass
    return count


def test_the_trace_instance_of_a_killed_run_is_taken_over(tools, mark, tmp_path):
    """Runs after the one above that was killed: the next run works, and removes what that one left."""
    process = start(tools, mark, "linux-refused", "-o", tmp_path)
    _, errors = finish(process)
    assert process.returncode == 0, errors
    assert not trace_instances()


def test_without_root_it_says_so(monkeypatch):
    monkeypatch.delenv("TMPDIR")
    # A copy that a user without rights can read, wherever the checkout is.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        copy = shutil.copytree(LAB, Path(folder) / "lab")
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy / "run.sh",
                               "linux-refused"], capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == MISSING
    assert "root" in done.stderr
