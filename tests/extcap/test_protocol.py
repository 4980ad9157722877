# SPDX-License-Identifier: GPL-2.0-or-later
"""What simtcpdump answers when Wireshark asks, and when it is asked wrongly."""

import re
import shutil
import subprocess

import pytest

from conftest import BUILD

CONFIG = ("--extcap-interface", "simtcp", "--extcap-config")
CAPTURE = ("--extcap-interface=simtcp", "--capture")


def test_interfaces(stage):
    done = stage.run(stage.program, "--extcap-interfaces", "--extcap-version=4.0")
    assert done.returncode == 0 and done.stderr == ""
    assert re.fullmatch(r"extcap \{version=[0-9.]+\}\{display=[^{}]+\}\n"
                        r"interface \{value=simtcp\}\{display=[^{}]+\}\n", done.stdout)


def test_link_layer(stage):
    done = stage.run(stage.program, "--extcap-interface=simtcp", "--extcap-dlts")
    assert (done.returncode, done.stdout) == (0, "dlt {number=1}{name=EN10MB}{display=Ethernet}\n")


def test_dialog_lines(stage):
    """Each line is made of {key=value}, each argument has its own number, each value belongs to a selector."""
    done = stage.run(stage.program, *CONFIG)
    assert done.returncode == 0 and done.stderr == ""
    arguments = {}
    for line in done.stdout.splitlines():
        assert re.fullmatch(r"(arg|value) (\{[a-z]+=[^{}]+\})+", line), line
        parts = dict(re.findall(r"\{([a-z]+)=([^{}]+)\}", line))
        if line.startswith("arg"):
            assert parts["number"] not in arguments
            arguments[parts["number"]] = parts
        else:
            assert arguments[parts["arg"]]["type"] == "selector", line
    calls = {parts["call"] for parts in arguments.values()}
    assert {"--source", "--script", "--seed", "--connections", "--speed", "--point", "--loss"} <= calls


def test_dialog_offers_each_scenario_by_title(stage):
    shown = dict(re.findall(r"^value \{arg=0\}\{value=(.*?)\}\{display=(.*?)\}",
                            stage.run(stage.program, *CONFIG).stdout, re.MULTILINE))
    expected = {}
    for script in (stage.folder / "scenarios").glob("*.pkt"):
        expected[script.stem] = re.search(r"^//@ title (.*)$", script.read_text(), re.MULTILINE)[1]
    assert len(expected) > 100
    del shown["simulator"]
    assert shown == expected


def test_choices_and_defaults_are_the_simulators(stage):
    """The table is written by hand: what simtcp-sim can do is offered, with its own defaults."""
    text = stage.run(stage.folder / "tools" / "simtcp-sim", "--help").stdout
    dialog = stage.run(stage.program, *CONFIG).stdout
    offered = {}
    for number, call in re.findall(r"^arg \{number=(\d+)\}\{call=--([a-z0-9-]+)\}", dialog, re.MULTILINE):
        offered[call] = re.findall(r"^value \{arg=%s\}\{value=(.*?)\}" % number, dialog, re.MULTILINE)
    behaviours = text.partition("Behaviours:\n")[2]
    assert set(offered["behaviour"]) == set(re.findall(r"[a-z-]+", behaviours))
    for call in ("profile", "point"):
        words, default = re.search(r"--%s .*: (.*) \(([a-z]+)\)" % call, text).groups()
        assert set(offered[call]) == set(words.split(", "))
        assert offered[call][0] == default
    for call, default in re.findall(r"\{call=--([a-z0-9-]+)\}.*\{default=([0-9.]+)\}", dialog):
        if call != "speed":
            assert re.search(r"--%s .*\(%s\)" % (call, re.escape(default)), text), call


@pytest.mark.parametrize("arguments", [
    (),
    ("--nonsense",),
    ("--extcap-dlts",),
    ("--extcap-interface=other", "--extcap-dlts"),
    ("--extcap-interface=other", "--extcap-config"),
    ("--extcap-interface",),
    CAPTURE,
    ("--capture", "--fifo=x"),
    (*CAPTURE, "--fifo=no/such/folder", "--source=open-three-way"),
    (*CAPTURE, "--fifo=x", "--source=no-such-scenario"),
    (*CAPTURE, "--fifo=x", "--source=../scenarios/open-three-way"),
    (*CAPTURE, "--fifo=x", "--script=no-such-file"),
    (*CAPTURE, "--fifo=x", "--seed=x"),
    (*CAPTURE, "--fifo=x", "--seed=-1"),
    (*CAPTURE, "--fifo=x", "--seed"),
    (*CAPTURE, "--fifo=x", "--connections=1.5"),
    (*CAPTURE, "--fifo=x", "--loss=2"),
    (*CAPTURE, "--fifo=x", "--loss=nan"),
    (*CAPTURE, "--fifo=x", "--speed=-1"),
    (*CAPTURE, "--fifo=x", "--behaviour=wild"),
    (*CAPTURE, "--fifo=x", "--extcap-capture-filter=tcp"),
], ids=" ".join)
def test_bad_arguments(stage, arguments):
    done = stage.run(stage.program, *arguments)
    assert done.returncode > 0
    assert done.stdout == ""
    assert re.fullmatch(r"simtcp(dump|-gen): [^\n]+\n", done.stderr), done.stderr
    assert stage.leftovers() == []


def test_a_bad_script_is_named(stage):
    script = stage.temporary / "bad.pkt"
    script.write_text("0.0 > S 0:0(0\n")
    done = stage.run(stage.program, *CAPTURE, f"--fifo={stage.temporary / 'x'}", f"--script={script}")
    assert done.returncode > 0
    assert re.fullmatch(r"simtcp-gen: .*bad\.pkt:1:\d+: [^\n]+\n", done.stderr)
    assert stage.leftovers() == ["bad.pkt"]


def test_filter_is_refused_as_wireshark_asks(stage):
    """Any output means that a filter is not valid."""
    asked = ("--extcap-interface", "simtcp", "--extcap-capture-filter")
    assert stage.run(stage.program, *asked, "tcp").stdout.count("\n") == 1
    assert stage.run(stage.program, *asked, "").stdout == ""


def test_missing_generators_are_named(stage):
    (stage.folder / "tools" / "simtcp-gen").unlink()
    done = stage.run("env", "PATH=/nowhere", stage.program, *CAPTURE, "--fifo=x", "--source=open-three-way")
    assert done.returncode > 0 and re.fullmatch(r"simtcpdump: simtcp-gen: [^\n]+\n", done.stderr)


@pytest.mark.skipif(not shutil.which("cmake") or not (BUILD / "sample-captures").exists(), reason="no cmake, or no build folder")
def test_installed(stage):
    """Wherever the whole is installed, simtcpdump finds the rest of it."""
    prefix = stage.temporary / "prefix"
    prefix.mkdir()
    subprocess.run(["cmake", "--install", BUILD / "sample-captures" / "extcap", "--prefix", prefix],
                   check=True, capture_output=True)
    program, = prefix.glob("lib*/**/wireshark/extcap/simtcpdump")
    for name in ("extcap", "tools", "scenarios"):
        shutil.rmtree(stage.folder / name)
    assert "{value=open-three-way}" in stage.run(program, *CONFIG).stdout
    for source in ("simulator", "open-three-way"):
        out = stage.temporary / source
        done = stage.run("env", "PATH=/usr/bin:/bin", program, *CAPTURE, "--fifo", out, "--source", source, "--speed", 0)
        assert (done.returncode, done.stderr) == (0, "")
        assert out.stat().st_size > 300
