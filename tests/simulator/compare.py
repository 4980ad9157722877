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


def lacking(truth, side=None, flags=None):
    """The segments of a connection that the capture lacks, copies too, by sender and by flags that are all set."""
    return [segment for segment in truth["missing"]
            if "copy" not in segment and (side is None or segment["from"] == side)
            and (flags is None or set(flags) <= set(segment["flags"]))]


def seen(truth, flags, side=None):
    """The captured segments with all of these flags."""
    return [segment for segment in truth["capture"].segments(truth)
            if set(flags) <= set(segment.flags) and side in (None, segment.side)]


def ends_with_fin(truth):
    """Whose FIN was captured?"""
    return {segment.side for segment in seen(truth, "F") if "R" not in segment.flags}


def fin_ack_seen(truth, side):
    """Was an acknowledgement of this end's FIN captured before any RST?"""
    for segment in seen(truth, ""):
        if "R" in segment.flags:
            return False
        if ("A" in segment.flags and (segment.side != side or "b" not in truth["isn"])
                and (segment.ack - truth["fin"][side] - 1) % 2**32 < 2**31):
            return True
    return False


def syn_captured_late(truth):
    """Did the capture drop a SYN of which it has a later copy or retransmission?"""
    return any("S" in segment["flags"] and segment["why"] == "capture loss" for segment in truth["missing"])


def explain_open(truth, verdict):
    """Why another word than the truth's is what the captured segments show; None if nothing excuses it."""
    said, real = verdict.open, truth["open"]
    syns = lacking(truth, flags="S")
    if said == "Simultaneous" and real == "Split handshake" and syn_captured_late(truth):
        return "the first SYN missing, its copy captured after the answer"
    if real == "Simultaneous" and said == "Refused" and set(truth["ending"].values()) == {"refused"}:
        return "refused, and a copy of its SYN accepted"
    if said == "Three-way" and real in ("Simultaneous", "Split handshake"):
        # whose bare SYN was not captured looks like a listener
        ends = {segment.side for segment in seen(truth, "S") if "A" not in segment.flags}
        return "SYN missing" if len(ends) < 2 and any("A" not in segment["flags"] for segment in syns) else None
    if said == "Incomplete" and real in ("Simultaneous", "Split handshake", "Three-way", "Self-connect", "Refused"):
        # a SYN that was answered: then the answers are not there, or only to other transmissions of it
        return "answer missing" if lacking(truth, flags="S") or lacking(truth, flags="R") else None
    if said == "Refused" and real in ("Simultaneous", "Split handshake", "Three-way", "Self-connect", "Incomplete"):
        return "RST or SYN missing" if syns and seen(truth, "R") else None
    return None


def judge_open(truth, verdict):
    if verdict.open == truth["open"]:
        return "right", ""
    if verdict.open in UNDECIDED:
        return "undecided", ""
    why = explain_open(truth, verdict)
    return ("limit", why) if why else ("wrong", f"{truth['open']} called {verdict.open}")


def first_fin_lacking(truth):
    """Does the capture hold only such FINs of an end, whose first did not, as acknowledge the other's?"""
    for side, other in ("ab", "ba"):
        fins = seen(truth, "FA", side)
        if (lacking(truth, side, "F") and not truth["fin_first_ack_covers"][side]
                and all(fin.ack == (truth["fin"][other] + 1) % 2**32 for fin in fins)):
            return True
    return False


def both_fins_lacking(truth):
    """Does it lack the first FIN of one end, and drop a FIN of the other?"""
    for side, other in ("ab", "ba"):
        if lacking(truth, side, "F") and any(segment["why"] == "capture loss"
                                             for segment in lacking(truth, other, "F")):
            return True
    return False


def reset_in_the_dark(truth):
    """Did the capture drop what tells where its sender's numbers stand: a SYN, or data? A RST beyond what was captured may
    lie in the window only, and is then ignored by a receiver that answers."""
    return any(segment["why"] == "capture loss" and (segment["length"] or "S" in segment["flags"])
               for segment in lacking(truth))


