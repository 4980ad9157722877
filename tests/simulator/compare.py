# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin says of each simulated connection, against the truth about it.

Frames bring the two together: the truth lists the frames of each connection, and the plugin numbers
the connection of each frame. What the plugin says comes from tshark or, for bulk, from its core alone: both are judged
here. A verdict is

    right      the truth's word
    undecided  Unknown, Undecidable, Simultaneous or split; Undecidable close
    limit      another word, which the segments that this capture has prove as well as the truth's:
               what would tell the difference is not in it (see explain_*)
    wrong      anything else
"""

import collections
import dataclasses
import json

import captured
from completed import judge_close_completed, judge_open_completed
from limits import bare_syns, explain_close, explain_open, is_lone, lacking, looks_crossed, seen, taken_for_another

FIELDS = ["frame.number", "simtcp.connection", "simtcp.open", "simtcp.close", "simtcp.time_wait.holder",
          "simtcp.simopen", "simtcp.simclose", "simtcp.open.completed", "simtcp.close.completed",
          "simtcp.stray", "simtcp.rst_ignored"]
UNDECIDED = {"Unknown", "Undecidable", "Simultaneous or split"}


@dataclasses.dataclass(eq=False)
class Verdict:
    """What the plugin says of one connection, and of which frames it says it."""

    number: int
    open: str
    close: str
    holders: set
    simopen: bool
    simclose: bool
    open_completed: bool
    close_completed: bool
    frames: list = dataclasses.field(default_factory=list)
    truths: list = dataclasses.field(default_factory=list)  # of these frames
    main: dict = None  # the one with the most of them

    def same_words(self, other):
        """Do both say the same of the same frames?"""
        return dataclasses.replace(self, truths=[], main=None).__dict__ == \
            dataclasses.replace(other, truths=[], main=None).__dict__


def read_truth(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def from_tshark(rows):
    """The connections by number, from the fields of tshark's second pass."""
    known = {}
    for row in rows:
        if not row["simtcp.connection"] or row["simtcp.stray"]:
            continue
        number = int(row["simtcp.connection"][0])
        if number not in known:
            known[number] = Verdict(
                number, row["simtcp.open"][0], row["simtcp.close"][0], set(row["simtcp.time_wait.holder"]),
                *(bool(row[f"simtcp.{flag}"])
                  for flag in ("simopen", "simclose", "open.completed", "close.completed")))
        known[number].frames.append(int(row["frame.number"][0]))
    return known


def from_core(lines):
    """The same from what simtcp-bulk prints, which asks the core alone."""
    known = {}
    for line in lines:
        said = json.loads(line)
        number = said.pop("connection")
        known[number] = Verdict(number, **{**said, "holders": set(said["holders"])})
    return known


def judge_open(truth, verdict):
    if verdict.open == truth["open"]:
        return "right", ""
    if verdict.open in UNDECIDED:
        return "undecided", ""
    why = explain_open(truth, verdict)
    return ("limit", why) if why else ("wrong", f"{truth['open']} called {verdict.open}")


def judge_close(truth, verdict):
    if verdict.close == truth["close"]:
        return "right", ""
    if verdict.close in UNDECIDED:
        return "undecided", ""
    why = explain_close(truth, verdict)
    return ("limit", why) if why else ("wrong", f"{truth['close']} called {verdict.close}")


def judge_holders(truth, verdict):
    """An end that is named must have been in TIME-WAIT; one that is not named may have been only if the
    wire does not show it."""
    real, wire = set(truth["time_wait"]), set(truth["time_wait_on_wire"])
    if verdict.holders == real:
        return "right", ""
    if verdict.holders - real:
        if verdict.holders <= wire:
            return "limit", "the last ACK never arrived"
        if judge_close(truth, verdict)[0] == "limit":
            return "limit", "as the close"
        if taken_for_another(truth, verdict) and any(verdict.holders == set(other["time_wait"]) for other in verdict.truths):
            return "limit", "another connection's, whose handshake is missing"
        return "wrong", "named without TIME-WAIT"
    if not verdict.holders and judge_close(truth, verdict)[0] != "right":
        return "undecided", ""
    if verdict.holders == wire:
        return "limit", "not on the wire"
    if truth["missing"]:
        return "undecided", ""
    return "wrong", "not named"


def judge_flags(truth, verdict):
    """The flags are claims of proof."""
    if verdict.simopen and truth["open"] not in ("Simultaneous", "Self-connect") and not explain_open(truth, verdict):
        return "wrong", f"{truth['open']} flagged simopen"
    if verdict.simclose and not truth["fins_crossed"] and not explain_close(truth, verdict) and not looks_crossed(truth):
        return "wrong", f"{truth['close']} flagged simclose"
    return "right", ""


