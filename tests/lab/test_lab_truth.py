# SPDX-License-Identifier: GPL-2.0-or-later
"""The way from the kernel's words to a verdict, on words written by hand."""

import pytest
import scenario as scenarios
import truth
from kernel import Sighting, Transition, parse_proc_address, parse_trace
from scenario import ScenarioError

A, B = "10.22.5.3:1982", "10.16.56.8:1981"

TO_ESTABLISHED = ["SYN-SENT", "ESTABLISHED"]
CROSSED = ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"]
ACCEPTED = ["LISTEN", "SYN-RECEIVED", "ESTABLISHED"]


@pytest.mark.parametrize("one, two, verdict", [
    (CROSSED, CROSSED, "Simultaneous"),
    (CROSSED, TO_ESTABLISHED, "Simultaneous"),  # one SYN was lost
    (TO_ESTABLISHED, ACCEPTED, "Three-way"),
    (["SYN-SENT", "CLOSED"], [], "Incomplete"),
    (["SYN-SENT"], ["LISTEN", "SYN-RECEIVED"], "Incomplete"),
    (["SYN-SENT", "SYN-RECEIVED", "CLOSED"], ["SYN-SENT", "CLOSED"], "Incomplete"),
])
def test_open(one, two, verdict):
    assert truth.verdict_open({A: one, B: two}) == verdict
    assert truth.verdict_open({B: two, A: one}) == verdict


def test_refused():
    histories = {A: ["SYN-SENT", "CLOSED"], B: []}
    assert truth.verdict_open(histories, ["connect: ECONNREFUSED"]) == "Refused"
    assert truth.verdict_close(histories, ["connect: ECONNREFUSED"]) == "Reset"


@pytest.mark.parametrize("one, two, verdict", [
    (["FIN-WAIT-1", "CLOSING", "TIME-WAIT"], ["FIN-WAIT-1", "CLOSING", "TIME-WAIT"], "Simultaneous"),
    (["FIN-WAIT-1", "CLOSING", "TIME-WAIT"], ["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"], "Simultaneous"),
    (["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"], ["CLOSE-WAIT", "LAST-ACK", "CLOSED"], "Orderly"),
    (["FIN-WAIT-1", "FIN-WAIT-2"], ["CLOSE-WAIT"], "Half-closed"),
    ([], [], "Open"),
    (["CLOSED"], ["CLOSED"], "Reset"),
    (["FIN-WAIT-1", "CLOSING", "CLOSED"], ["FIN-WAIT-1", "CLOSED"], "Reset"),
    (["FIN-WAIT-1", "FIN-WAIT-2", "CLOSED"], ["CLOSE-WAIT", "CLOSED"], "Reset"),
])
def test_close(one, two, verdict):
    histories = {A: TO_ESTABLISHED + one, B: ACCEPTED + two}
    assert truth.verdict_close(histories) == verdict


def test_a_socket_connected_to_itself():
    histories = {A: CROSSED + ["FIN-WAIT-1", "CLOSING", "TIME-WAIT"]}
    assert truth.verdict_open(histories) == "Self-connect"
    assert truth.verdict_close(histories) == "Simultaneous"
    assert truth.time_wait(histories) == [A]


def history(endpoint, peer, transitions, sightings):
    (only,) = truth.sockets(endpoint, peer, transitions, sightings)
    return only


def sighting(time, state, local=A, remote=B):
    return Sighting(time, time + 0.001, local, remote, state)


def test_close_is_time_wait_if_proc_showed_it():
    steps = [Transition(1.0, A, B, "CLOSED", "SYN-SENT"), Transition(5.0, A, B, "CLOSING", "CLOSED")]
    assert history(A, B, steps, [sighting(4.0, "CLOSING"), sighting(5.002, "TIME-WAIT")])[1:] == [
        {"time": 5.0, "state": "TIME-WAIT", "source": "tracepoint"}]
    assert truth.names(history(A, B, steps, [sighting(4.0, "CLOSING")])) == ["SYN-SENT", "CLOSED"]
    assert truth.names(history(A, B, steps, [sighting(5.002, "TIME-WAIT", remote="10.0.0.1:1")])) == [
        "SYN-SENT", "CLOSED"]