def mixed_up(truth, verdict):
    """Were other connections' segments taken for this one's, because a SYN of theirs, or its own, is not in the capture?"""
    others = [other for other in verdict.truths if other is not truth]
    return others and (lacking(truth, flags="S") or all(lacking(other, flags="S") for other in others))


def never_met(verdict):
    """Dialling of both ends that never met: several connections in truth, one attempt on the wire."""
    return (verdict.open == "Simultaneous or split" and len(verdict.truths) > 1
            and not any(truth["open_completed"] for truth in verdict.truths))


def explain_close(truth, verdict):
    """As explain_open, of the close."""
    said, real = verdict.close, truth["close"]
    if never_met(verdict) and said in [truth["close"] for truth in verdict.truths]:
        return "attempts that never met"
    if said == "Half-closed" and real in ("Orderly", "Simultaneous"):
        return "FIN missing" if len(ends_with_fin(truth)) < 2 else None
    if said == "Open" and real in ("Orderly", "Simultaneous", "Half-closed"):
        if not ends_with_fin(truth):
            return "FIN missing"
        return "SYN+ACK missing: the FIN seems to go to SYN-SENT" if not seen(truth, "SA") else None
    if said == "Reset" and real == "Open" and verdict.open == "Refused" and explain_open(truth, verdict):
        return "a later transmission of the SYN, or its RST, missing"
    if said == "Reset" and real == "Open" and not truth["open_completed"] and lacking(truth, flags="SA"):
        return "SYN+ACK missing: the RST seems to answer a SYN"
    if said == "Reset" and mixed_up(truth, verdict) and not seen(truth, "R"):
        return "a handshake missing, so that another connection's RST seems to be this one's"
    if real == "Simultaneous" and said == "Orderly" and first_fin_lacking(truth):
        return "a first FIN missing, and the next acknowledges the other's"
    if real == "Orderly" and said == "Simultaneous" and both_fins_lacking(truth):
        return "a first FIN missing, and a retransmission of the other by capture loss"
    if truth["open"] == "Refused" and said == "Open" and lacking(truth, flags="S"):
        return "refused SYN missing"
    if real == "Reset" and not seen(truth, "R"):
        return "RST missing"
    if real == "Reset" and said in ("Orderly", "Simultaneous", "Half-closed", "Open") and lacking(truth, flags="R"):
        return "one of several RSTs missing"
    if real == "Reset" and said == "Open" and verdict.open == "Incomplete" and lacking(truth, flags="SA"):
        return "what the RST answers missing"
    if real == "Reset" and said == "Open" and "alive" in truth["ending"].values():
        return "a RST that its receiver never accepted"
    if real == "Reset" and said in ("Open", "Half-closed") and mixed_up(truth, verdict):
        return "a handshake missing, so that the RST's sender seems to go on"
    if real == "Reset" and said == "Open" and reset_in_the_dark(truth):
        return "what makes the RST's number exact missing"
    if said == "Reset" and real in ("Orderly", "Simultaneous") and seen(truth, "R"):
        return ("FIN, or acknowledgement of one, missing"
                if not all(fin_ack_seen(truth, side) for side in truth["fin"]) or len(ends_with_fin(truth)) < 2 else None)
    return None


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
    if verdict.simclose and not truth["fins_crossed"] and not explain_close(truth, verdict):
        return "wrong", f"{truth['close']} flagged simclose"
    return "right", ""


JUDGES = {"open": judge_open, "close": judge_close, "holders": judge_holders, "flags": judge_flags}


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
    return truth["open"] in ("Incomplete", "Refused")


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
        if alone(truth) and verdict.main is not truth:
            return None, "limit", "an attempt that came to nothing, together with the next"
        return verdict, "limit", "together with another"
    if len(found) > 1:
        return verdict, "limit", "spread over several"
    return verdict, "right", ""


def compare(truths, known, capture):
    """Judges what from_tshark() or from_core() returned; capture is the file."""
    capture = captured.Capture(capture)
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
