# SPDX-License-Identifier: GPL-2.0-or-later
"""sample-captures/short-connections.py: what tshark finds in its captures, and its errors."""

import signal
import subprocess
import sys
import time

import pytest

from conftest import TIMEOUT, TOP

SCRIPT = TOP / "sample-captures" / "short-connections.py"
CLIENT, SERVER = "10.22.5.3", "10.16.56.2"


def run(*arguments, **options):
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True,
                          timeout=TIMEOUT, check=False, **options)


def make(path, *arguments):
    done = run(path, *arguments)
    assert done.returncode == 0 and not done.stderr, done.stderr
    path.chmod(0o644)
    return done.stdout


@pytest.fixture
def folder(desk, request):
    """Of its own, and readable for tshark."""
    path = desk.stage / f"folder-{abs(hash(request.node.name))}"
    path.mkdir(mode=0o755)
    return path


def fields(desk, capture, *names, filter_="tcp", options=()):
    arguments = [argument for name in names for argument in ("-e", name)]
    text = desk.run("-n", "-2", "-r", capture, "-Y", filter_, *options, "-T", "fields", *arguments)
    return [tuple(line.split("\t")) for line in text.splitlines()]


def test_both_formats_hold_the_same_and_always_the_same(desk, folder):
    seen = []
    for name in ("a.pcap", "a.pcapng", "b.pcapng"):
        make(folder / name, "--connections", 50, "--seconds", 2.5)
        seen.append(fields(desk, folder / name, "frame.time_epoch", "ip.src", "tcp.srcport", "tcp.seq_raw",
                           "tcp.ack_raw", "tcp.flags", "frame.cap_len"))
    # the file's resolution may add zeros to a time
    assert len(seen[0]) == 300
    assert [[float(row[0]), *row[1:]] for row in seen[0]] == [[float(row[0]), *row[1:]] for row in seen[1]]
    assert (folder / "a.pcapng").read_bytes() == (folder / "b.pcapng").read_bytes()


def test_segments_are_sound(desk, folder):
    capture = folder / "sound.pcapng"
    make(capture, "--connections", 400, "--seconds", 1, "--ports", "65000-65199", "--closes-first", "server")
    checks = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]
    assert not fields(desk, capture, "frame.number", options=checks,
                      filter_="_ws.malformed || ip.checksum.status != 1 || tcp.checksum.status != 1")
    assert len(fields(desk, capture, "frame.number", filter_="tcp.checksum.status == 1", options=checks)) == 2400
    times = [float(row[0]) for row in fields(desk, capture, "frame.time_epoch")]
    assert times == sorted(times)


@pytest.mark.parametrize("first, holder", [("client", CLIENT), ("server", f"{SERVER}:80")])
def test_who_closes_first_holds_time_wait(desk, folder, first, holder):
    capture = folder / "first.pcap"
    assert make(capture, "--connections", 30, "--seconds", 1, "--closes-first", first).startswith("30 connections; 0 ")
    rows = set(fields(desk, capture, "simtcp.connection", "simtcp.open", "simtcp.close", "simtcp.time_wait.holder"))
    assert len(rows) == 30
    for _, opened, closed, held in rows:
        assert desk.names["simtcp.open", opened] == "Three-way"
        assert desk.names["simtcp.close", closed] == "Orderly"
        assert held.startswith(holder)


def test_client_without_a_free_port_is_silent(desk, folder):
    capture = folder / "ports.pcap"
    # every 5 s: at 0 to 45 s the ten ports are taken; at 50, 55 and 60 s none is free, at 65 s the first is again
    said = make(capture, "--connections", 20, "--seconds", 100, "--ports", "40000-40009")
    assert said == "17 connections; 3 calls of connect() found no free port (EADDRNOTAVAIL)\n"
    syns = fields(desk, capture, "frame.time_relative", "tcp.srcport", filter_="tcp.flags.syn == 1 && tcp.flags.ack == 0")
    assert [round(float(time)) for time, _ in syns] == [*range(0, 50, 5), *range(65, 100, 5)]
    assert [int(port) - 40000 for _, port in syns] == [*range(10), *range(7)]
    assert not fields(desk, capture, "frame.number", filter_="simtcp.time_wait.reuse")


def test_ports_that_the_server_holds_come_round_again(desk, folder):
    capture = folder / "round.pcap"
    assert make(capture, "--connections", 25, "--seconds", 5, "--ports", "40000-40009",
                "--closes-first", "server").startswith("25 connections; 0 ")
    again = fields(desk, capture, "simtcp.connection", "simtcp.time_wait.answer", filter_="simtcp.time_wait.reuse")
    assert [(int(number), desk.names["simtcp.time_wait.answer", answer]) for number, answer in again] == \
        [(number, "Accepted") for number in range(10, 25)]


def test_phases_follow_each_other(desk, folder):
    capture = folder / "phases.pcapng"
    make(capture, "--connections", 4, "--seconds", 1, "--connections", 2, "--seconds", 2)
    starts = fields(desk, capture, "frame.time_relative", filter_="tcp.flags.syn == 1 && tcp.flags.ack == 0")
    assert [float(start) for start, in starts] == [0, 0.25, 0.5, 0.75, 1, 2]


@pytest.mark.parametrize("arguments, complaint", [
    ([], "OUT"),
    (["out.txt"], "out.txt"),
    (["missing/out.pcap"], "missing/out.pcap: No such file or directory"),
    (["folder.pcap"], "folder.pcap: Is a directory"),
    (["out.pcap", "--connections", "0"], "'0'"),
    (["out.pcap", "--connections", "many"], "'many'"),
    (["out.pcap", "--seconds", "nan"], "'nan'"),
    (["out.pcap", "--seconds", "-1"], "'-1'"),
    (["out.pcap", "--connections", "1", "--connections", "2"], "as many --connections as --seconds"),
    (["out.pcap", "--ports", "2-1"], "'2-1'"),
    (["out.pcap", "--ports", "1-65536"], "'1-65536'"),
    (["out.pcap", "--closes-first", "both"], "'both'"),
    (["out.pcap", "another"], "another"),
])
def test_errors_are_one_line_and_leave_nothing(tmp_path, arguments, complaint):
    (tmp_path / "folder.pcap").mkdir()
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert not done.stdout
    assert done.stderr.startswith("short-connections.py: ") and done.stderr.count("\n") == 1
    assert complaint in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["folder.pcap"]


def test_disk_that_is_full_leaves_the_old_file(tmp_path):
    old = tmp_path / "out.pcapng"
    old.write_bytes(b"old")
    done = subprocess.run(["bash", "-c", 'ulimit -f 100; exec "$0" "$@"', sys.executable, SCRIPT, old],
                          capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"short-connections.py: {old}: File too large\n"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing(tmp_path, number):
    with subprocess.Popen([sys.executable, SCRIPT, tmp_path / "out.pcapng", "--connections", "5000000",
                           "--ports", "1-65535", "--closes-first", "server"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + TIMEOUT
        while not list(tmp_path.iterdir()) and time.monotonic() < end:
            time.sleep(0.05)
        assert list(tmp_path.iterdir())
        process.send_signal(number)
        said, complained = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 128 + number
    assert (said, complained) == ("", "")
    assert not list(tmp_path.iterdir())


def test_help_tells_the_options():
    done = run("--help")
    assert done.returncode == 0
    for option in ("--connections", "--seconds", "--closes-first", "--ports", "EADDRNOTAVAIL"):
        assert option in done.stdout
