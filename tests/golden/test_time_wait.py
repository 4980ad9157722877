# SPDX-License-Identifier: GPL-2.0-or-later
"""TIME-WAIT: reuse of a 4-tuple, what the holder does about it, and early ends, where the truth is known."""

import json

import pytest

from conftest import SAMPLES, SCENARIOS

FIELDS = ["frame.number", "frame.time_relative", "frame.time_epoch", "ip.src", "simtcp.connection",
          "simtcp.dst.state", "simtcp.time_wait.enter", "simtcp.time_wait.reuse", "simtcp.time_wait.age",
          "simtcp.time_wait.answer", "simtcp.time_wait.assassinated", "simtcp.time_wait.concurrent",
          "simtcp.rst_ignored"]
EXPERTS = ["time_wait_reuse", "time_wait_refused", "assassination"]

# What happened, by frame: of kernels as the lab's recordings show it, of scenarios as their scripts say.
#   reuse, with the seconds in TIME-WAIT; the answer; RST that ended TIME-WAIT; RST that its holder ignored
HAPPENED = {
    "linux-time-wait-reuse": {9: ("reuse 0.257", "Accepted"), 10: ("Accepted",)},
    "linux-time-wait-reuse-at-both": {10: ("reuse 1.340", "Accepted"), 11: ("Accepted",)},
    "linux-time-wait-reuse-by-holder": {9: ("reuse 1.367",)},
    "linux-time-wait-assassinated": {9: ("reuse 0.261", "Challenged"), 10: ("Challenged",), 11: ("assassinated",)},
    "linux-time-wait-refused": {9: ("reuse 0.260", "Challenged"), 10: ("Challenged",), 11: ("assassinated",)},
    "linux-time-wait-rfc1337": {9: ("reuse 0.259", "Challenged"), 10: ("Challenged",), 11: ("ignored",),
                                15: ("ignored",)},
    "time-wait-reuse-accepted": {11: ("reuse 3.000", "Accepted"), 12: ("Accepted",)},
    "time-wait-reuse-accepted-by-timestamp": {7: ("reuse 3.000", "Accepted"), 8: ("Accepted",)},
    "time-wait-reuse-accepted-numbers-wrap": {11: ("reuse 3.000", "Accepted"), 12: ("Accepted",)},
    "time-wait-reuse-after-simultaneous-close": {11: ("reuse 3.000", "Accepted"), 12: ("Accepted",)},
    "time-wait-reuse-by-holder": {11: ("reuse 3.000",)},
    "time-wait-reuse-challenged": {11: ("reuse 3.000", "Challenged"), 12: ("Challenged",), 13: ("assassinated",)},
    "time-wait-reuse-challenged-then-refused": {11: ("reuse 3.000", "Challenged"), 12: ("Challenged",),
                                                13: ("assassinated",)},
    "time-wait-reuse-refused": {11: ("reuse 3.000", "Refused"), 12: ("Refused",)},
    "time-wait-reuse-ignored": {11: ("reuse 3.000", "Ignored")},
    "time-wait-assassination": {13: ("assassinated",)},
    "time-wait-assassination-survived": {13: ("ignored",)},
}

# Why RFC 6191 lets the SYN pass, or does not.
ALLOWED = {
    "time-wait-reuse-accepted": "its number",
    "time-wait-reuse-accepted-numbers-wrap": "its number",
    "time-wait-reuse-accepted-by-timestamp": "its timestamp",
    "linux-time-wait-reuse": "its timestamp",
    "time-wait-reuse-challenged": "neither its number nor its timestamp",
    "linux-time-wait-assassinated": "neither its number nor its timestamp",
}


@pytest.fixture
def capture_of(scenario):
    """The capture of this name: a sample, or made from the scenario of that name."""
    scripts = {script.stem: script for script in SCENARIOS}

    def find(name):
        if (SAMPLES / f"{name}.pcapng").exists():
            return SAMPLES / f"{name}.pcapng"
        return scenario(scripts[name])[0]

    return find


def what_happened(frame):
    said = []
    if frame["simtcp.time_wait.reuse"]:
        said.append(f"reuse {float(frame['simtcp.time_wait.age'][0]):.3f}")
    said += frame["simtcp.time_wait.answer"]
    if frame["simtcp.time_wait.assassinated"]:
        said.append("assassinated")
    if frame["simtcp.rst_ignored"]:
        said.append("ignored")
    return tuple(said)


@pytest.mark.parametrize("name", HAPPENED)
def test_reuse_answer_and_early_end_are_as_known(tshark, capture_of, name):
    frames = tshark.fields(capture_of(name), FIELDS)
    happened = {int(frame["frame.number"][0]): what_happened(frame) for frame in frames}
    assert {number: what for number, what in happened.items() if what} == HAPPENED[name]


