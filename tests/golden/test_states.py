# SPDX-License-Identifier: GPL-2.0-or-later
"""Both ends' states on each frame of the lab's recordings, against those that the kernels' tracepoint told at that
moment.

The recorder got a segment at most a path's delay after it was sent, and at most that before it arrived; so by then the
kernel was in the state that the frame shows, or that close to it.
"""

import collections
import json
import sys

import pytest

from conftest import SAMPLES

sys.path.insert(0, str(SAMPLES / "lab" / "driver"))
import scenario as scenarios  # noqa: E402

RECORDED = [path for path in sorted(SAMPLES.glob("*.pcapng")) if path.with_suffix(".truth.json").exists()]
FIELDS = ["simtcp.connection", "simtcp.stray", "frame.number", "frame.time_epoch", "ip.src", "ipv6.src", "ip.dst",
          "ipv6.dst", "tcp.srcport", "tcp.dstport", "simtcp.src.state", "simtcp.dst.state"]
MARGIN = 0.02   # for a busy machine

# States that a receiver never came to, because the segment never did, or came to an end that was closed.
UNREACHED = {
    "linux-hole-punch-one-side": {"SYN-RECEIVED"},              # a firewall
    "linux-simultaneous-open-lost-syn": {"SYN-RECEIVED"},
    "linux-simultaneous-open-given-up": {"SYN-RECEIVED", "ESTABLISHED"},
    "linux-simultaneous-close-reset": {"CLOSING"},              # data that nobody will read: a RST instead
}

Shown = collections.namedtuple("Shown", "connection frame at end state")


class Recording:
    """What the frames show, and what the kernels told."""

    def __init__(self, tshark, capture):
        self.told = json.loads(capture.with_suffix(".truth.json").read_text())
        self.connections = self.told.get("connections", [self.told])
        self.scenario = scenarios.load(self.told["scenario"])
        self.sent, self.received = [], []
        for row in tshark.fields(capture, FIELDS):
            if row["simtcp.connection"] and not row["simtcp.stray"]:
                self.add(row, int(row["simtcp.connection"][0]))

    def add(self, row, number):
        # with data queued an end is in a closing state that no segment shows
        if "close" in self.connections[number].get("visible", {}):
            return
        for which, shown in (("src", self.sent), ("dst", self.received)):
            address = (row[f"ip.{which}"] or [f"[{''.join(row[f'ipv6.{which}'])}]"])[0]
            end = f"{address}:{row[f'tcp.{which}port'][0]}"
            # a program that makes segments by hand has no kernel's states
            if any(one["endpoints"].get(end) for one in self.connections):
                shown.append(Shown(number, row["frame.number"][0], float(row["frame.time_epoch"][0]), end,
                                   row[f"simtcp.{which}.state"][0]))

    @property
    def delay(self):
        """The most a segment is under way, unless the wire holds it."""
        return 2 * max((float(text.split("=")[-1]) for text in self.scenario.delays), default=0) + MARGIN

    @property
    def is_held(self):
        """Does something hold or drop segments?"""
        wire = any("suspend" in step for step in self.scenario.steps.get("wire", []))
        return wire or bool(self.scenario.rules or self.scenario.firewalls)

    def states(self, one, since, until):
        """Those of the end's kernel in that time, in this connection or one before of the same 4-tuple."""
        found = set()
        for connection in self.connections[:one.connection + 1]:
            told = [(event["time"], event["state"]) for event in connection["endpoints"].get(one.end) or []]
            events = [(0, "CLOSED"), *told, (float("inf"), None)]
            found |= {state for (begun, state), (ended, _) in zip(events, events[1:])
                      if begun <= until and ended >= since}
        return found


@pytest.fixture(params=RECORDED, ids=lambda path: path.stem)
def recording(request, tshark):
    return Recording(tshark, request.param)


def known(shown):
    return [one for one in shown if one.state != "Unknown"]


def test_hardly_any_state_is_unknown(tshark):
    shown = [one for capture in RECORDED for recording in [Recording(tshark, capture)]
             for one in recording.sent + recording.received]
    assert len(known(shown)) > 0.98 * len(shown) and len(shown) > 1000


def test_a_senders_state_is_its_kernels(recording):
    for one in known(recording.sent):
        assert one.state in recording.states(one, one.at - recording.delay, one.at + recording.delay), one


def test_a_receivers_state_is_its_kernels_or_will_be(recording):
    """Not before the wire lets the segment go; if that is lost, when it comes again."""
    unreached = UNREACHED.get(recording.told["scenario"], set())
    for one in known(recording.received):
        assert one.state in recording.states(one, one.at - recording.delay, float("inf")) | unreached, one


def test_a_receivers_state_is_its_kernels_soon(recording):
    if recording.is_held:
        pytest.skip("something holds or drops segments")
    for one in known(recording.received):
        assert one.state in recording.states(one, one.at - recording.delay, one.at + recording.delay), one


def test_they_end_alike(recording):
    """What the last frames show of an end, once they have arrived, is how its kernel ended."""
    ends = {(one.connection, one.end) for one in recording.sent + recording.received}
    for each in ends:
        last = [one for shown in (recording.sent, recording.received)
                for one in known([one for one in shown if (one.connection, one.end) == each][-1:])]
        if last:
            at = max(one.at for one in last) + recording.delay
            assert {one.state for one in last} & recording.states(last[0], at, at), last
