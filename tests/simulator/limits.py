# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits: why another word than the truth's is what the captured segments show.

Each rule proves from the truth that what would tell was lost, and from the capture that what is left looks like the other
story. None of them excuses a verdict because something or other is missing.
"""


def follow(number, count=1):
    return (number + count) % 2**32


def before(one, other):
    """Is a sequence number less than another?"""
    return (one - other) % 2**32 >= 2**31


def other_side(side):
    return "b" if side == "a" else "a"


def lacking(truth, side=None, flags=None):
    """The segments of a connection that the capture lacks, copies too, by sender and by flags that are all set."""
    return [segment for segment in truth["missing"]
            if "copy" not in segment and (side is None or segment["from"] == side)
            and (flags is None or set(flags) <= set(segment["flags"]))]


def seen(truth, flags="", side=None):
    """The captured segments with all of these flags."""
    return [segment for segment in truth["capture"].segments(truth)
            if set(flags) <= set(segment.flags) and side in (None, segment.side)]


def shown(verdict, flags="", side=None):
    """The same of all that the plugin takes for one connection, life by life."""
    return [segment for truth in verdict.truths for segment in truth["capture"].segments(truth, verdict.frames)
            if set(flags) <= set(segment.flags) and side in (None, segment.side)]


def bare_syns(truth, side=None):
    return [segment for segment in seen(truth, "S", side) if "A" not in segment.flags]


def lacks_bare_syn(truth, side):
    """Was this end's bare SYN sent, and never captured?"""
    return not bare_syns(truth, side) and any("A" not in segment["flags"] for segment in lacking(truth, side, "S"))


def ends_with_fin(truth):
    """Whose FIN was captured?"""
    return {segment.side for segment in seen(truth, "F") if "R" not in segment.flags}


def is_lone(truth):
    """A life that met no other."""
    return len(truth["isn"]) == 1 and truth["a"] != truth["b"]


# --- Opening ---

def answer_came_first(truth):
    """A split handshake's second SYN is an answer: it passes every point after a copy of the first. Was it captured before
    any? Then the capture dropped that."""
    initiator = "a" if truth["states"]["a"][0][1] == "SYN-SENT" else "b"
    syns = [segment.side for segment in bare_syns(truth)]
    return truth["capture"].drops and initiator in syns and syns[0] != initiator


def may_answer_syn(segment, syns):
    """Can this be what a bare SYN draws? No RST without ACK, or that acknowledges something else can (RFC 9293 section
    3.10.7)."""
    return "R" not in segment.flags or ("A" in segment.flags and segment.ack in [follow(syn.seq) for syn in syns])


def is_unanswered(truth, verdict):
    """Of the segments that the plugin takes for this connection's, does none answer the last SYN of an end which alone
    has SYNs?"""
    segments = truth["capture"].segments(truth, verdict.frames)
    syns = [segment for segment in segments if "S" in segment.flags]
    sides = {syn.side for syn in syns}
    if len(sides) != 1:
        return False
    last = max(i for i, segment in enumerate(segments) if "S" in segment.flags)
    answered = any(segment.side not in sides and may_answer_syn(segment, syns) for segment in segments[last:])
    return not answered and bool(lacking(truth, flags="S") or lacking(truth, flags="R"))


def goes_on_unseen(truth):
    """The captured RST answers a SYN; did the capture miss that SYN sent again, or another answer to it?"""
    for rst in seen(truth, "RA"):
        refused, refusing = other_side(rst.side), rst.side
        if any(rst.ack in (follow(syn.seq), follow(syn.seq, 1 + syn.length))
               for syn in bare_syns(truth, refused)) and not seen(truth, "SA"):
            return bool(lacking(truth, refused, "S") or lacking(truth, refusing, "S"))
    return False