JUDGES = {"open": judge_open, "close": judge_close, "holders": judge_holders, "flags": judge_flags,
          "open completed": judge_open_completed, "close completed": judge_close_completed}


class Comparison:
    """Counts by judge and result, and a list of what is wrong."""

    def __init__(self):
        self.counts = {name: collections.Counter() for name in [*JUDGES, "frames"]}
        self.limits = collections.Counter()
        self.wrong = []
        self.matched = self.unseen = 0

    def add(self, name, result, why, truth, verdict):
        self.counts[name][result] += 1
        if result == "limit":
            self.limits[name, why] += 1
        if result == "wrong":
            self.wrong.append((name, why, truth, verdict))

    def take(self, other):
        """Counts the other's, too."""
        for name, counts in other.counts.items():
            self.counts[name].update(counts)
        self.limits.update(other.limits)
        self.wrong += other.wrong
        self.matched += other.matched
        self.unseen += other.unseen

    def forget_captures(self):
        """What is wrong is kept longer than the files."""
        for _, _, truth, verdict in self.wrong:
            for each in (truth, *verdict.truths):
                each.pop("capture", None)

    def table(self):
        lines = [f"{self.matched} connections, {self.unseen} without a frame"]
        for name, counts in self.counts.items():
            total = sum(counts.values()) or 1
            shares = ", ".join(f"{result} {counts[result]} ({100 * counts[result] / total:.2f} %)"
                               for result in ("right", "undecided", "limit", "wrong") if counts[result])
            lines.append(f"  {name:8} {shares}")
        for (name, why), count in sorted(self.limits.items()):
            lines.append(f"    limit of {name}: {why}: {count}")
        return "\n".join(lines)


def alone(truth):
    return truth["open"] in ("Incomplete", "Refused") or (is_lone(truth) and not truth["open_completed"])


def only_dials(truth):
    """Was nothing captured of the connection but one end's bare SYNs?"""
    captured_segments = seen(truth)
    return len({segment.side for segment in captured_segments}) == 1 and len(bare_syns(truth)) == len(captured_segments)


def judge_frames(truth, of_frame):
    """Are the connection's frames one connection of the plugin, without others'? Returns it too."""
    found = collections.Counter(of_frame[frame].number for frame in truth["frames"] if frame in of_frame)
    if not found:
        return None, "undecided", ""
    main = found.most_common(1)[0][0]
    verdict = next(of_frame[frame] for frame in truth["frames"]
                   if frame in of_frame and of_frame[frame].number == main)
    if 2 * sum(found.values()) < len(truth["frames"]):
        return None, "limit", "mostly strays"
    if verdict.main is not truth and len(lacking(truth, flags="S")) > 1:
        return None, "limit", "without a handshake, taken for the one before"
    if len(verdict.truths) > 1:
        # a dialling that was never answered goes along with the next one
        if verdict.main is not truth and (alone(truth) or only_dials(truth)):
            return None, "limit", "an attempt that came to nothing, together with the next"
        return verdict, "limit", "together with another"
    if len(found) > 1:
        return verdict, "limit", "spread over several"
    return verdict, "right", ""


def compare(truths, known, capture):
    """Judges what from_tshark() or from_core() returned; capture is the file."""
    capture = captured.Capture(capture)
    capture.drops = any(segment["why"] == "capture loss" for truth in truths for segment in truth["missing"])
    for truth in truths:
        truth["capture"] = capture
    of_frame = {frame: verdict for verdict in known.values() for frame in verdict.frames}
    owner = {frame: truth for truth in truths for frame in truth["frames"]}
    for verdict in known.values():
        owners = {owner[frame]["connection"]: owner[frame] for frame in verdict.frames}
        verdict.truths = list(owners.values())
        frames = collections.Counter(owner[frame]["connection"] for frame in verdict.frames)
        verdict.main = owners[frames.most_common(1)[0][0]]
    comparison = Comparison()
    for truth in truths:
        if not truth["frames"]:
            comparison.unseen += 1
            continue
        verdict, result, why = judge_frames(truth, of_frame)
        comparison.add("frames", result, why, truth, verdict)
        if verdict is None:
            continue
        comparison.matched += 1
        for name, judge in JUDGES.items():
            comparison.add(name, *judge(truth, verdict), truth, verdict)
    return comparison
