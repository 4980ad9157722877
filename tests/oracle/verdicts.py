# SPDX-License-Identifier: GPL-2.0-or-later
"""What an incarnation's segments prove of its opening and closing: decision-rules, "Open", "Which RST counts" and
"Close". Everything is judged at the end of the capture."""

import dataclasses

from serial import NEAR, difference, follow, later


@dataclasses.dataclass
class Verdict:
    open: str
    close: str
    simopen: bool
    simclose: bool
    open_completed: bool
    close_completed: bool
    holders: tuple              # endpoints


SYN_RTO_MIN = 200_000_000       # nanoseconds


def covers(segment, number):
    """Does it acknowledge this number (and perhaps more)?"""
    return segment.has_ack and difference(segment.ack, number) > 0


def is_self(incarnation):
    return incarnation.ends[0] == incarnation.ends[1]


# --- Which RST counts ----------------------------------------------------------------------------------------

def doubled(incarnation, at):
    """Is this segment a copy of an earlier one?"""
    return any(one.same == incarnation.segments[at].same for one in incarnation.segments[:at])


def goes_on(incarnation, at):
    """Does the RST's alleged sender send data past its number, or acknowledge what its peer sent after it?"""
    rst = incarnation.segments[at]
    sender = incarnation.sender(rst)
    peer = incarnation.peer(sender)
    peer_before = None
    for segment in incarnation.segments[:at]:
        if incarnation.sender(segment) == peer and not segment.rst:
            peer_before = later(peer_before, segment.end)
        elif incarnation.sender(segment) == sender and segment.has_ack and not segment.rst:
            peer_before = later(peer_before, segment.ack)
    for segment in incarnation.segments[at + 1:]:
        if incarnation.sender(segment) != sender or segment.rst:
            continue
        if segment.syn:
            if segment.seq not in {one.seq for one in incarnation.segments[:at] if one.syn}:
                return True         # it dials, or answers, after all
            continue
        if (segment.length or segment.fin) and difference(segment.end, rst.seq) > 0:
            return True
        if segment.has_ack and peer_before is not None and difference(segment.ack, peer_before) > 0:
            return True
    return False


def in_syn_sent(incarnation, end, before):
    """Has this end sent a bare SYN, and nothing that acknowledges anything? A SYN+ACK that answers the SYN is taken for
    delivered."""
    sent = [segment for segment in before if incarnation.sender(segment) == end and not segment.rst]
    answers = [segment for segment in before if incarnation.sender(segment) != end and segment.syn_ack]
    syns = [segment for segment in sent if segment.bare_syn]
    return bool(syns) and not any(segment.has_ack for segment in sent) and \
        not any(incarnation.answers(answer, syn) for answer in answers for syn in syns)


def refuses(incarnation, at):
    """In SYN-SENT: its ack covers the SYN, whose last transmission it was that it answers."""
    rst = incarnation.segments[at]
    receiver = incarnation.peer(incarnation.sender(rst))
    syns = [one for one in incarnation.segments[:at] if incarnation.sender(one) == receiver and one.bare_syn]
    again = [one for one in incarnation.segments[at:] if incarnation.sender(one) == receiver and one.bare_syn]
    # what comes sooner after the one before is a copy that the network made
    sent_again = any(one.time - before.time >= SYN_RTO_MIN for before, one in zip([syns[-1], *again], again))
    return not sent_again and incarnation.answers(rst, syns[-1])


def window_scale(incarnation, end):
    """The shift of this end's windows: both SYNs must have had the option (RFC 7323)."""
    scales = [[syn.scale for syn in incarnation.syns(one) if syn.scale is not None]
              for one in (end, incarnation.peer(end))]
    return min(14, scales[0][-1]) if all(scales) else 0