def copy_was_answered(truth, verdict):
    """Did a RST answer a SYN before the end that had sent it dialled itself, and does the plugin show the rest apart?"""
    segments = truth["capture"].segments(truth, verdict.frames)
    later = truth["capture"].segments(truth, set(truth["frames"]) - set(verdict.frames))
    refused = {other_side(rst.side) for rst in segments if set("RA") <= set(rst.flags)}
    return {segment.side for segment in segments if "S" in segment.flags} == refused and bool(
        {segment.side for segment in later if "S" in segment.flags} - refused)


def earlier_answer_counts(truth, verdict):
    """Did an end answer the other's SYN, and then dial anew and meet the same SYN; and is what the other answered to that not
    in the capture? Then the first answer seems to be the one."""
    for side in truth["isn"]:
        other = other_side(side)
        if other in truth["isn"] and lacking(truth, other, "SA") and not seen(truth, "SA", other) and any(
                syn_ack.seq != truth["isn"][side] and syn_ack.ack == follow(truth["isn"][other])
                for syn_ack in shown(verdict, "SA", side)):
            return True
    return False


def earlier_syn_counts(truth, verdict):
    """Did the SYN of an end's attempt before meet the other's SYN, which answered it; and is the SYN+ACK with which the end
    answered anew not in the capture? Then that SYN crossed, as it did for the other end."""
    for side in truth["isn"]:
        if lacking(truth, side, "SA") and not seen(truth, "SA", side) and any(
                syn_ack.ack == follow(syn.seq) and syn.seq != truth["isn"][side]
                for syn_ack in shown(verdict, "SA", other_side(side)) for syn in shown(verdict, "S", side)):
            return True
    return False


def explain_open(truth, verdict):
    """Why another word than the truth's is what the captured segments show; None if nothing excuses it."""
    said, real = verdict.open, truth["open"]
    if said == "Simultaneous" and real == "Split handshake" and answer_came_first(truth):
        return "the first SYN missing, its copy captured after the answer"
    if said == "Simultaneous" and real == "Three-way" and earlier_syn_counts(truth, verdict):
        return "SYN+ACK missing, and the SYN of an attempt before counts"
    if said == "Three-way" and real in ("Simultaneous", "Split handshake"):
        # whose bare SYN was not captured looks like a listener
        if any(lacks_bare_syn(truth, side) for side in truth["isn"]):
            return "SYN missing"
        return "SYN+ACK missing, and the one to an attempt before counts" if earlier_answer_counts(truth, verdict) else None
    if said == "Incomplete" and real != "Unknown":
        # a SYN that was answered: then the answers are not there, or only to other transmissions of it
        if not any("S" in segment.flags for segment in truth["capture"].segments(truth, verdict.frames)):
            return "SYN missing, its RST shown with another attempt"
        return "answer missing" if is_unanswered(truth, verdict) else None
    if said == "Refused" and goes_on_unseen(truth):
        return "RST or SYN missing"
    if said == "Refused":
        return "refused, and a copy of the SYN answered as another attempt" if copy_was_answered(truth, verdict) else None
    return None


# --- Closing, by FINs ---

def has_processed(segment, truth, side):
    """Does this segment of the end acknowledge the other's FIN?"""
    fin = truth["fin"].get(other_side(side))
    return fin is not None and "A" in segment.flags and not before(segment.ack, follow(fin))


def first_fin_lacking(truth):
    """Does the capture hold only such FINs of an end, whose first did not, as acknowledge the other's, and before them nothing
    that gives it away?"""
    for side in truth["fin"]:
        if truth["fin_first_ack_covers"][side] or not lacking(truth, side, "F"):
            continue
        sent = [segment for segment in seen(truth, "A", side) if "R" not in segment.flags]
        fins = [segment for segment in sent if "F" in segment.flags]
        if not fins or not all(has_processed(fin, truth, side) for fin in fins):
            continue
        earlier = [segment for segment in sent[:sent.index(fins[0])] if segment.seq == follow(truth["fin"][side])]
        if all(has_processed(segment, truth, side) for segment in earlier):
            return True
    return False


