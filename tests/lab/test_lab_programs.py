# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs of the lab by themselves: arguments and outcomes. Nothing here needs root or a network."""

import subprocess

import pytest


def run(tools, program, *words):
    return subprocess.run([tools / program, *words], capture_output=True, text=True, timeout=10, check=False)


@pytest.mark.parametrize("words", [
    [], ["close"], ["soon close"], ["0 dance"], ["0 bind 10.0.0.1"], ["0 bind 10.0.0.256:1"], ["0 bind 10.0.0.1:65536"],
    ["0 bind [::1:5"], ["0 read many"], ["0 close !E" + 40 * "X"], ["--start", "never", "0 close"],
    ["--what", "1", "0 close"],
    ["0 option isn", "0 close"], ["0 option isn=4294967296", "0 close"], ["0 option never=1"],
])
def test_host_refuses_what_it_does_not_understand(tools, words):
    done = run(tools, "lab-host", *words)
    assert done.returncode == 2
    assert "usage: lab-host" in done.stderr


def test_host_reports_an_expected_error_and_goes_on(tools):
    done = run(tools, "lab-host", "0 close !EBADF", "+ close ?")
    assert done.returncode == 0
    assert [line.split()[1:] for line in done.stdout.splitlines()] == [["close", "EBADF", "0"]] * 2


@pytest.mark.parametrize("step", ["0 close", "0 close !EPIPE"])
def test_host_stops_at_an_error_nobody_expected(tools, step):
    done = run(tools, "lab-host", step, "+ close ?")
    assert done.returncode == 1
    assert "EBADF" in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_host_keeps_its_times(tools):
    done = run(tools, "lab-host", "0.05 close ?", "0.25 close ?")
    first, second = (float(line.split()[0]) for line in done.stdout.splitlines())
    assert 0.15 < second - first < 0.6


@pytest.mark.parametrize("words", [
    [], ["--a", "lo"], ["--rule", "drop a>b fin"], ["--rule", "drop a>m"], ["--rule", "drop a>m fin 0"],
    ["--rule", "drop a>m fin 1 2"], ["--rule", "lose a>m fin"], ["--rule", "late=x a>m fin"], ["--delay", "x"],
    ["--delay", "m>m=1"], ["--delay", "a-very-long-name=1"], ["1 stop"], ["+ suspend"],
    ["--firewall", "c"],
])
def test_wire_refuses_what_it_does_not_understand(tools, words):
    done = run(tools, "lab-wire", *words)
    assert done.returncode == 2
    assert "usage: lab-wire" in done.stderr


def test_recorder_says_what_it_wants(tools):
    assert run(tools, "lab-record").returncode == 2
    done = run(tools, "lab-record", "no-such-device", "/dev/null", "", "")
    assert done.returncode == 1
    assert "no-such-device" in done.stderr
