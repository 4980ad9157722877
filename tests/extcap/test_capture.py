# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark captures from the interface, to its end and half-way."""

import os
import signal
import time

import pytest

from conftest import TSHARK, until

CAPTURE = ("--extcap-interface=simtcp", "--capture")
# Ends after an hour, or when it is told to.
LONG = {"connections": 100000, "rate": 20}


def test_interface_is_listed(stage):
    lines = stage.tshark("-D").splitlines()
    assert sum(" simtcp (" in line for line in lines) == 1, lines


def test_link_layer_is_listed(stage):
    assert "EN10MB" in stage.tshark("-i", "simtcp", "-L")


def test_scenario(stage):
    """Its packets are those that simtcp-gen makes of it."""
    made = stage.temporary / "made.pcapng"
    script = stage.folder / "scenarios" / "open-simultaneous.pkt"
    assert stage.run(stage.folder / "tools" / "simtcp-gen", script, "-o", made).returncode == 0
    captured = stage.capture("live.pcapng", source="open-simultaneous", speed=0)
    assert len(captured) == 4 and captured == stage.frames(made)


def test_script_of_ones_own(stage):
    script = stage.temporary / "own.pkt"
    script.write_text("0.0 > S 0:0(0)\n+0.1 < R. 0:0(0) ack 1\n")
    assert len(stage.capture("live.pcapng", script=script, speed=0)) == 2


def test_several_interfaces(stage):
    made = stage.capture("live.pcapng", source="capture-both-sides-of-router", speed=0)
    text = stage.tshark("-r", stage.temporary / "live.pcapng", "-T", "fields", "-e", "frame.interface_name")
    assert len(set(text.splitlines())) == 2 and len(made) > 4


def test_every_scenario(stage):
    """Some have several link layers, fragments or tiny frames; none of them is refused."""
    for script in sorted((stage.folder / "scenarios").glob("*.pkt")):
        out = stage.temporary / "out"
        done = stage.run(stage.program, *CAPTURE, "--fifo", out, "--source", script.stem, "--speed", 0)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), script
        assert out.stat().st_size > 100
        out.unlink()
    assert stage.leftovers() == []


def test_simulator_stops_after_packets(stage):
    assert len(stage.capture("live.pcapng", "-a", "packets:50", speed=100, **LONG)) >= 50


def test_simulator_to_its_end(stage):
    """Everything comes through, in spite of a pipe that is smaller."""
    made = stage.temporary / "made.pcapng"
    options = ("--connections", 400, "--seed", 3, "--loss", 0.1, "--point", "a")
    simulator = stage.folder / "tools" / "simtcp-sim"
    assert stage.run(simulator, "-o", made, *options).returncode == 0
    captured = stage.capture("live.pcapng", speed=0, connections=400, seed=3, loss=0.1, point="a")
    assert len(captured) > 3000 and captured == stage.frames(made)


def test_same_seed_same_packets(stage):
    captured = [stage.capture(f"{i}.pcapng", speed=0, connections=20, seed=seed)
                for i, seed in enumerate((7, 7, 8))]
    assert captured[0] == captured[1] != captured[2]


@pytest.mark.parametrize("speed", ["1", "0.5", "2", "0,5"])
def test_speed(stage, speed):
    """A scenario of one second."""
    script = stage.temporary / "second.pkt"
    script.write_text("0.0 > S 0:0(0)\n+0.5 > S 0:0(0)\n+0.5 > S 0:0(0)\n")
    begun = time.monotonic()
    done = stage.run(stage.program, *CAPTURE, "--fifo", stage.temporary / "out", "--script", script, "--speed", speed)
    assert done.returncode == 0, done.stderr
    expected = 1 / float(speed.replace(",", "."))
    assert expected <= time.monotonic() - begun < expected + 1


def test_packets_come_live(stage):
    """tshark shows the first packets long before the last ones are there."""
    tshark = stage.start(TSHARK, "-l", "-n", "-i", "simtcp", *stage.preferences({"speed": 1, **LONG}))
    assert "TCP" in tshark.stdout.readline()
    assert tshark.poll() is None
    tshark.send_signal(signal.SIGINT)
    tshark.communicate(timeout=15)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("source", ["simulator", "near-miss-keep-alive"])
