# SPDX-License-Identifier: GPL-2.0-or-later
"""simtcp-sim by itself: its command line, its files, and whether its truth agrees with its frames."""

import collections
import os
import re
import signal
import subprocess
import threading
import time

import pytest
from conftest import CLEAN, SIMULATOR, TIMEOUT, read_capture, read_truth, simulate

STATES = ["CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
          "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"]
# RFC 9293 figure 5, and what a RST, a time-out or an application that gives up adds: CLOSED from anywhere
STEPS = {
    "LISTEN": {"SYN-RECEIVED"},
    "SYN-SENT": {"SYN-RECEIVED", "ESTABLISHED"},
    "SYN-RECEIVED": {"ESTABLISHED"},
    "ESTABLISHED": {"FIN-WAIT-1", "CLOSE-WAIT"},
    "FIN-WAIT-1": {"FIN-WAIT-2", "CLOSING"},
    "FIN-WAIT-2": {"TIME-WAIT"},
    "CLOSE-WAIT": {"LAST-ACK"},
    "CLOSING": {"TIME-WAIT"},
    "LAST-ACK": set(),
    "TIME-WAIT": set(),
    "CLOSED": set(),
}
OPEN = {"Simultaneous", "Three-way", "Self-connect", "Split handshake", "Incomplete", "Refused"}
CLOSE = {"Open", "Orderly", "Simultaneous", "Half-closed", "Reset"}
# what is captured, and so what is missing, depends on the point; nothing else does
CAPTURED = {"missing", "frames", "point"}


def run(*arguments, **options):
    return subprocess.run([SIMULATOR, *map(str, arguments)], capture_output=True, text=True, timeout=TIMEOUT,
                          check=False, **options)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    capture, truth = simulate(folder, "--connections", 3000, "--seed", 7)
    return capture, truth, read_capture(capture)


# The command line

def test_help_and_version():
    assert run("--help").stdout.startswith("Usage: simtcp-sim -o FILE.pcapng")
    assert re.fullmatch(r"simtcp-sim \d+\.\d+\.\d+\n", run("--version").stdout)


@pytest.mark.parametrize("arguments", [
    [], ["-o"], ["-o", ""], ["-o", "x.pcapng", "--nonsense", "1"], ["-o", "x.pcapng", "stray"],
    ["-o", "x.pcapng", "--connections"], ["-o", "x.pcapng", "--connections", "-1"],
    ["-o", "x.pcapng", "--connections", "1e3"], ["-o", "x.pcapng", "--seed", "x"],
    ["-o", "x.pcapng", "--loss", "1.5"], ["-o", "x.pcapng", "--loss", "nan"], ["-o", "x.pcapng", "--loss", ""],
    ["-o", "x.pcapng", "--delay", "-1"], ["-o", "x.pcapng", "--delay", "1e300"],
    ["-o", "x.pcapng", "--point", "c"], ["-o", "x.pcapng", "--profile", "plan9"],
    ["-o", "x.pcapng", "--behaviour", "odd"], ["-o", "x.pcapng", "--snaplen", "0"],
    ["-o", "x.pcapng", "--realtime", "0"], ["-o", "x.pcapng", "--truth", "x.pcapng"],
    ["-o", "-", "--truth", "-"], ["-o", "missing/x.pcapng"], ["-o", "."], ["-o", "x.pcapng", "--truth", "missing/x"],
    ["-o", "x.pcapng", "--help"],
])
def test_bad_input(tmp_path, arguments):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert re.fullmatch(r"simtcp-sim: [^\n]+\n", done.stderr), done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())


def test_existing_file_stays_after_an_error(tmp_path):
    capture = tmp_path / "x.pcapng"
    capture.write_text("precious")
    assert run("-o", capture, "--truth", tmp_path / "no" / "t.jsonl").returncode == 1
    assert capture.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [capture]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_disk_full(tmp_path):
    done = run("-o", tmp_path / "x.pcapng", "--truth", "/dev/full")
    assert done.returncode == 1 and done.stderr.startswith("simtcp-sim: /dev/full: ")
    assert not list(tmp_path.iterdir())


def test_interrupted(tmp_path):
    with subprocess.Popen([SIMULATOR, "-o", tmp_path / "x.pcapng", "--realtime", "0.01"],
                          stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 20
        while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=20)
    assert process.returncode == 1 and error == "simtcp-sim: interrupted\n"
    assert not list(tmp_path.iterdir())