def looks_crossed(truth):
    """The passive closer's first FIN is not in the capture, or later in it; what is there of it first is an
    acknowledgement with the number after that FIN, although the other's FIN was captured once and nothing again: as
    after FINs that crossed. In truth the network, or something the capture missed, had asked for it a second time."""
    for side in truth["fin"]:
        other = other_side(side)
        if other not in truth["fin"] or not truth["fin_first_ack_covers"][side]:
            continue
        segments = seen(truth)
        at = next((i for i, segment in enumerate(segments)
                   if segment.side == side and has_processed(segment, truth, side)), None)
        if at is None or "F" in segments[at].flags or segments[at].seq != follow(truth["fin"][side]):
            continue
        fins = [i for i, segment in enumerate(segments[:at]) if segment.side == other and "F" in segment.flags]
        again = [segment for segment in segments[fins[0] + 1:at] if segment.side == other and segment.length] if fins else []
        if len(fins) == 1 and not again:
            return True
    return False


def fin_seems_unsolicited(truth, verdict):
    """Does each captured FIN seem to go to an end in SYN-SENT, because nothing of the handshake but its SYN was captured, or
    one of an attempt before, that is shown with it?"""
    segments = seen(truth)
    for at, segment in enumerate(segments):
        if "F" not in segment.flags:
            continue
        receiver = other_side(segment.side)
        if (not any("A" not in one.flags for one in shown(verdict, "S", receiver)) or seen(truth, "S", segment.side)
                or any(one.side == receiver and "A" in one.flags and "R" not in one.flags for one in segments)):
            return False
    return True


def fins_shown_elsewhere(truth, verdict):
    """Only a SYN's copies without its data were captured, after the peer acknowledged the data (RFC 7413): then they
    begin a connection. Is a FIN with that one?"""
    elsewhere = truth["capture"].segments(truth, set(truth["frames"]) - set(verdict.frames))
    if not any("F" in segment.flags for segment in elsewhere):
        return False
    return any(bare_syns(truth, side) and not any(syn.length for syn in bare_syns(truth, side))
               and any(segment["length"] for segment in lacking(truth, side, "S")) for side in truth["isn"])


def follows_unseen_syn_ack(truth, verdict):
    """Was no SYN or SYN+ACK with this connection's number of an end captured, but one with another; and does the plugin show
    the FINs elsewhere, or as strays, as what acknowledges a number that nobody was seen to have?"""
    if shown(verdict, "F") or not ends_with_fin(truth):
        return False
    return any(lacking(truth, side, "SA") and not any(one.seq == isn for one in seen(truth, "S", side))
               and seen(truth, "SA", side) for side, isn in truth["isn"].items())


def fins_of_other_attempt(truth, verdict):
    """Did an end begin more than one attempt, all with the other's SYN, and are the FINs shown with another of them?"""
    return bool(ends_with_fin(truth)) and not shown(verdict, "F") and any(
        one.seq != isn for side, isn in truth["isn"].items() for one in seen(truth, "S", side))


def fin_came_early(truth, verdict):
    """Was nothing of the handshake captured, and an end's FIN before the plugin could tell the connection from the one
    before?"""
    early = ends_with_fin(truth) - {one.side for one in shown(verdict, "F")}
    return not seen(truth, "S") and bool(lacking(truth, flags="S")) and bool(early)


def fin_ack_seen(truth, side):
    """Was an acknowledgement of this end's FIN captured before any RST?"""
    for segment in seen(truth):
        if "R" in segment.flags:
            return False
        if ("A" in segment.flags and (segment.side != side or "b" not in truth["isn"])
                and (segment.ack - truth["fin"][side] - 1) % 2**32 < 2**31):
            return True
    return False


# --- Closing, by RST ---

