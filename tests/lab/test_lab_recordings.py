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
    "TIME-WAIT": {"CLOSED"},
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


@pytest.fixture
def scenario(told):
    return scenarios.load(told["scenario"])


@pytest.fixture
def incarnations(told):
    return told.get("connections", [told])


@pytest.fixture
def near(told, scenario):
    """The endpoints whose segments the recorder got as they were sent: both, in the middle."""
    return [scenario.endpoints[host] for host in scenario.hosts if told["capture_point"] in (host, "middle", "loopback")]


def file_names(scenario):
    return {scenario.name + (f"-at-{point.lower()}" if point in "AB" else "") for point in scenario.points}


def test_every_scenario_is_recorded_where_it_says():
    assert set(RECORDINGS) == set().union(*(file_names(scenarios.load(name)) for name in scenarios.names()))


def test_every_truth_has_its_capture():
    told = [path.name[:-len(".truth.json")] for path in CAPTURES.glob("*.truth.json")]
    assert {name for name in told if name.startswith(("linux-", "self-connect"))} == set(RECORDINGS)


def test_the_capture_is_small_and_names_no_machine(name):
    path = CAPTURES / f"{name}.pcapng"
    assert path.stat().st_size < 20_000
    options = pcapng.section_options(path)
    assert set(options) == {1}, "only a comment: no hardware, system or application"
    assert b"real Linux" in options[1]


def test_the_truth_speaks_the_language_of_the_fields(incarnations):
    for one in incarnations:
        assert one["open"] in OPEN
        assert one["close"] in CLOSE
        assert set(one["time_wait"]) <= set(one["endpoints"])
        visible = one.get("visible", {})
        assert set(visible) <= {"open", "close", "time_wait"}
        assert set(visible.get("open", [])) <= OPEN and set(visible.get("close", [])) <= CLOSE
        for history in one["endpoints"].values():
            assert {entry["state"] for entry in history} <= STATES
            assert {entry["source"] for entry in history} <= {"tracepoint", "proc"}


def test_the_truth_is_what_the_scenario_expects(told, scenario, incarnations):
    assert told["capture_point"] in scenario.points
    assert len(incarnations) == len(scenario.expected)
    for number, (one, expected) in enumerate(zip(incarnations, scenario.expected)):
        assert list(one["endpoints"]) == [scenario.endpoints[host] for host in scenario.hosts]
        for what, text in expected.items():
            assert one[what] == scenario.value(what, text)
        assert one.get("visible", {}) == scenario.visible_at(told["capture_point"], number)


def test_the_verdicts_follow_from_the_states(told, incarnations):
    for one in incarnations:
        histories = {endpoint: truth.names(history) for endpoint, history in one["endpoints"].items()}
        errors = [error for some in one["errors"].values() for error in some]
        assert one["open"] == truth.verdict_open(histories, errors, told.get("raw"))
        assert one["close"] == truth.verdict_close(histories, errors, told.get("raw"))
        assert one["time_wait"] == truth.time_wait(histories)


def test_the_states_follow_each_other_as_in_rfc_9293(incarnations):
    for one in incarnations:
        for history in one["endpoints"].values():
            states = truth.names(history)
            for state, following in zip(states, states[1:]):
                assert following in NEXT[state]
            times = [entry["time"] for entry in history]
            assert times == sorted(times)


def test_the_incarnations_come_in_the_order_in_which_they_began(incarnations):
    begins = [min(entry["time"] for history in one["endpoints"].values() for entry in history
                  if entry["state"] != "LISTEN") for one in incarnations]
    assert begins == sorted(begins)


def test_the_segments_are_of_these_endpoints_and_in_order(incarnations, segments):
    for segment in segments:
        assert {segment.source, segment.destination} == set(incarnations[0]["endpoints"])
    times = [segment.time for segment in segments]
    assert times == sorted(times)


def entered(history, state):
    return [entry["time"] for entry in history if entry["state"] == state]


def lost_before_the_middle(scenario, endpoint, kind):
    half = {scenario.endpoints[host]: f"{host.lower()}>m" for host in scenario.hosts}[endpoint]
    return any(rule.split()[:3] == ["drop", half, kind] for rule in scenario.rules)


def test_a_state_that_sends_comes_just_before_its_segment(scenario, incarnations, segments, near, path_delay):
    """SYN-SENT before the first SYN passes the recorder, and a closing state before the first FIN."""
    for one in incarnations:
        for endpoint in near:
            history = one["endpoints"][endpoint]
            for states, flag, kind in ((("SYN-SENT",), SYN, "syn"), (("FIN-WAIT-1", "LAST-ACK"), FIN, "fin")):
                begun = [time for state in states for time in entered(history, state)]
                waits = flag == FIN and "close" in one.get("visible", {})  # behind its data
                if begun and not waits and not lost_before_the_middle(scenario, endpoint, kind):
                    seen = [segment.time for segment in segments if segment.source == endpoint
                            and segment.flags & flag and segment.time >= begun[0]]
                    assert seen[0] - begun[0] < path_delay


def test_the_recording_covers_the_states(incarnations, segments, near, path_delay):
    times = []
    for one in incarnations:
        for endpoint in near:
            history = [entry for entry in one["endpoints"][endpoint] if entry["state"] != "LISTEN"]
            times += [entry["time"] for entry in history if truth.names(history) != ["SYN-SENT", "CLOSED"]
                      or entry["state"] == "SYN-SENT"]  # no segment tells that connect() gave up
    if segments[0].source in near:
        assert segments[0].time - path_delay < min(times) <= segments[0].time
    assert segments[0].time - path_delay < max(times) < segments[-1].time + path_delay


def test_time_wait_begins_once_both_fins_are_out(told, incarnations, segments, near):
    for one in incarnations:
        begun = [entry["time"] for history in one["endpoints"].values() for entry in history
                 if entry["state"] != "LISTEN"]
        for endpoint in set(one["time_wait"]) & set(near):
            entry = entered(one["endpoints"][endpoint], "TIME-WAIT")[0]
            finishing = {segment.source for segment in segments
                         if segment.flags & FIN and min(begun) < segment.time < entry}
            assert finishing == set(one["endpoints"])


def test_a_reset_shows_a_rst_and_nothing_else_does(told, incarnations, segments):
    reset = any(one["close"] == "Reset" for one in incarnations)
    challenged = told["scenario"] in ("linux-time-wait-assassinated", "linux-time-wait-rfc1337")
    assert any(segment.flags & RST for segment in segments) == (reset or challenged)


def test_time_wait_ends_early_where_a_rst_or_a_new_connection_ends_it():
    for name, ended in (("linux-time-wait-assassinated", True), ("linux-time-wait-rfc1337", False),
                        ("linux-time-wait-refused", True), ("linux-time-wait-reuse", True),
                        ("linux-time-wait-reuse-by-holder", True)):
        told = json.loads((CAPTURES / f"{name}.truth.json").read_text(encoding="utf-8"))
        first = told["connections"][0]
        (holder,) = first["time_wait"]
        assert (truth.names(first["endpoints"][holder])[-1] == "CLOSED") == ended, name