def test_names(tmp_path):
    simulate(tmp_path, "--connections", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sim.jsonl", "sim.pcapng"]
    run("-o", tmp_path / "other", "--connections", 1)
    assert (tmp_path / "other.jsonl").exists()
    run("-o", tmp_path / "a.pcapng", "--truth", tmp_path / "b", "--connections", 1)
    assert (tmp_path / "b").exists() and not (tmp_path / "a.jsonl").exists()


def test_no_connections(tmp_path):
    capture, truth = simulate(tmp_path, "--connections", 0)
    assert truth == [] and read_capture(capture) == []


def test_standard_output_and_fifo(tmp_path):
    capture, _ = simulate(tmp_path, "--connections", 50)
    done = subprocess.run([SIMULATOR, "-o", "-", "--connections", "50"], capture_output=True, timeout=TIMEOUT,
                          check=True)
    assert done.stdout == capture.read_bytes()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    got = []
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
    reader.start()
    assert run("-o", fifo, "--truth", tmp_path / "t.jsonl", "--connections", 50).returncode == 0
    reader.join(20)
    assert got[0] == capture.read_bytes()
    assert (tmp_path / "t.jsonl").read_bytes() == capture.with_suffix(".jsonl").read_bytes()


def test_reader_leaves():
    process = subprocess.Popen([SIMULATOR, "-o", "-", "--connections", "20000"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdout.read(1000)
    process.stdout.close()
    error = process.stderr.read().decode()
    assert process.wait(20) == 1 and error == "simtcp-sim: -: Broken pipe\n"
    process.stderr.close()


def test_realtime(tmp_path):
    """Frames arrive as their time comes, not at the end."""
    process = subprocess.Popen([SIMULATOR, "-o", "-", "--connections", "40", "--rate", "20", "--realtime", "2",
                                "--behaviour", "dial", *CLEAN], stdout=subprocess.PIPE)
    times = []
    while process.stdout.read1(1 << 16):
        times.append(time.monotonic())
    assert process.wait(20) == 0
    process.stdout.close()
    assert len(times) > 20 and 0.5 < times[-1] - times[0] < 10


# Determinism

def test_same_seed_same_bytes(tmp_path):
    first, _ = simulate(tmp_path, "--connections", 2000, "--seed", 5, name="first")
    second, _ = simulate(tmp_path, "--connections", 2000, "--seed", 5, name="second")
    other, _ = simulate(tmp_path, "--connections", 2000, "--seed", 6, name="other")
    assert first.read_bytes() == second.read_bytes() != other.read_bytes()
    assert first.with_suffix(".jsonl").read_bytes() == second.with_suffix(".jsonl").read_bytes()


def test_point_changes_only_the_capture(tmp_path):
    truths = {}
    for point in ("a", "middle", "b"):
        _, truth = simulate(tmp_path, "--connections", 1500, "--point", point, name=point)
        assert {line["point"] for line in truth} == {point}
        truths[point] = {line["connection"]: {key: value for key, value in line.items() if key not in CAPTURED}
                         for line in truth}
    assert truths["a"] == truths["middle"] == truths["b"]


@pytest.mark.parametrize("options", [["--capture-loss", "0.2"], ["--snaplen", "60"], ["--snaplen", "40"]])
def test_capture_changes_only_the_capture(tmp_path, options):
    _, plain = simulate(tmp_path, "--connections", 500, name="plain")
    _, other = simulate(tmp_path, "--connections", 500, *options, name="other")
    strip = lambda truth: {line["connection"]: {key: value for key, value in line.items() if key not in CAPTURED}
                           for line in truth}
    assert strip(plain) == strip(other)


def test_more_connections_go_on_as_fewer_did(tmp_path):
    _, few = simulate(tmp_path, "--connections", 100, name="few")
    _, many = simulate(tmp_path, "--connections", 300, name="many")
    known = {line["connection"]: line for line in many}
    for line in few:
        assert {**line, "frames": 0} == {**known[line["connection"]], "frames": 0}


# The capture

def test_checksums(sample, tshark):
    """tshark finds every checksum good."""
    capture, _, frames = sample
    options = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    copy = tshark.place(capture)
    bad = tshark.run("-n", "-r", copy, *options, "-Y",
                     "tcp.checksum.status != 1 || ip.checksum.status == 0", "-T", "fields", "-e", "frame.number")
    assert bad == ""
    assert len(tshark.run("-n", "-r", copy, "-T", "fields", "-e", "frame.number").split()) == len(frames)


def test_scapy_builds_the_same_bytes(sample):
    scapy_l2 = pytest.importorskip("scapy.layers.l2")
    inet, inet6 = pytest.importorskip("scapy.layers.inet"), pytest.importorskip("scapy.layers.inet6")
    _, _, frames = sample
    for frame in frames[:300]:
        packet = scapy_l2.Ether(frame.data)
        if inet.IP in packet:
            del packet[inet.IP].chksum
        else:
            assert inet6.IPv6 in packet
        del packet[inet.TCP].chksum
        assert bytes(packet) == frame.data


def test_times_never_run_backwards(sample):
    _, _, frames = sample
    assert all(a.time <= b.time for a, b in zip(frames, frames[1:]))


def test_every_frame_belongs_to_one_connection(sample):
    _, truth, frames = sample
    owners = collections.Counter(number for line in truth for number in line["frames"])
    assert sorted(owners) == [frame.number for frame in frames]
    assert set(owners.values()) == {1}
    assert sorted(line["connection"] for line in truth) == list(range(len(truth)))


def test_connections_are_interleaved(sample):
    _, truth, frames = sample
    owner = {number: line["connection"] for line in truth for number in line["frames"]}
    order = [owner[frame.number] for frame in frames]
    assert sum(a != b for a, b in zip(order, order[1:])) > len(order) / 3


def test_isns_near_the_wrap(sample):
    _, truth, _ = sample
    isns = [isn for line in truth for isn in line["isn"].values()]
    assert sum(isn > 2**32 - 4000 or isn < 2000 for isn in isns) > len(isns) / 20


@pytest.mark.parametrize("share", [0, 1])
def test_ipv6(tmp_path, share):
    _, truth = simulate(tmp_path, "--connections", 100, "--ipv6", share)
    assert all((line["a"][0] == "[") == bool(share) for line in truth)


def test_snaplen(tmp_path):
    capture, truth = simulate(tmp_path, "--connections", 200, "--snaplen", 60, "--ipv6", 0)
    frames = read_capture(capture)
    assert max(len(frame.data) for frame in frames) == 60 < max(frame.length for frame in frames)
    assert not any(missing["why"] == "cut short" for line in truth for missing in line["missing"])
    _, truth = simulate(tmp_path, "--connections", 200, "--snaplen", 50, "--ipv6", 0)
    assert any(missing["why"] == "cut short" for line in truth for missing in line["missing"])


def test_capture_loss(tmp_path):
    full, plain = simulate(tmp_path, "--connections", 1000, *CLEAN, name="full")
    part, truth = simulate(tmp_path, "--connections", 1000, *CLEAN, "--capture-loss", 0.3, name="part")
    assert not any(line["missing"] for line in plain if line["behaviour"] not in ("silent", "hole-punching")
                   and line["open"] != "Simultaneous")
    all_frames, frames = read_capture(full), read_capture(part)
    assert 0.65 < len(frames) / len(all_frames) < 0.75
    lost = sum(missing["why"] == "capture loss" for line in truth for missing in line["missing"])
    assert lost == len(all_frames) - len(frames)
    assert {frame.data for frame in frames} < {frame.data for frame in all_frames}


def test_capture_loss_of_everything(tmp_path):
    capture, truth = simulate(tmp_path, "--connections", 20, "--capture-loss", 1)
    assert read_capture(capture) == [] and len(truth) >= 20


@pytest.mark.parametrize("point", ["a", "middle", "b"])
def test_points(tmp_path, point):
    """With a clean path, the ends' own segments are captured when they are sent, the others later."""
    capture, truth = simulate(tmp_path, "--connections", 100, *CLEAN, "--jitter", 0, "--behaviour", "dial",
                              "--point", point, "--ipv6", 0)
    frames = {frame.number: frame for frame in read_capture(capture)}
    hops = {"a": (64, 62), "middle": (63, 63), "b": (62, 64)}[point]
    for line in truth:
        first = min(line["frames"])
        late = frames[first].time / 1e9 - line["first_time"]
        assert late < 1e-5 if point == "a" else 0.003 < late < 0.04
        for number in line["frames"]:
            assert frames[number].ttl == hops[frames[number].source[0] != 10]


def test_loss(tmp_path):
    """What is lost before the point is missing; what is lost behind it is not."""
    _, near = simulate(tmp_path, "--connections", 400, "--loss", 0.2, "--point", "a", name="near")
    for line in near:
        for missing in line["missing"]:
            assert missing["why"] == "lost before the point" and missing["from"] == "b"
    _, middle = simulate(tmp_path, "--connections", 400, "--loss", 0.2, name="middle")
    assert {missing["from"] for line in middle for missing in line["missing"]} == {"a", "b"}


def test_duplicates_and_reordering(tmp_path):
    def transmissions(*options):
        capture, _ = simulate(tmp_path, "--connections", 300, "--loss", 0, *options, "--behaviour", "dial")
        return read_capture(capture)

    plain = transmissions("--duplicate", 0, "--reorder", 0)
    doubled = transmissions("--duplicate", 0.3, "--reorder", 0)
    assert len({frame.data for frame in plain}) > 0.99 * len(plain)
    assert len({frame.data for frame in doubled}) < 0.9 * len(doubled)

    def steps_back(frames):
        highest, count = {}, 0
        for frame in frames:
            flow = (frame.source, frame.sport, frame.dport)
            count += flow in highest and (frame.seq - highest[flow]) % 2**32 > 2**31
            highest[flow] = frame.seq
        return count

    assert steps_back(transmissions("--duplicate", 0, "--reorder", 0.3)) > 5 * steps_back(plain) + 20


# The truth

def test_words(sample):
    _, truth, _ = sample
    assert {line["open"] for line in truth} == OPEN
    assert {line["close"] for line in truth} == CLOSE
    assert {state for line in truth for steps in line["states"].values() for _, state in steps} == set(STATES)


def test_states_follow_the_diagram(sample):
    """RFC 9293 figure 5, in order of time."""
    _, truth, _ = sample
    for line in truth:
        for side, steps in line["states"].items():
            names = [state for _, state in steps]
            assert names[0] in ("LISTEN", "SYN-SENT"), line
            assert [time for time, _ in steps] == sorted(time for time, _ in steps)
            for state, following in zip(names, names[1:]):
                assert following == "CLOSED" or following in STEPS[state], (line, side)
            assert ("CLOSED" in names) == (line["ending"][side] != "alive")


def test_open_follows_from_states(sample):
    """The rules of the lab, where kernels tell the states."""
    _, truth, _ = sample
    for line in truth:
        names = {side: [state for _, state in steps] for side, steps in line["states"].items()}
        dialled = [side for side, steps in names.items() if "SYN-SENT" in steps]
        crossed = [side for side in dialled if "SYN-RECEIVED" in names[side]]
        if line["open"] == "Simultaneous":
            # a peer that had met another life before is told of there
            assert crossed and len(dialled) == len(names)
        elif line["open"] == "Self-connect":
            assert line["a"] == line["b"] and crossed
        elif line["open"] in ("Three-way", "Split handshake"):
            assert len(dialled) <= 1 and "LISTEN" in [state for steps in names.values() for state in steps]
        else:
            assert len(names) == 1 and "ESTABLISHED" not in names[dialled[0]]
        assert line["open_completed"] == (all("ESTABLISHED" in steps for steps in names.values())
                                          and (len(names) == 2 or line["open"] == "Self-connect"))


def test_close_follows_from_states(sample):
    _, truth, _ = sample
    for line in truth:
        names = {side: [state for _, state in steps] for side, steps in line["states"].items()}
        holders = [line[side] for side, steps in names.items() if "TIME-WAIT" in steps]
        assert line["time_wait"] == holders
        if line["close"] == "Simultaneous":
            assert all("FIN-WAIT-1" in steps and "CLOSE-WAIT" not in steps for steps in names.values())
        if line["close"] == "Orderly":
            passive = "a" if line["active_closer"] == "b" else "b"
            # close() with data queued: its FIN waits, and by then acknowledges the other
            assert "LAST-ACK" in names[passive] or "CLOSING" in names[passive], line
            assert "FIN-WAIT-1" in names[line["active_closer"]]
        if line["close"] in ("Simultaneous", "Orderly") and line["close_completed"]:
            assert set(line["time_wait_on_wire"]) <= set(holders) | {line[side] for side in names
                                                                    if line["ending"][side] != "2 MSL passed"}


def fins(frames, line, side):
    """The FINs of one side of a connection, as captured."""
    port = int(line[side].rsplit(":", 1)[1])
    number = line["fin"][side]
    return [frame for frame in (frames[n] for n in line["frames"])
            if "F" in frame.flags and (frame.seq + frame.payload) % 2**32 == number and frame.sport == port]


def test_fins_are_in_the_capture(tmp_path):
    """With a clean path, the first captured FIN acknowledges what the truth says."""
    capture, truth = simulate(tmp_path, "--connections", 1500, *CLEAN, "--ipv6", 0)
    frames = {frame.number: frame for frame in read_capture(capture)}
    checked = 0
    for line in truth:
        ports = {line[side].rsplit(":", 1)[1] for side in "ab"}
        if len(line["fin"]) < 2 or len(ports) < 2:
            continue
        for side, other in ("ab", "ba"):
            first = fins(frames, line, side)[0]
            covers = first.ack == (line["fin"][other] + 1) % 2**32
            assert covers == line["fin_first_ack_covers"][side], line
            checked += 1
    assert checked > 500


def test_isns_are_in_the_capture(tmp_path):
    capture, truth = simulate(tmp_path, "--connections", 1000, *CLEAN)
    frames = {frame.number: frame for frame in read_capture(capture)}
    for line in truth:
        syns = {frame.seq for frame in (frames[number] for number in line["frames"]) if "S" in frame.flags}
        missing = {segment["seq"] for segment in line["missing"] if "S" in segment["flags"]}
        assert syns | missing == set(line["isn"].values())


def test_crossing_is_common(tmp_path):
    _, truth = simulate(tmp_path, "--connections", 1000, "--behaviour", "simultaneous-open-and-close")
    assert sum(line["open"] == "Simultaneous" for line in truth) > 600
    assert sum(line["close"] == "Simultaneous" for line in truth) > 300


@pytest.mark.parametrize("behaviour, word, verdict", [
    ("dial", "open", "Three-way"), ("dial", "close", "Orderly"), ("simultaneous-open", "open", "Simultaneous"),
    ("simultaneous-close", "close", "Simultaneous"), ("half-close", "close", "Half-closed"),
    ("abort", "close", "Reset"), ("refused", "open", "Refused"), ("silent", "open", "Incomplete"),
    ("self-connect", "open", "Self-connect"), ("split-handshake", "open", "Split handshake"),
    ("hole-punching", "open", "Simultaneous"), ("reconnect", "open", "Three-way"), ("crash", "close", "Reset"),
    ("fast-open", "open", "Three-way"), ("idle", "close", "Open"), ("chaos", "close", "Reset")])
def test_behaviours(tmp_path, behaviour, word, verdict):
    _, truth = simulate(tmp_path, "--connections", 200, "--behaviour", behaviour)
    assert {line["behaviour"] for line in truth} == {behaviour}
    assert sum(line[word] == verdict for line in truth) >= 15


def test_close_with_data_queued(tmp_path):
    """Simultaneous by its states, orderly on the wire."""
    _, truth = simulate(tmp_path, "--connections", 300, "--behaviour", "close-with-data", *CLEAN)
    hidden = [line for line in truth if line["close"] == "Orderly" and line["close_by_states"] == "Simultaneous"]
    assert len(hidden) > 30
    assert all(len(line["time_wait"]) == 2 and len(line["time_wait_on_wire"]) == 1 for line in hidden)


# Habits

def connection_frames(tmp_path, *options):
    capture, truth = simulate(tmp_path, "--connections", 400, *CLEAN, "--ipv6", 0, *options)
    frames = {frame.number: frame for frame in read_capture(capture)}
    return [(line, [frames[number] for number in line["frames"]]) for line in truth]


def test_linux_acknowledges_the_crossing_syn_ack_with_a_duplicate_sack(tmp_path):
    reported = 0
    for line, frames in connection_frames(tmp_path, "--profile", "linux", "--behaviour", "simultaneous-open"):
        answers = [frame for frame in frames if frame.flags == "A" and frame.duplicate_sack
                   and frame.duplicate_sack[0] in line["isn"].values()]
        reported += bool(answers)
        assert all(frame.duplicate_sack[1] == (frame.duplicate_sack[0] + 1) % 2**32 for frame in answers)
    assert reported > 50


def simultaneous_closes(tmp_path, profile):
    return [(line, frames) for line, frames in connection_frames(
        tmp_path, "--profile", profile, "--behaviour", "simultaneous-close") if line["close"] == "Simultaneous"]


def test_bsd_acknowledges_with_its_fin_in_closing(tmp_path):
    closes = simultaneous_closes(tmp_path, "bsd")
    assert len(closes) > 100
    for line, frames in closes:
        again = [frame for frame in frames if "F" in frame.flags
                 and frame.ack in [(fin + 1) % 2**32 for fin in line["fin"].values()]]
        assert len(again) >= 1


@pytest.mark.parametrize("profile", ["linux", "rfc"])
def test_others_acknowledge_with_a_plain_ack_in_closing(tmp_path, profile):
    closes = simultaneous_closes(tmp_path, profile)
    assert len(closes) > 100
    for line, frames in closes:
        assert sum("F" in frame.flags for frame in frames) == 2
        for fin in line["fin"].values():
            assert any(frame.flags == "A" and frame.ack == (fin + 1) % 2**32 for frame in frames)


def test_rfc_opens_with_the_four_segments_of_figure_7(tmp_path):
    short = 0
    for line, frames in connection_frames(tmp_path, "--profile", "rfc", "--behaviour", "simultaneous-open"):
        handshake = [frame.flags for frame in frames[:4]]
        if line["open"] == "Simultaneous" and sorted(handshake) == ["S", "S", "SA", "SA"]:
            following = [frame for frame in frames[4:] if frame.seq in line["isn"].values()]
            assert all("A" in frame.flags for frame in following)
            numbers = [(isn + 1) % 2**32 for isn in line["isn"].values()]
            empty = [frame for frame in frames[4:6] if frame.flags == "A" and not frame.payload
                     and frame.seq in numbers and frame.ack in numbers]
            short += not empty
    assert short > 50


@pytest.mark.parametrize("profile, updated", [("linux", True), ("bsd", True), ("rfc", False)])
def test_retransmitted_fin(tmp_path, profile, updated):
    """In CLOSING: with the new acknowledgement, except in the strict profile."""
    capture, truth = simulate(tmp_path, "--connections", 1500, "--loss", 0.15, "--profile", profile, "--ipv6", 0,
                              "--behaviour", "simultaneous-close", "--duplicate", 0, "--reorder", 0)
    frames = {frame.number: frame for frame in read_capture(capture)}
    seen = collections.Counter()
    for line in truth:
        if line["close"] != "Simultaneous":
            continue
        for side, other in ("ab", "ba"):
            late = [frame for frame in fins(frames, line, side)[1:] if frame.payload == 0]
            seen.update(frame.ack == (line["fin"][other] + 1) % 2**32 for frame in late)
    assert seen[updated] > 10 and (updated or not seen[True])


def test_split_handshakes(tmp_path):
    """Four segments, and five with the pure ACK first."""
    shapes = collections.Counter()
    for line, frames in connection_frames(tmp_path, "--behaviour", "split-handshake"):
        if line["open"] == "Split handshake":
            shapes[tuple(frame.flags for frame in frames[:4])] += 1
    assert shapes["S", "S", "SA", "A"] > 50 and shapes["S", "A", "S", "SA"] > 50


def test_time_wait_reuse(tmp_path):
    _, truth = simulate(tmp_path, "--connections", 200, "--behaviour", "reconnect", *CLEAN)
    reused = [line for line in truth if "reused" in line["ending"].values()]
    assert len(reused) > 20
    assert max(line["incarnation"] for line in truth) >= 2


def test_fast_open_data(tmp_path):
    syns = [frame for _, frames in connection_frames(tmp_path, "--behaviour", "fast-open")
            for frame in frames if frame.flags == "S" and frame.payload]
    assert len(syns) > 100


def test_progress_and_memory(tmp_path):
    """Many connections need no more memory than few that overlap as much."""
    def peak(connections):
        script = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
                  "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        done = subprocess.run(["python3", "-c", script, SIMULATOR, "-o", "-",
                               "--connections", str(connections)], capture_output=True, text=True, timeout=TIMEOUT,
                              check=True)
        return int(done.stdout)

    assert peak(60000) < 1.5 * peak(15000) + 5000


def test_truth_is_readable_as_lines(sample):
    capture, truth, _ = sample
    assert read_truth(capture.with_suffix(".jsonl")) == truth
