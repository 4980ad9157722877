# SPDX-License-Identifier: GPL-2.0-or-later
"""What users see of the captures that come with the project."""

import json

import pytest

from conftest import CONNECTION, SAMPLES

CAPTURES = sorted(SAMPLES.glob("*.pcapng"))
RECORDED = [capture for capture in CAPTURES if capture.with_suffix(".truth.json").exists()]


def by_name(path):
    return path.stem


def roles(tshark, name, *options):
    return ["; ".join(frame["simtcp.role"])
            for frame in tshark.fields(SAMPLES / f"{name}.pcapng", ["simtcp.role"], *options)]


def test_article_simultaneous_open_has_its_roles(tshark):
    crossing = ["1.SYN n", "1.SYN k"] * 4
    assert roles(tshark, "article-simultaneous-open") == [*crossing, "2.ACK k+1", "2.ACK n+1"]


def test_article_simultaneous_close_has_its_roles(tshark):
    assert roles(tshark, "article-simultaneous-close") == ["1.FIN n", "1.FIN k", "2.ACK k+1", "2.ACK n+1"]


def test_article_numbers_are_n_and_k(tshark):
    names = ["ip.src", "simtcp.n", "simtcp.k", "tcp.seq_raw", "tcp.ack_raw"]
    opened = tshark.fields(SAMPLES / "article-simultaneous-open.pcapng", names)
    assert {(*frame["simtcp.n"], *frame["simtcp.k"]) for frame in opened} == {("4240815619", "2140328405")}
    assert [frame["tcp.ack_raw"] for frame in opened[-2:]] == [["2140328406"], ["4240815620"]]
    closed = tshark.fields(SAMPLES / "article-simultaneous-close.pcapng", names)
    assert {(*frame["simtcp.n"], *frame["simtcp.k"]) for frame in closed} == {("3717319262", "731343897")}
    assert [frame["tcp.ack_raw"] for frame in closed[-2:]] == [["731343898"], ["3717319263"]]
    assert [frame["ip.src"] for frame in closed] == [["10.22.5.3"], ["10.16.56.2"]] * 2


@pytest.mark.parametrize("flag", ["simtcp.simopen", "simtcp.simopen == 1"])
def test_simopen_selects_the_connection_and_nothing_else(tshark, flag):
    selected = tshark.fields(SAMPLES / "article-simultaneous-open.pcapng", ["frame.number"], "-Y", flag)
    assert len(selected) == 10
    for other in ("article-simultaneous-close", "three-way-four-wave", "linux-three-way-four-wave",
                  "split-handshake-four-segments", "split-handshake-five-segments", "simultaneous-open-reset"):
        assert tshark.fields(SAMPLES / f"{other}.pcapng", ["frame.number"], "-Y", flag) == []


def test_ordinary_connections_are_never_flagged(tshark):
    for name in ("three-way-four-wave", "linux-three-way-four-wave", "linux-refused", "linux-reset"):
        capture = SAMPLES / f"{name}.pcapng"
        assert tshark.fields(capture, ["frame.number"], "-Y", "simtcp.simopen || simtcp.simclose") == []
        assert "[1.SYN n]" not in tshark.run("-2", "-n", "-r", tshark.place(capture))


def test_time_wait_is_at_both_ends_or_at_the_active_closer(tshark):
    def holders(name):
        frames = tshark.fields(SAMPLES / f"{name}.pcapng", ["simtcp.connection", "simtcp.time_wait.holder"])
        return {frame["simtcp.connection"][0]: frame["simtcp.time_wait.holder"] for frame in frames}

    assert holders("article-simultaneous-close") == {"0": ["10.22.5.3:1982", "10.16.56.2:55555"]}
    assert holders("three-way-four-wave") == {"0": ["192.168.1.10:49152"], "1": ["192.0.2.80:7080"]}
    assert holders("simultaneous-open-ipv6") == {"0": ["[2001:db8:1::5]:5002"]}


def test_until_is_the_entry_plus_the_preference(tshark):
    names = ["frame.number", "frame.time_epoch", "simtcp.time_wait.enter", "simtcp.time_wait.until"]
    capture = SAMPLES / "article-simultaneous-close.pcapng"
    minute = tshark.fields(capture, names)
    longer = tshark.fields(capture, names, "-o", "simtcp.time_wait_seconds:240")
    assert [bool(frame["simtcp.time_wait.until"]) for frame in minute] == [False, False, True, True]
    assert [frame["simtcp.time_wait.enter"] for frame in minute[2:]] == [["10.16.56.2:55555"], ["10.22.5.3:1982"]]
    assert minute[3]["simtcp.time_wait.until"] != longer[3]["simtcp.time_wait.until"]