def is_exact(segments, at):
    """Is a RST's number, as far as was captured, just what its receiver expects, and did neither end go on beyond it?"""
    rst = segments[at]
    if any(one.side == rst.side and "R" not in one.flags and before(rst.seq, one.seq + one.length + ("F" in one.flags))
           for one in segments[at:]):
        return False
    acks = [one.ack for one in segments if one.side != rst.side and "A" in one.flags and "R" not in one.flags]
    earlier = [one.ack for one in segments[:at] if one.side != rst.side and "A" in one.flags and "R" not in one.flags]
    return rst.seq in earlier and not any(before(rst.seq, ack) for ack in acks)


def has_exact_reset(truth, verdict):
    """Of the segments that the plugin takes for this connection's, is there a RST that its receiver must believe?"""
    segments = truth["capture"].segments(truth, verdict.frames)
    return any(is_exact(segments, at) for at, segment in enumerate(segments) if "R" in segment.flags)


def found_nobody(truth, verdict):
    """Is a RST shown, and had whoever it went to crashed, and lost the connection, before it came; or waited on in vain, as the
    RST was lost behind the capture point?"""
    receivers = {other_side(rst.side) for rst in shown(verdict, "R")}
    return bool(receivers) and all(truth["ending"].get(side) in ("crashed", "gave up") for side in receivers)


def against_stale_ack(truth, verdict):
    """Is nothing shown of the RSTs' sender but its bare SYN, and of its peer what does not acknowledge just that? As an end in
    SYN-SENT refuses an acknowledgement of an older connection (RFC 9293 section 3.10.7.3), without an end of its own attempt."""
    for side in {segment.side for segment in seen(truth, "R")}:
        own = [segment for segment in shown(verdict, "", side) if "R" not in segment.flags]
        acks = {segment.ack for segment in shown(verdict, "A", other_side(side))}
        if (own and all("S" in segment.flags and "A" not in segment.flags for segment in own)
                and not shown(verdict, "SA", other_side(side)) and follow(own[0].seq) not in acks):
            return True
    return False


def answers_unseen_syn(truth, verdict):
    """Was a SYN of this connection not captured, and is the SYN+ACK to it therefore shown as a stray, and what follows as
    another attempt's?"""
    left = truth["capture"].segments(truth, set(truth["frames"]) - set(verdict.frames))
    return any(set("SA") <= set(segment.flags) and lacks_bare_syn(truth, other_side(segment.side)) for segment in left)


def nobody_was_reset(truth):
    """Did no life end by a RST of the other?"""
    return not {"reset by peer", "refused"} & set(truth["ending"].values())


def lies_below_unseen(truth):
    """Was each captured RST below what its receiver had acknowledged, in what was not captured?"""
    rsts = seen(truth, "R")
    return bool(rsts) and all(
        any(before(rst.seq, segment["ack"]) for segment in lacking(truth, other_side(rst.side), "A")) for rst in rsts)


def refuses_what_went_on(truth):
    """Is there a RST in the capture that answers a bare SYN, and not the SYN+ACK with which that SYN's sender went on?"""
    return any(rst.ack == follow(syn.seq) and lacking(truth, syn.side, "SA") and not seen(truth, "SA", syn.side)
               for rst in seen(truth, "RA") for syn in bare_syns(truth, other_side(rst.side)))


def refuses_what_was_an_answer(truth, verdict):
    """Of a split handshake what acknowledged the first SYN was not captured; or the first SYN was not, and what acknowledged it
    is shown as another connection. Does the RST therefore seem to refuse the second SYN, which is an answer (its sender was
    in SYN-RECEIVED)?"""
    segments = truth["capture"].segments(truth, verdict.frames)
    elsewhere = [segment for segment in seen(truth, "A") if "S" not in segment.flags and segment not in segments]
    for rst in seen(truth, "RA"):
        for syn in bare_syns(truth, other_side(rst.side)):
            if rst.ack != follow(syn.seq):
                continue
            if any(one["seq"] == syn.seq and "S" not in one["flags"] for one in lacking(truth, syn.side, "A")):
                return True
            if lacks_bare_syn(truth, rst.side) and any(one.side == syn.side and one.seq == syn.seq for one in elsewhere):
                return True
    return False


