# SPDX-License-Identifier: GPL-2.0-or-later
"""The committed recordings: each has its truth, and the two belong together."""

import json

import lab_pcapng as pcapng
import pytest
import scenario as scenarios
import truth
from conftest import CAPTURES
from lab_pcapng import FIN, RST, SYN

RECORDINGS = sorted(path.stem for pattern in ("linux-*.pcapng", "self-connect*.pcapng")
                    for path in CAPTURES.glob(pattern))
FIRST = ("linux-simultaneous-open", "linux-simultaneous-close", "self-connect")

OPEN = {"Unknown", "Three-way", "Simultaneous", "Self-connect", "Split handshake", "Simultaneous or split",
        "Incomplete", "Refused"}
CLOSE = {"Open", "Orderly", "Simultaneous", "Half-closed", "Reset", "Undecidable"}
STATES = {"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
          "CLOSING", "LAST-ACK", "TIME-WAIT"}
# RFC 9293, figure 5, and what RSTs add: the states that may come right after each.
NEXT = {
    "LISTEN": {"SYN-RECEIVED"},
    "SYN-SENT": {"SYN-RECEIVED", "ESTABLISHED", "CLOSED"},
    "SYN-RECEIVED": {"ESTABLISHED", "FIN-WAIT-1", "CLOSED"},
    "ESTABLISHED": {"FIN-WAIT-1", "CLOSE-WAIT", "CLOSED"},
    "FIN-WAIT-1": {"FIN-WAIT-2", "CLOSING", "TIME-WAIT", "CLOSED"},
    "FIN-WAIT-2": {"TIME-WAIT", "CLOSED"},
    "CLOSE-WAIT": {"LAST-ACK", "CLOSED"},
    "CLOSING": {"TIME-WAIT", "CLOSED"},
    "LAST-ACK": {"CLOSED"},
    "TIME-WAIT": set(),
    "CLOSED": set(),
}


@pytest.fixture(params=RECORDINGS)
def name(request):
    return request.param


@pytest.fixture
def told(name):
    return json.loads((CAPTURES / f"{name}.truth.json").read_text(encoding="utf-8"))


@pytest.fixture
def segments(name):
    return pcapng.segments(CAPTURES / f"{name}.pcapng")


@pytest.fixture
def path_delay(told):
    """The most a segment was under way from its sender to the recorder, with room for a busy machine."""
    return 0.15 if told["capture_point"] == "middle" else 0.02


def test_the_first_three_are_there():
    assert set(FIRST) <= set(RECORDINGS)


def test_every_truth_has_its_capture():
    told = [path.name[:-len(".truth.json")] for path in CAPTURES.glob("*.truth.json")]
    assert {name for name in told if name.startswith(("linux-", "self-connect"))} == set(RECORDINGS)


def test_the_capture_is_small_and_names_no_machine(name):
    path = CAPTURES / f"{name}.pcapng"
    assert path.stat().st_size < 100_000
    options = pcapng.section_options(path)
    assert set(options) == {1}, "only a comment: no hardware, system or application"
    assert b"real Linux" in options[1]


def test_the_truth_speaks_the_language_of_the_fields(told):
    assert told["open"] in OPEN
    assert told["close"] in CLOSE
    assert set(told["time_wait"]) <= set(told["endpoints"])
    for history in told["endpoints"].values():
        assert {entry["state"] for entry in history} <= STATES
        assert {entry["source"] for entry in history} <= {"tracepoint", "proc"}


def test_the_truth_is_what_the_scenario_expects(told):
    scenario = scenarios.load(told["scenario"])
    assert told["capture_point"] in scenario.capture_points
    assert list(told["endpoints"]) == [scenario.endpoints[host] for host in scenario.hosts]
    assert told["open"] == scenario.expected["open"]
    assert told["close"] == scenario.expected["close"]
    holders = scenario.expected["time_wait"].replace("nobody", "").split()
    assert told["time_wait"] == [scenario.endpoints[host] for host in holders]


def test_the_verdicts_follow_from_the_states(told):
    histories = {endpoint: truth.names(history) for endpoint, history in told["endpoints"].items()}
    errors = [error for some in told["errors"].values() for error in some]
    assert told["open"] == truth.verdict_open(histories, errors)
    assert told["close"] == truth.verdict_close(histories, errors)
    assert told["time_wait"] == truth.time_wait(histories)


def test_the_states_follow_each_other_as_in_rfc_9293(told):
    for history in told["endpoints"].values():
        states = truth.names(history)
        for state, following in zip(states, states[1:]):
            assert following in NEXT[state]
        times = [entry["time"] for entry in history]
        assert times == sorted(times)


def test_the_segments_are_of_these_endpoints_and_in_order(told, segments):
    for segment in segments:
        assert {segment.source, segment.destination} == set(told["endpoints"])
    times = [segment.time for segment in segments]
    assert times == sorted(times)


def entered(history, state):
    return [entry["time"] for entry in history if entry["state"] == state]


def test_a_state_that_sends_comes_just_before_its_segment(told, segments, path_delay):
    """SYN-SENT before the first SYN passes the recorder, and a closing state before the first FIN."""
    for endpoint, history in told["endpoints"].items():
        for states, flag in ((("SYN-SENT",), SYN), (("FIN-WAIT-1", "LAST-ACK"), FIN)):
            begun = [time for state in states for time in entered(history, state)]
            seen = [segment.time for segment in segments if segment.source == endpoint and segment.flags & flag]
            if begun and not (told["scenario"].endswith("lost-fin") and endpoint == list(told["endpoints"])[0]
                              and flag == FIN):
                assert 0 <= seen[0] - begun[0] < path_delay


def test_the_recording_covers_the_states(told, segments, path_delay):
    times = [entry["time"] for history in told["endpoints"].values() for entry in history
             if entry["state"] != "LISTEN"]
    assert segments[0].time - path_delay < min(times) <= segments[0].time
    assert segments[-1].time - path_delay < max(times) < segments[-1].time + path_delay


def test_time_wait_begins_once_both_fins_are_out(told, segments):
    for endpoint in told["time_wait"]:
        begun = entered(told["endpoints"][endpoint], "TIME-WAIT")[0]
        first_fins = {}
        for segment in segments:
            if segment.flags & FIN:
                first_fins.setdefault(segment.source, segment.time)
        assert set(first_fins) == set(told["endpoints"])
        assert all(begun > time for time in first_fins.values())


def test_a_reset_shows_a_rst_and_nothing_else_does(told, segments):
    assert any(segment.flags & RST for segment in segments) == (told["close"] == "Reset")