def test_time_wait_can_end_before_the_recording_does():
    steps = [Transition(1.0, A, B, "CLOSED", "SYN-SENT"), Transition(5.0, A, B, "FIN-WAIT-2", "CLOSED")]
    seen = [sighting(5.002, "TIME-WAIT"), sighting(5.1, "CLOSED")]
    assert history(A, B, steps, seen)[-2:] == [
        {"time": 5.0, "state": "TIME-WAIT", "source": "tracepoint"},
        {"time": 5.101, "state": "CLOSED", "source": "proc"}]
    again = seen + [sighting(5.2, "TIME-WAIT")]  # a reading of /proc that missed it once
    assert truth.names(history(A, B, steps, again))[-1] == "TIME-WAIT"


def test_a_new_socket_of_the_holder_ends_time_wait():
    steps = [Transition(1.0, A, B, "CLOSED", "SYN-SENT"), Transition(5.0, A, B, "FIN-WAIT-2", "CLOSED"),
             Transition(6.5, A, B, "CLOSED", "SYN-SENT")]
    seen = [sighting(5.002, "TIME-WAIT"), sighting(6.501, "SYN-SENT")]
    first, second = truth.sockets(A, B, steps, seen)
    assert first[-1] == {"time": 6.5, "state": "CLOSED", "source": "tracepoint"}
    assert truth.names(second) == ["SYN-SENT"]


def test_a_port_used_again_is_another_socket():
    steps = [Transition(1.0, A, B, "CLOSED", "SYN-SENT"), Transition(1.3, A, B, "SYN-SENT", "CLOSED"),
             Transition(2.0, A, B, "CLOSED", "SYN-SENT"), Transition(2.1, A, B, "SYN-SENT", "ESTABLISHED")]
    assert [truth.names(life) for life in truth.sockets(A, B, steps, [])] == [
        ["SYN-SENT", "CLOSED"], ["SYN-SENT", "ESTABLISHED"]]


def test_a_listener_whose_request_was_never_acknowledged():
    steps = [Transition(1.0, B, "0.0.0.0:0", "CLOSED", "LISTEN")]
    seen = [sighting(2.0, "SYN-RECEIVED", B, A)]
    assert truth.names(history(B, A, steps, seen)) == ["LISTEN", "SYN-RECEIVED"]


def test_attempts_that_met_nobody_stand_alone():
    """Hole punching: A connects three times, and B's only socket meets the third."""
    steps = []
    for time in (1.0, 2.0):
        steps += [Transition(time, A, B, "CLOSED", "SYN-SENT"), Transition(time + 0.5, A, B, "SYN-SENT", "CLOSED")]
    steps += [Transition(2.9, B, A, "CLOSED", "SYN-SENT"), Transition(3.0, A, B, "CLOSED", "SYN-SENT"),
              Transition(3.1, A, B, "SYN-SENT", "SYN-RECEIVED"), Transition(3.2, B, A, "SYN-SENT", "ESTABLISHED"),
              Transition(3.3, A, B, "SYN-RECEIVED", "ESTABLISHED")]
    errors = {A: [(1.5, "connect: EINPROGRESS"), (2.5, "connect: EINPROGRESS")], B: []}
    told = truth.build([A, B], steps, [], errors)["connections"]
    assert [one["open"] for one in told] == ["Incomplete", "Incomplete", "Simultaneous"]
    assert [one["errors"][A] for one in told] == [["connect: EINPROGRESS"]] * 2 + [[]]
    assert [len(one["endpoints"][B]) for one in told] == [0, 0, 2]


def test_a_peer_without_a_socket_answers_and_does_not_call():
    closed = ["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"]
    assert truth.verdict_open({A: CROSSED, B: []}, raw=B) == "Split handshake"
    assert truth.verdict_open({A: TO_ESTABLISHED, B: []}, raw=B) == "Three-way"
    assert truth.verdict_open({A: ["SYN-SENT"], B: []}, raw=B) == "Incomplete"
    assert truth.verdict_close({A: CROSSED + closed, B: []}, raw=B) == "Orderly"
    assert truth.verdict_close({A: CROSSED + ["CLOSE-WAIT", "LAST-ACK", "CLOSED"], B: []}, raw=B) == "Orderly"
    assert truth.verdict_close({A: CROSSED + ["FIN-WAIT-1", "CLOSING", "TIME-WAIT"], B: []}, raw=B) == "Simultaneous"
    assert truth.verdict_close({A: CROSSED + ["FIN-WAIT-1", "FIN-WAIT-2"], B: []}, raw=B) == "Half-closed"