@pytest.mark.parametrize("name", HAPPENED)
def test_one_pass_knows_all_but_the_syns_answer(tshark, capture_of, name):
    frames = tshark.fields(capture_of(name), FIELDS, passes=1)
    happened = {int(frame["frame.number"][0]): what_happened(frame) for frame in frames}
    expected = {number: what[:1] if what[0].startswith("reuse") else what for number, what in HAPPENED[name].items()}
    if "ignored" in sum(expected.values(), ()):
        # that the first RST was ignored is proved later
        first = min(number for number, what in expected.items() if what == ("ignored",))
        expected[first] = ("assassinated",)
    assert {number: what for number, what in happened.items() if what} == expected


@pytest.mark.parametrize("name", HAPPENED)
def test_each_event_is_one_expert_info(tshark, capture_of, name):
    names = ["frame.number", *(f"simtcp.expert.{expert}" for expert in EXPERTS)]
    found = {(int(frame["frame.number"][0]), expert) for frame in tshark.fields(capture_of(name), names)
             for expert in EXPERTS if frame[f"simtcp.expert.{expert}"]}
    expected = set()
    for number, what in HAPPENED[name].items():
        if what[0].startswith("reuse"):
            expected.add((number, "time_wait_reuse"))
        if what[0] in ("Challenged", "Refused") or "Ignored" in what:
            expected.add((number, "time_wait_refused"))
        if what[0] == "assassinated":
            expected.add((number, "assassination"))
    assert found == expected


@pytest.mark.parametrize("name", ALLOWED)
def test_the_sentence_says_what_rfc_6191_allows(tshark, capture_of, name):
    frames = tshark.fields(capture_of(name), ["simtcp.why"], "-Y", "simtcp.time_wait.reuse")
    why = frames[0]["simtcp.why"][0]
    assert f": {ALLOWED[name]}" in why and "(RFC 6191)" in why


def test_a_syn_that_is_not_accepted_leaves_its_receiver_in_time_wait(tshark):
    def receivers(name):
        frames = tshark.fields(SAMPLES / f"{name}.pcapng", FIELDS, "-Y", "tcp.flags.syn == 1 && tcp.flags.ack == 0 "
                               "&& simtcp.connection == 1")
        return [frame["simtcp.dst.state"][0] for frame in frames]

    assert receivers("linux-time-wait-reuse") == ["SYN-RECEIVED"]
    assert receivers("linux-time-wait-assassinated") == ["TIME-WAIT", "SYN-RECEIVED"]
    assert receivers("linux-time-wait-rfc1337") == ["TIME-WAIT"] * 3


def test_concurrent_goes_up_and_down(tshark, capture_of):
    def counts(name, address):
        frames = tshark.fields(capture_of(name), FIELDS, "-Y", f"ip.src == {address}")
        return [int((frame["simtcp.time_wait.concurrent"] or ["-1"])[0]) for frame in frames]

    # -1: it has held none yet
    assert counts("linux-time-wait-reuse", "10.16.56.8") == [-1, -1, -1, 1, 0, 0, 0]
    assert counts("linux-time-wait-reuse", "10.22.5.3") == [-1] * 8 + [1]
    assert counts("linux-time-wait-assassinated", "10.16.56.8") == [-1, -1, -1, 1, 1, 0, 0, 0]
    assert counts("linux-time-wait-rfc1337", "10.16.56.8") == [-1, -1, -1, 1, 1, 1]


def early_ends(capture):
    """From the kernels' own states: (time, address) of each end of TIME-WAIT that was seen."""
    ends = []
    for connection in json.loads(capture.with_suffix(".truth.json").read_text())["connections"]:
        for end, states in connection["endpoints"].items():
            for before, after in zip(states, states[1:]):
                if before["state"] == "TIME-WAIT":
                    ends.append((after["time"], end.rsplit(":", 1)[0].strip("[]")))
    return sorted(ends)


@pytest.mark.parametrize("name", [name for name in HAPPENED if name.startswith("linux-")])
def test_the_count_falls_when_the_kernels_time_wait_ended(tshark, name):
    capture = SAMPLES / f"{name}.pcapng"
    frames = tshark.fields(capture, FIELDS)
    fell = []
    held = {}
    for frame in frames:
        # an end can enter with a segment it receives and leave with the next it sends
        for end in frame["simtcp.time_wait.enter"]:
            held[end.rsplit(":", 1)[0]] = 1
        count = int((frame["simtcp.time_wait.concurrent"] or ["0"])[0])
        source = frame["ip.src"][0]
        if count < held.get(source, 0):
            fell.append((float(frame["frame.time_epoch"][0]), source))
        held[source] = count
    expected = early_ends(capture)
    assert [address for _, address in fell] == [address for _, address in expected]
    # the count is on the address's own segments: the next one comes within a round trip
    assert all(abs(seen - true) < 0.1 for (seen, _), (true, _) in zip(fell, expected))