def test_tshark_stopped_half_way(stage, source, number):
    path = stage.temporary / "live.pcapng"
    tshark = stage.start(TSHARK, "-P", "-l", "-n", "-i", "simtcp", "-w", path,
                         *stage.preferences({"source": source, "speed": 0.1, **LONG}))
    assert "TCP" in tshark.stdout.readline()
    assert any(words[0] == str(stage.program) for words in stage.processes())
    tshark.send_signal(number)
    tshark.communicate(timeout=15)
    assert until(lambda: stage.processes() == []), stage.processes()
    assert len(stage.frames(path)) > 0
    assert stage.leftovers() == ["live.pcapng"]


def fifo(stage):
    path = stage.temporary / "fifo"
    os.mkfifo(path)
    path.chmod(0o666)
    return path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
@pytest.mark.parametrize("source", ["simulator", "open-simultaneous-hole-punching"])
@pytest.mark.parametrize("moment", ["before anybody reads", "reading", "pipe full"])
def test_stopped_alone(stage, source, number, moment):
    path = fifo(stage)
    speed = 0 if moment == "pipe full" else 0.01
    process = stage.start(stage.program, *CAPTURE, "--fifo", path, "--source", source, "--speed", speed,
                          "--connections", 100000)
    if moment == "before anybody reads":
        time.sleep(0.2)
        process.send_signal(number)
    else:
        with open(path, "rb") as reader:
            assert len(reader.read(100)) == 100
            if moment == "pipe full":
                time.sleep(0.2)
            process.send_signal(number)
            said = process.communicate(timeout=5)
    said = process.communicate(timeout=5) if moment == "before anybody reads" else said
    assert (process.returncode, *said) == (0, "", "")
    assert until(lambda: stage.processes() == [], 2)
    assert stage.leftovers() == ["fifo"]


@pytest.mark.parametrize("source", ["simulator", "near-miss-keep-alive"])
@pytest.mark.parametrize("speed", [0, 0.001])
def test_reader_leaves(stage, source, speed):
    """Noticed at once, even if the next packet is an hour away."""
    path = fifo(stage)
    process = stage.start(stage.program, *CAPTURE, "--fifo", path, "--source", source, "--speed", speed,
                          "--connections", 100000)
    with open(path, "rb") as reader:
        reader.read(100)
    said = process.communicate(timeout=5)
    assert (process.returncode, *said) == (0, "", "")
    assert until(lambda: stage.processes() == [], 2)
    assert stage.leftovers() == ["fifo"]


def test_killed(stage):
    """Nothing can be tidied then, but the simulator ends by itself: nobody reads what it writes."""
    path = fifo(stage)
    process = stage.start(stage.program, *CAPTURE, "--fifo", path, "--speed", 1, "--connections", 100000)
    with open(path, "rb") as reader:
        reader.read(100)
        process.kill()
        process.communicate(timeout=5)
    assert until(lambda: stage.processes() == [], 5)
    assert stage.leftovers() == ["fifo"]


def test_simulator_that_fails_is_told(stage):
    """Its words are the ones to see, and the exit status is not 0."""
    simulator = stage.folder / "tools" / "simtcp-sim"
    simulator.unlink()
    simulator.write_text("#!/bin/sh\necho 'simtcp-sim: no luck' >&2\nexit 3\n")
    simulator.chmod(0o755)
    done = stage.run(stage.program, *CAPTURE, "--fifo", stage.temporary / "out")
    assert done.returncode > 0 and done.stderr == "simtcp-sim: no luck\n"


@pytest.mark.parametrize("written", [bytes(16), b"\n\r\r\n", bytes.fromhex("0a0d0d0a1c000000" "1a2b3c4d") + bytes(16)],
                         ids=["no block", "half a block", "another byte order"])
def test_simulator_that_writes_nonsense(stage, written):
    simulator = stage.folder / "tools" / "simtcp-sim"
    simulator.unlink()
    octal = "".join(f"\\{byte:03o}" for byte in written)
    simulator.write_text(f"#!/bin/sh\nprintf '{octal}'\n")
    simulator.chmod(0o755)
    done = stage.run(stage.program, *CAPTURE, "--fifo", stage.temporary / "out")
    assert done.returncode > 0 and done.stderr.startswith("simtcpdump: ") and done.stderr.count("\n") == 1