def test_a_socket_closed_before_the_peers_fin_waits_for_it_first():
    steps = [Transition(1.0, A, B, "CLOSED", "SYN-SENT"), Transition(5.0, A, B, "FIN-WAIT-1", "FIN-WAIT-2"),
             Transition(5.0, A, B, "FIN-WAIT-2", "CLOSED")]
    seen = [sighting(5.002, "FIN-WAIT-2"), sighting(7.0, "TIME-WAIT")]
    assert history(A, B, steps, seen)[1:] == [
        {"time": 5.0, "state": "FIN-WAIT-2", "source": "tracepoint"},
        {"time": 7.001, "state": "TIME-WAIT", "source": "proc"}]


def test_a_listeners_syn_received_is_known_from_proc():
    steps = [Transition(1.0, B, "0.0.0.0:0", "CLOSED", "LISTEN"),
             Transition(2.0, B, A, "LISTEN", "SYN-RECEIVED"),
             Transition(2.0, B, A, "SYN-RECEIVED", "ESTABLISHED"),
             Transition(3.0, B, "0.0.0.0:0", "LISTEN", "CLOSED")]
    seen = [sighting(1.5, "SYN-RECEIVED", B, A)]
    assert truth.names(history(B, A, steps, seen)) == ACCEPTED
    assert truth.names(history(B, A, steps, [])) == ACCEPTED
    assert history(B, A, steps, seen)[1]["time"] == 1.501


def test_the_tracepoint_is_read():
    line = ("       lab-host-4242    [001] d....  1234.500000: inet_sock_set_state: family=AF_INET6 "
            "protocol=IPPROTO_TCP sport=1982 dport=1981 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=2001:db8::1 "
            "daddrv6=2001:db8::2 oldstate=TCP_FIN_WAIT1 newstate=TCP_CLOSING\n")
    assert parse_trace(["# a comment\n", line], 1_000_000_000_000) == [
        Transition(2234.5, "[2001:db8::1]:1982", "[2001:db8::2]:1981", "FIN-WAIT-1", "CLOSING")]


def test_addresses_of_proc_are_read():
    assert parse_proc_address("0100007F:07BE") == "127.0.0.1:1982"
    assert parse_proc_address("B80D0120000000000000000001000000:0050") == "[2001:db8::1]:80"


@pytest.mark.parametrize("line", [
    "network ring", "A", "0.1 C close", "firewall C", "raw C", "points middle C",
    "sysctl A", "expect open", "-1 A close", "soon A close", "0.1 A",
])
def test_a_scenario_with_a_mistake_says_so(line):
    good = f"title x\nA {A}\nB {B}\n0.1 A connect $B\n"
    assert scenarios.parse("good", good).steps == {"A": [f"0.1 connect {B}"]}
    with pytest.raises(ScenarioError):
        scenarios.parse("bad", good + line + "\n")


def test_what_segments_show_can_depend_on_where_they_are_recorded():
    text = (f"title x\nA {A}\nB {B}\nexpect 1 open Simultaneous\nvisible A 1 open Unknown | Simultaneous or split\n"
            "visible 1 time_wait A B | nobody\n")
    scenario = scenarios.parse("x", text)
    assert scenario.visible_at("A", 1) == {"open": ["Unknown", "Simultaneous or split"], "time_wait": [[A, B], []]}
    assert scenario.visible_at("middle", 1) == {"time_wait": [[A, B], []]}
    assert scenario.visible_at("A", 0) == {}
    assert scenario.expected == [{}, {"open": "Simultaneous"}]


@pytest.mark.parametrize("name", scenarios.names())
def test_every_scenario_can_be_read_and_expects_something(name):
    for expected in scenarios.load(name).expected:
        assert set(expected) == {"open", "close", "time_wait"}