def begins_in_the_dark(truth, verdict):
    """Was anything captured of the connection before its SYN, or is a SYN or SYN+ACK missing, and does the plugin show those that
    are not elsewhere?"""
    if "S" not in seen(truth)[0].flags:
        return True
    first = truth["capture"].segments(truth, verdict.frames)[0]
    return "S" not in first.flags and bool(lacking(truth, flags="S"))


def taken_for_another(truth, verdict):
    """Of the connections that the plugin takes for one, does this one, or another, begin without its SYN?"""
    others = [other for other in verdict.truths if other is not truth]
    return others and any(begins_in_the_dark(one, verdict) for one in verdict.truths)


def goes_on_as_another(truth, verdict):
    """Of the connections that the plugin takes for one, is there a later one of which no SYN was captured, and one end's
    numbers go on close behind this one's? As where much of the other direction was not captured."""
    own = seen(truth)
    for other in verdict.truths:
        if other is truth or other["incarnation"] < truth["incarnation"] or seen(other, "S"):
            continue
        for side in truth["isn"]:
            ends = [follow(one.seq, one.length + len(set("SF") & set(one.flags))) for one in own
                    if one.side == side and "R" not in one.flags]
            first = next((one.seq for one in seen(other, "", side)), None)
            if ends and first is not None and (first - ends[-1]) % 2**32 < 2**20:
                return True
    return False


def close_as_captured(truth):
    """The word for its close, with one FIN where the other was not captured."""
    return "Half-closed" if len(truth["fin"]) == 2 and len(ends_with_fin(truth)) == 1 else truth["close"]


def never_met(truth, verdict):
    """Dialling of both ends that never met: several lives in truth, one attempt on the wire. Of lives that did meet another
    end later, nothing but their dialling is shown with it."""
    return (verdict.open == "Simultaneous or split" and len(verdict.truths) > 1 and is_lone(truth)
            and all(is_lone(other) or only_dials(other, verdict) for other in verdict.truths))


def only_dials(truth, verdict):
    """Are all segments of a connection that the plugin takes for this one bare SYNs, RSTs and pure acknowledgements?"""
    return not any(segment.length or "F" in segment.flags or set("SA") <= set(segment.flags)
                   for segment in truth["capture"].segments(truth, verdict.frames))


def explain_no_reset(truth, verdict):
    """Why a connection that was reset seems to have ended otherwise, or not at all."""
    said = verdict.close
    if not seen(truth, "R"):
        return "RST missing"
    if truth["open"] == "Refused" and said == "Open" and verdict.open != "Three-way" and is_unanswered(truth, verdict):
        return "refused SYN missing"
    others = [other["close"] for other in verdict.truths if other is not truth]
    if said in ("Open", "Half-closed", *others) and taken_for_another(truth, verdict):
        return "a handshake missing, so that the RST's sender seems to go on"
    if against_stale_ack(truth, verdict):
        return "a handshake missing, so that the RST seems to answer a stale acknowledgement"
    if said == "Open" and answers_unseen_syn(truth, verdict):
        return "SYN missing, so that the SYN+ACK is a stray, and what follows another attempt's"
    if has_exact_reset(truth, verdict):
        return None
    if lacking(truth, flags="R"):
        return "the RST that counts missing"
    if nobody_was_reset(truth):
        return "a RST that its receiver never accepted"
    if any(segment["length"] or set("SF") & set(segment["flags"]) for segment in lacking(truth)):
        return "what makes the RST's number exact missing"
    return None