def place_of_reset(incarnation, at):
    """"exact", "window" or "outside": where a RST's number lies for its receiver."""
    rst = incarnation.segments[at]
    sender = incarnation.sender(rst)
    receiver = incarnation.peer(sender)
    lowest = highest = first = window = None
    for segment in incarnation.segments[:at]:
        if segment.rst:
            continue
        if incarnation.sender(segment) == receiver:
            if segment.has_ack:
                lowest = segment.ack
            if not segment.syn:
                window = segment.window << window_scale(incarnation, receiver)
            elif window is None:
                window = segment.window
        if incarnation.sender(segment) == sender:
            highest = later(highest, segment.end)
            first = segment.seq + segment.syn if first is None else first
    if lowest is None:
        lowest = first
    if lowest is None:
        return "outside"
    highest = later(highest, lowest)
    if difference(rst.seq, lowest) < 0:
        return "outside"
    if difference(rst.seq, highest) <= 0:
        return "exact"
    if window is not None and difference(rst.seq, lowest) <= window:
        # the edge itself: where a full window of data was not captured, RCV.NXT is there
        return "window"
    return "outside"


def is_caught_up(incarnation, sender, rst, after):
    """Does what the sender sent before the RST come after it, and end just there, before its receiver sends anything?"""
    for segment in after:
        if incarnation.sender(segment) != sender and not segment.rst:
            return False
        if incarnation.sender(segment) == sender and (segment.length or segment.fin) and segment.end == rst.seq:
            return True
    return False


def counts(incarnation, at):
    """Does the RST at this place of the incarnation's segments count?"""
    rst = incarnation.segments[at]
    sender = incarnation.sender(rst)
    receiver = incarnation.peer(sender)
    before, after = incarnation.segments[:at], incarnation.segments[at + 1:]
    if goes_on(incarnation, at):
        return False
    if in_syn_sent(incarnation, receiver, before):
        return refuses(incarnation, at)
    if in_syn_sent(incarnation, sender, before) and not any(
            segment.has_ack for segment in before if incarnation.sender(segment) == receiver):
        return False
    if any(covers(segment, rst.seq) and not segment.rst for segment in after if incarnation.sender(segment) == receiver):
        return False
    place = place_of_reset(incarnation, at)
    if place == "window" and not is_caught_up(incarnation, sender, rst, after):
        return not any(incarnation.sender(segment) == receiver and not segment.rst and not doubled(incarnation, at + 1 + i)
                       for i, segment in enumerate(after))
    return place != "outside"


def counting_reset(incarnation):
    """The place of the first RST that counts, None if there is none."""
    return next((at for at, segment in enumerate(incarnation.segments) if segment.rst and counts(incarnation, at)), None)


# --- Opening -------------------------------------------------------------------------------------------------

def own_syns(incarnation, end):
    """This end's SYNs, bare or with ACK. Of several ISNs the acknowledged one counts, of several of those the last."""
    syns = incarnation.syns(end)
    peers = incarnation.sent_by(incarnation.peer(end))
    acknowledged = [syn.seq for syn in syns if any(incarnation.answers(one, syn) for one in peers if not one.rst)]
    with_ack = [syn.seq for syn in syns if syn.syn_ack]
    isn = (acknowledged or with_ack or [syn.seq for syn in syns])[-1]
    return [syn for syn in syns if syn.seq == isn]


def open_of_two(incarnation):
    """Of an incarnation that has bare SYNs or SYN+ACKs of both ends."""
    own = [own_syns(incarnation, end) for end in (0, 1)]
    answers = [[one for one in own[end] if one.syn_ack and any(incarnation.answers(one, syn) for syn in own[1 - end])]
               for end in (0, 1)]
    if all(answers):
        return "Simultaneous"
    bare = [[one for one in own[end] if one.bare_syn] for end in (0, 1)]
    for end in (0, 1):
        # its SYN+ACK with another number was acknowledged by nobody: that its SYN crossed the other's may still be so
        if answers[end] and not bare[end] and incarnation.bare_syns(end) and not any(
                incarnation.answers(one, own[end][0]) for one in incarnation.sent_by(1 - end) if not one.rst):
            return "Simultaneous or split"
    if not all(bare):
        return "Three-way" if any(answers) else "Unknown"
    for end in (0, 1):
        if not answers[end]:
            continue
        if any(one.syn_ack and one.seq != bare[1 - end][0].seq for one in incarnation.syns(1 - end)):
            continue            # its sender had given up the SYN that was acknowledged, and answered with another number
        if bare[end][0].frame > bare[1 - end][0].frame:
            return "Simultaneous"
        # a pure ACK that came after the SYN+ACK may be for that; one with another number is of another attempt
        if any(one.seq == bare[1 - end][0].seq and one.frame < min(bare[1 - end][0].frame, answers[end][0].frame)
               and not one.rst and not one.syn and any(incarnation.answers(one, syn) for syn in bare[end])
               for one in incarnation.sent_by(1 - end)):
            return "Split handshake"
    return "Simultaneous or split"