def test_simultaneous_close_has_the_states_of_the_rfc(tshark):
    names = ["simtcp.src.state", "simtcp.dst.state"]
    frames = tshark.fields(SAMPLES / "article-simultaneous-close.pcapng", names)
    assert [tuple(frame[name][0] for name in names) for frame in frames] == [
        ("FIN-WAIT-1", "CLOSING"), ("FIN-WAIT-1", "CLOSING"), ("CLOSING", "TIME-WAIT"), ("CLOSING", "TIME-WAIT")]


def test_crossing_segments_are_each_others_partner(tshark):
    names = ["simtcp.partner", "simtcp.answers"]
    frames = tshark.fields(SAMPLES / "article-simultaneous-close.pcapng", names)
    assert [(frame["simtcp.partner"], frame["simtcp.answers"]) for frame in frames] == [
        (["2"], []), (["1"], []), ([], ["2"]), ([], ["1"])]


def incarnations(capture):
    """What the kernels went through, connection by connection."""
    truth = json.loads(capture.with_suffix(".truth.json").read_text())
    return truth.get("connections", [truth])


def accepted(truth, key):
    """The verdicts that the segments at this capture point allow."""
    return truth.get("visible", {}).get(key, [truth[key]])


@pytest.mark.parametrize("capture", RECORDED, ids=by_name)
def test_recorded_captures_get_the_verdict_of_the_kernels(tshark, capture):
    shown = {}
    for frame in tshark.fields(capture, CONNECTION):
        if frame["simtcp.connection"]:
            shown.setdefault(int(frame["simtcp.connection"][0]), frame)
    truths = incarnations(capture)
    assert sorted(shown) == list(range(len(truths)))
    for number, truth in enumerate(truths):
        frame = shown[number]
        assert frame["simtcp.open"][0] in accepted(truth, "open"), number
        assert frame["simtcp.close"][0] in accepted(truth, "close"), number
        assert sorted(frame["simtcp.time_wait.holder"]) in [sorted(ends) for ends in accepted(truth, "time_wait")], number


def sender(frame):
    address = (frame["ip.src"] or [f"[{frame['ipv6.src'][0]}]"])[0]
    return f"{address}:{frame['tcp.srcport'][0]}"


# Between what a kernel calls a state and what its segments can show of it, there are differences.
STATES_BESIDES = {
    # a listener is there before any segment; a state ends without one
    "LISTEN", "CLOSED",
}


@pytest.mark.parametrize("capture", RECORDED, ids=by_name)
def test_states_are_those_of_the_kernels(tshark, capture):
    """Each sender's states are states its kernel went through, in that order."""
    names = ["simtcp.connection", "ip.src", "ipv6.src", "tcp.srcport", "simtcp.src.state"]
    shown = {}
    for frame in tshark.fields(capture, names):
        if frame["simtcp.connection"]:
            key = int(frame["simtcp.connection"][0]), sender(frame)
            shown.setdefault(key, []).append(frame["simtcp.src.state"][0])
    truths = incarnations(capture)
    for (number, end), states in shown.items():
        truth = truths[number]
        if "close" in truth.get("visible", {}) or not truth["endpoints"].get(end):
            continue
        history = iter([event["state"] for event in truth["endpoints"][end]])
        previous = None
        for state in states:
            if state != previous and state not in STATES_BESIDES and state != "Unknown":
                assert state in history, f"{number}, {end}: {state} of {states}"
            previous = state


def test_self_connect_is_warned_of(tshark):
    capture = SAMPLES / "self-connect.pcapng"
    assert [frame["frame.number"] for frame in
            tshark.fields(capture, ["frame.number"], "-Y", "simtcp.expert.selfconnect")] == [["2"]]


@pytest.mark.parametrize("capture", RECORDED, ids=by_name)
def test_time_wait_is_entered_when_the_kernels_enter_it(tshark, capture):
    """The frame with which an end enters TIME-WAIT arrives there a delay after it was captured, or was sent by it."""
    entered = {}
    for frame in tshark.fields(capture, ["simtcp.connection", "frame.time_epoch", "simtcp.time_wait.enter"]):
        for end in frame["simtcp.time_wait.enter"]:
            key = int(frame["simtcp.connection"][0]), end
            assert key not in entered, key
            entered[key] = float(frame["frame.time_epoch"][0])
    for number, truth in enumerate(incarnations(capture)):
        if "close" in truth.get("visible", {}):
            continue
        assert {end for connection, end in entered if connection == number} == set(truth["time_wait"])
        for end in truth["time_wait"]:
            kernel = next(event["time"] for event in truth["endpoints"][end] if event["state"] == "TIME-WAIT")
            assert abs(entered[number, end] - kernel) < 0.1, f"{end}: {entered[number, end]}, the kernel {kernel}"