def explain_reset(truth, verdict):
    """Why a connection that was not reset seems to have been."""
    real = truth["close"]
    if real == "Open" and verdict.open == "Refused" and explain_open(truth, verdict):
        return "a later transmission of the SYN, or its RST, missing"
    if real == "Open" and len(verdict.truths) > 1 and nobody_was_reset(truth) and goes_on_unseen(truth):
        return "a later transmission of the SYN, or its RST, missing"
    if real == "Open" and not seen(truth, "SA") and lacking(truth, flags="SA"):
        return "SYN+ACK missing: the RST seems to answer a SYN"
    if not seen(truth, "R") and any(not seen(other, "S") and seen(other, "R") for other in verdict.truths):
        return "a handshake missing, so that another connection's RST seems to be this one's"
    if not seen(truth, "R") and any(refuses_what_went_on(other) for other in verdict.truths):
        return "SYN+ACK missing: the RST seems to refuse a SYN that another attempt answered"
    if real == "Open" and nobody_was_reset(truth) and refuses_what_was_an_answer(truth, verdict):
        return "SYN missing, and what acknowledged it elsewhere: the RST seems to answer the other SYN"
    if answers_unseen_syn(truth, verdict):
        return "SYN missing, so that the SYN+ACK is a stray, and the RST seems to end another attempt"
    if real in ("Open", "Half-closed") and nobody_was_reset(truth) and found_nobody(truth, verdict):
        return "a RST that found nobody, or was lost behind the capture point"
    if real in ("Open", "Half-closed") and nobody_was_reset(truth) and lies_below_unseen(truth):
        return "acknowledgement missing: the RST seems not to lie below it"
    if real in ("Orderly", "Simultaneous") and seen(truth, "R") and (
            len(ends_with_fin(truth)) < 2 or not all(fin_ack_seen(truth, side) for side in truth["fin"])):
        return "FIN, or acknowledgement of one, missing"
    return None


def explain_close(truth, verdict):
    """As explain_open, of the close."""
    said, real = verdict.close, truth["close"]
    if never_met(truth, verdict) and (said in [one["close"] for one in verdict.truths]
                                      or (said == "Reset" and shown(verdict, "R"))):
        return "attempts that never met"
    if ((real in ("Open", "Half-closed") or not seen(truth, "F") and not seen(truth, "R"))
            and said in map(close_as_captured, verdict.truths) and goes_on_as_another(truth, verdict)):
        return "another connection's, whose handshake is missing"
    if real in ("Orderly", "Simultaneous", "Half-closed") and fins_shown_elsewhere(truth, verdict):
        return "SYN missing, and its copy lacks its data: FIN shown with another connection"
    if real in ("Orderly", "Simultaneous", "Half-closed") and fins_of_other_attempt(truth, verdict):
        return "FINs shown with another of an end's attempts"
    if said == "Half-closed" and real in ("Orderly", "Simultaneous") and fin_came_early(truth, verdict):
        return "a handshake missing, and a FIN a stray, before the connection was told apart"
    if said == "Half-closed" and real in ("Orderly", "Simultaneous"):
        return "FIN missing" if len(ends_with_fin(truth)) < 2 else None
    if said == "Open" and real in ("Orderly", "Simultaneous", "Half-closed"):
        if not ends_with_fin(truth):
            return "FIN missing"
        if answers_unseen_syn(truth, verdict):
            return "SYN missing, so that the SYN+ACK is a stray, and what follows another attempt's"
        if follows_unseen_syn_ack(truth, verdict):
            return "SYN+ACK missing, and one with another number not: what follows it are strays"
        return "SYN+ACK missing: the FIN seems to go to SYN-SENT" if fin_seems_unsolicited(truth, verdict) else None
    if real == "Simultaneous" and said == "Orderly" and first_fin_lacking(truth):
        return "a first FIN missing, and the next acknowledges the other's"
    if real == "Orderly" and said == "Simultaneous" and looks_crossed(truth):
        return "the FIN that answered missing or late, and the next acknowledgement comes as after FINs that crossed"
    if said == "Reset":
        return explain_reset(truth, verdict)
    if real == "Reset":
        return explain_no_reset(truth, verdict)
    return None