def open_of_one(incarnation, end):
    """Of an incarnation that has SYNs of this end only."""
    peer = incarnation.peer(end)
    bare, syn_acks = incarnation.bare_syns(end), [one for one in incarnation.syns(end) if one.syn_ack]
    if bare and syn_acks:
        return "Simultaneous or split"
    if syn_acks:
        return "Unknown"
    if any(not segment.rst and not segment.syn for segment in incarnation.segments):
        return "Unknown"
    if any(one.rst and not one.has_ack and one.seq == follow(syn.seq, 1) for one in incarnation.sent_by(end) for syn in bare):
        return "Unknown"        # it has the number that was acknowledged: something had answered the SYN
    if is_self(incarnation) and any(one.rst and one.seq == follow(syn.seq, 1) for one in incarnation.segments for syn in bare):
        return "Unknown"        # who refuses has no number yet
    refused = any(segment.rst and incarnation.sender(segment) == peer and counts(incarnation, at)
                  for at, segment in enumerate(incarnation.segments))
    return "Refused" if refused else "Incomplete"


def open_verdict(incarnation):
    if is_self(incarnation):
        if any(segment.syn_ack for segment in incarnation.segments):
            return "Self-connect"
        return open_of_one(incarnation, 0) if incarnation.syns(0) else "Unknown"
    having = [end for end in (0, 1) if incarnation.syns(end)]
    if len(having) == 2:
        return open_of_two(incarnation)
    return open_of_one(incarnation, having[0]) if having else "Unknown"


def open_completed(incarnation):
    """Was each side's SYN acknowledged by a segment other than a RST? A SYN+ACK with another number than the SYN of its sender
    that was acknowledged is of another attempt; so is what has a number before that of its sender's SYN."""
    def acknowledged(end):
        peer = incarnation.peer(end)
        known = {syn.seq for syn in incarnation.syns(peer) for one in incarnation.sent_by(end)
                 if not one.rst and incarnation.answers(one, syn)}
        acks = [segment for segment in incarnation.sent_by(peer) if segment.has_ack and not segment.rst
                and not (segment.syn and known and segment.seq not in known)
                and not any(segment.frame < syn.frame and difference(segment.seq, syn.seq) < 0
                            for syn in incarnation.bare_syns(peer))]
        if incarnation.syns(end):
            return any(covers(one, syn.seq) for one in acks for syn in incarnation.syns(end))
        return any(one.syn_ack for one in acks)     # it acknowledges a SYN that was not captured
    return acknowledged(0) and acknowledged(incarnation.peer(0))


# --- Closing -------------------------------------------------------------------------------------------------

def fins_of(incarnation, end):
    """This end's FIN segments, strays aside."""
    found, peer = [], incarnation.peer(end)
    for at, segment in enumerate(incarnation.segments):
        if not segment.fin or incarnation.sender(segment) != end:
            continue
        before, after = incarnation.segments[:at], incarnation.segments[at + 1:]
        own_syn = any(one.syn and incarnation.sender(one) == end for one in before) or segment.syn
        late = [one for one in after if one.syn and incarnation.sender(one) == end]
        if not own_syn and late and not any(0 < difference(segment.seq, syn.seq) < NEAR for syn in late):
            continue            # before its sender's SYN, and not only captured before it
        own_syn = own_syn or bool(late)
        if in_syn_sent(incarnation, peer, before) and not own_syn:
            # unless it acknowledges that SYN, and its sender did leave SYN-SENT: then there was a handshake that was not captured
            asked = any(covers(segment, syn.seq) for syn in incarnation.bare_syns(peer))
            if not asked or in_syn_sent(incarnation, peer, incarnation.segments):
                continue
        found.append(segment)
    return found


