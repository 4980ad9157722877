# SPDX-License-Identifier: GPL-2.0-or-later
"""Was each SYN, was each FIN acknowledged? simtcp.open.completed and simtcp.close.completed against everything that
the ends sent.

What was sent is what was captured and what the truth says is missing. A claim must be true of what was sent, whatever
the capture lacks, and be shown by what was captured; it must be made where the captured segments show it and lack none.
"""

from limits import follow, lacking, other_side, seen, taken_for_another

# octets that no simulated connection sends
FARTHEST = 2**26


def sent(truth):
    """(sender, flags, seq, ack) of all segments of the connection, captured or not."""
    return [(one.side, one.flags, one.seq, one.ack) for one in seen(truth)] + [
        (one["from"], one["flags"], one["seq"], one["ack"]) for one in lacking(truth)]


def captured(truth, verdict):
    """The same of those that the plugin shows as this connection's."""
    return [(one.side, one.flags, one.seq, one.ack) for one in truth["capture"].segments(truth, verdict.frames)]


def ends(truth):
    """(end, its peer) of both; one socket in a self-connect."""
    return [("a", "a")] if truth["a"] == truth["b"] else [("a", "b"), ("b", "a")]


def reaches(number, other):
    """Is it the other, or as far beyond as the simulator's connections send? A number of another attempt lies anywhere."""
    return (number - other) % 2**32 < FARTHEST


def goes_with_its_syn(truth, sender, flags, seq):
    """Has the segment a number near that of its sender's SYN? A SYN+ACK with another is of another attempt, and so is
    what follows it."""
    if sender not in truth["isn"]:
        return True
    return seq == truth["isn"][sender] if "S" in flags else reaches(seq, truth["isn"][sender])


def acknowledged(truth, segments, what, whatever_number=False):
    """Is the SYN ("isn") or FIN ("fin") of each end acknowledged by one of these segments, RSTs aside? Segments of another
    attempt count with whatever_number only."""
    numbers = truth[what]
    return all(end in numbers and any(
        sender == peer and "A" in flags and "R" not in flags and reaches(ack, follow(numbers[end]))
        and (whatever_number or goes_with_its_syn(truth, sender, flags, seq))
        for sender, flags, seq, ack in segments) for end, peer in ends(truth))


def is_syn_of(segment, truth, end):
    sender, flags, seq, _ = segment
    return sender == end and "S" in flags and seq == truth["isn"][end]


def is_syn_ack_to(segment, truth, end):
    sender, flags, _, ack = segment
    return sender != end and set("SA") <= set(flags) and ack == follow(truth["isn"][end])


def shows_syns(truth, segments):
    """Is the SYN of each end among them, or the SYN+ACK that acknowledges it?"""
    return all(any(is_syn_of(one, truth, end) or is_syn_ack_to(one, truth, end) for one in segments)
               for end in truth["isn"])


def shows_fins(truth, segments):
    """Is the FIN of each end among them?"""
    return truth["fin"].keys() <= {sender for sender, flags, _, _ in segments if "F" in flags and "R" not in flags}


def judge(truth, verdict, what, said, shows):
    """said: was the claim made? shows: are the SYNs or FINs that it is about among these segments?"""
    segments = captured(truth, verdict)
    real, shown = acknowledged(truth, sent(truth), what), acknowledged(truth, segments, what)
    if said and not shown:
        if taken_for_another(truth, verdict) and any(acknowledged(other, sent(other), what) for other in verdict.truths):
            return "limit", "another connection's, whose handshake is missing"
        if real and acknowledged(truth, segments, what, whatever_number=True):
            return "limit", "true, but what shows it acknowledged that SYN in an attempt before"
        return "wrong", "claimed, and nothing shows it" if real else "claimed, and not so"
    if shown and not said and shows(truth, segments) and not lacking(truth):
        return "wrong", "shown, and not claimed"
    return ("right" if said == real else "undecided"), ""


def judge_open_completed(truth, verdict):
    return judge(truth, verdict, "isn", verdict.open_completed, shows_syns)


def judge_close_completed(truth, verdict):
    return judge(truth, verdict, "fin", verdict.close_completed, shows_fins)