def fin_number(incarnation, end):
    """F: of several numbers the acknowledged one; None if this end has sent no FIN."""
    fins = fins_of(incarnation, end)
    acks = {one.ack for one in incarnation.sent_by(incarnation.peer(end)) if one.has_ack and not one.rst}
    numbers = [one.fin_number for one in fins]
    acknowledged = [number for number in numbers if follow(number, 1) in acks]
    if acknowledged:
        return acknowledged[-1]
    return numbers[-1] if numbers else None


def acknowledged_at(incarnation, end, number):
    """The place of the first segment that acknowledges this FIN of this end, None if there is none."""
    return next((at for at, one in enumerate(incarnation.segments)
                 if incarnation.sender(one) == incarnation.peer(end) and one.has_ack and not one.rst
                 and covers(one, number)), None)


def had_processed(incarnation, end, numbers):
    """Had this end processed the peer's FIN before it sent its own? True, False, or None: it can't be told."""
    peer = incarnation.peer(end)
    after_own = follow(numbers[end], 1)
    sent = [one for one in incarnation.sent_by(end) if one.has_ack and not one.rst]
    fins = [one for one in fins_of(incarnation, end) if one.fin_number == numbers[end]]
    # acknowledgements are cumulative: of several copies of the FIN the one with the lowest was sent first
    if not all(covers(one, numbers[peer]) for one in fins):
        return False
    first = fins[0]
    # this FIN acknowledges the peer's; but is it the first?
    earlier = [one for one in sent if one.frame < first.frame]
    trace = [one for one in earlier if one.seq == after_own and not one.syn]
    if not all(covers(one, numbers[peer]) for one in trace):
        return False
    answers = [one for one in earlier if covers(one, numbers[peer])]
    if trace and answers[0] is trace[0]:
        return None if asked_again(incarnation, peer, numbers[peer], answers[0]) else False
    if any(one.ack == after_own and one.has_ack and not one.rst and one.frame < first.frame
           for one in incarnation.sent_by(peer)):
        return None         # the peer knows a FIN that was not captured, or the capture reordered them
    return True


def asked_again(incarnation, end, number, answer):
    """Had this end sent its FIN, or data before it, again before this answer, as far as the capture
    tells? Whether it or the network doubled the FIN makes no difference to who receives it."""
    fins = [one for one in fins_of(incarnation, end) if one.fin_number == number]
    before = [one for one in incarnation.sent_by(end) if one.frame < answer.frame]
    if len([one for one in fins if one.frame < answer.frame]) > 1:
        return True
    return any(one.length and one.frame > fins[0].frame for one in before)


def fin_order(incarnation):
    """"Orderly", "Simultaneous" or "Undecidable" by the FINs, and the active closer if orderly."""
    numbers = [fin_number(incarnation, end) for end in (0, incarnation.peer(0))]
    if is_self(incarnation):
        return ("Simultaneous" if had_processed(incarnation, 0, numbers) is False else "Undecidable"), None
    processed = [had_processed(incarnation, end, numbers) for end in (0, 1)]
    if None in processed or all(processed):
        return "Undecidable", None
    if not any(processed):
        return "Simultaneous", None
    return "Orderly", processed.index(False)


def both_acknowledged_at(incarnation, numbers):
    """The place from which on both FINs are acknowledged, None if they never were."""
    places = [acknowledged_at(incarnation, end, number)
              for end, number in zip((0, incarnation.peer(0)), numbers) if number is not None]
    return max(places) if len(places) == 2 and None not in places else None


def judge(incarnation):
    opened = open_verdict(incarnation)
    numbers = [fin_number(incarnation, end) for end in (0, incarnation.peer(0))]
    both = all(number is not None for number in numbers)
    complete_at = both_acknowledged_at(incarnation, numbers) if both else None
    reset_at = counting_reset(incarnation)
    order, active = fin_order(incarnation) if both else (None, None)
    was_reset = reset_at is not None and (complete_at is None or reset_at < complete_at)
    holders = ()
    if was_reset:
        closed = "Reset"
    elif both:
        closed = order
        if complete_at is not None and order != "Undecidable":
            holders = set(incarnation.ends) if order == "Simultaneous" else {incarnation.ends[active]}
    else:
        closed = "Open" if numbers == [None, None] else "Half-closed"
    return Verdict(opened, closed, opened in ("Simultaneous", "Self-connect"), order == "Simultaneous",
                   open_completed(incarnation), complete_at is not None, tuple(sorted(holders)))
