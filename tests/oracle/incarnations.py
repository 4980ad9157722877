# SPDX-License-Identifier: GPL-2.0-or-later
"""Which incarnation of its 4-tuple each segment belongs to: decision-rules, "What is tracked".

Segments are taken in the order of the capture. Each incarnation keeps all its segments, and every question about it is
answered by walking through them.
"""

import verdicts
from serial import NEAR, difference, later

SECOND = 10**9
SYN_TIMEOUT = 180 * SECOND


def nearest(number, numbers):
    """How far it is from the nearest of them; 0 if there are none."""
    return min((abs(difference(number, one)) for one in numbers), default=0)


class Incarnation:
    """One attempt to connect, and what became of it. Its ends are 0 and 1; of a socket connected to itself there is
    only 0, its own peer."""

    def __init__(self, number, ends):
        self.number, self.ends = number, ends
        self.segments = []

    def end_of(self, endpoint):
        return 0 if endpoint == self.ends[0] else 1

    def sender(self, segment):
        return self.end_of(segment.src)

    def peer(self, end):
        return end if self.ends[0] == self.ends[1] else 1 - end

    def sent_by(self, end):
        return [segment for segment in self.segments if self.sender(segment) == end]

    # --- Handshake ---

    def bare_syns(self, end):
        return [segment for segment in self.sent_by(end) if segment.bare_syn]

    def syns(self, end):
        return [segment for segment in self.sent_by(end) if segment.syn]

    def has_syn(self, end, isn):
        return any(segment.seq == isn for segment in self.syns(end))

    def answers(self, segment, syn):
        """Does the segment's acknowledgement cover this SYN of its receiver, and nothing beyond its data?"""
        return segment.has_ack and 0 < difference(segment.ack, syn.seq) <= 1 + syn.length

    def refused(self, end):
        """Was the last transmission of this end's SYN answered by a RST that covers it?"""
        syn = None
        refused = False
        for segment in self.segments:
            if segment.bare_syn and self.sender(segment) == end:
                syn, refused = segment, False
            elif syn and segment.rst and self.sender(segment) == self.peer(end) and self.answers(segment, syn):
                refused = True
        return refused

    def alive(self, end, now):
        """Is this end's bare SYN alive: not refused, not stale, and its sender has sent no data or FIN since? A sender that
        has itself refused the peer's SYN since has given up, and a connection that was reset is over."""
        syns = self.bare_syns(end)
        if not syns or now - syns[-1].time > SYN_TIMEOUT or self.refused(end) or self.was_reset():
            return False
        sent = self.sent_by(end)
        since = sent[sent.index(syns[-1]):]
        refusals = any(segment.rst and self.answers(segment, syn) for segment in since
                       for syn in self.bare_syns(self.peer(end)))
        return not refusals and not any(segment.length and not segment.syn or segment.fin
                                        for segment in sent[sent.index(syns[0]):])

    # --- Numbers ---

    def sent_to(self, end):
        """The highest number after what this end sent, as far as it and its peer's acknowledgements tell; and the number after
        each of its SYNs, of which only one is acknowledged in the end."""
        highest, others = None, set()
        for segment in self.segments:
            if self.sender(segment) == end and segment.syn:
                others.add(segment.end)
            elif self.sender(segment) == end and not segment.rst:
                highest = later(highest, segment.end)
            if self.sender(segment) == self.peer(end) and segment.has_ack and not segment.rst:
                highest = later(highest, segment.ack)
        if highest is None and not others:
            # nothing but RSTs: better than no number at all
            return {one.seq for one in self.sent_by(end)} | \
                {one.ack for one in self.sent_by(self.peer(end)) if one.has_ack}
        return others | ({highest} - {None})

    def acknowledged_fin(self, end):
        """The number after this end's FIN, if that was acknowledged."""
        ends = {segment.end for segment in self.sent_by(end) if segment.fin}
        acks = [segment.ack for segment in self.sent_by(self.peer(end)) if segment.has_ack and not segment.rst]
        found = [ack for ack in acks if ack in ends]
        return found[-1] if found else None

    def last_fin(self, end):
        """The number after this end's FIN, if nothing that it sent lies beyond."""
        sent = [segment for segment in self.sent_by(end) if not segment.rst]
        highest = None
        for segment in sent:
            highest = later(highest, segment.end)
        return highest if any(segment.fin and segment.end == highest for segment in sent) else None

    def closed(self, end):
        """The number after this end's last FIN, if what it acknowledged last has that number: then it was its own."""
        last, highest, at = self.last_fin(end), None, None
        for segment in self.sent_by(end):
            if segment.has_ack and not segment.rst and (highest is None or difference(segment.ack, highest) > 0):
                highest, at = segment.ack, segment.seq
        return last if last == at else None

    def complete(self):
        return self.acknowledged_fin(0) is not None and self.acknowledged_fin(self.peer(0)) is not None

    def established(self):
        """Were both SYNs acknowledged, or does the capture start in the middle?"""
        if not self.syns(0) and not self.syns(self.peer(0)):
            return True
        return any(segment.has_ack and not segment.rst for segment in self.sent_by(0)) and \
            any(segment.has_ack and not segment.rst for segment in self.sent_by(self.peer(0)))

    def before_isn(self, number, end):
        """Does the number lie before this end's SYNs, in a connection that has not gone too far to tell?"""
        isns = [syn.seq for syn in self.syns(end)]
        return bool(isns) and all(difference(number, isn) < 0 and difference(sent, isn) >= 0
                                  for isn in isns for sent in self.sent_to(end)) and \
            all(nearest(isn, self.sent_to(end)) < NEAR for isn in isns)

    def is_ahead(self, segment, peer):
        """Of a segment whose sender's numbers are unknown: is what it acknowledges beyond the peer's SYN, if there is one?"""
        return all(difference(segment.ack, syn.seq) > 0 for syn in self.syns(peer))

    def was_reset(self):
        """As far as is known until now, by the same rule as for the verdict."""
        return verdicts.counting_reset(self) is not None

    def distance(self, segment):
        """How far the segment's numbers are from this incarnation's last ones; None if it does not fit."""
        end = self.sender(segment)
        peer = self.peer(end)
        mine, others = self.sent_to(end), self.sent_to(peer)
        distances = []
        if any(self.answers(segment, syn) for syn in self.bare_syns(peer)) and (segment.rst or not mine):
            return 0        # it answers the peer's SYN; a RST that does has any number
        if not mine and not (segment.has_ack and self.is_ahead(segment, peer)):
            return None
        if self.before_isn(segment.seq, end) or segment.has_ack and self.before_isn(segment.ack, peer):
            return None
        distances.append(nearest(segment.seq, mine))
        if segment.has_ack:
            distances.append(nearest(segment.ack, others))
        for number, known in ((segment.seq, self.acknowledged_fin(end)), (segment.seq, self.closed(end)),
                              (segment.ack if segment.has_ack else None, self.acknowledged_fin(peer)),
                              (segment.ack if segment.has_ack else None, self.last_fin(peer))):
            if known is not None and number is not None and difference(number, known) > 0:
                return None
        return max(distances) if max(distances) < NEAR else None


class Tuple:
    """All incarnations of one pair of endpoints."""

    def __init__(self, ends, number):
        self.ends, self.number = ends, number
        self.incarnations = []
        self.strays = []
        self.origins = {}       # of bare SYNs that went along to a newer attempt: by segment, the incarnation they came from

    def new(self):
        self.incarnations.append(Incarnation(self.number(), self.ends))
        return self.incarnations[-1]

    def add(self, segment):
        if segment.bare_syn:
            home = self.home_of_syn(segment)
        elif segment.syn_ack:
            home = self.home_of_syn_ack(segment)
        elif not segment.has_ack and not segment.rst:
            home = None         # RFC 9293 section 3.10.7.4 drops it
        else:
            home = self.home_of_other(segment)
        if home is None:
            self.strays.append(segment)
        else:
            home.segments.append(segment)

    # --- Bare SYN ---

    def home_of_syn(self, segment):
        if not self.incarnations:
            return self.new()
        current = self.incarnations[-1]
        end = current.sender(segment)
        peer = current.peer(end)
        for incarnation in reversed(self.incarnations):
            if incarnation.has_syn(end, segment.seq) and self.same_attempt(incarnation, end, segment):
                return incarnation
        if not current.syns(end):
            if any(current.answers(answer, segment) for answer in current.sent_by(peer) if answer.syn_ack):
                return current
            if current.alive(peer, segment.time):
                return current
            if self.was_announced(current, segment):
                return current
        crossing = []
        if current.bare_syns(end) and current.alive(peer, segment.time) and not any(
                one.has_ack and not one.syn and not one.rst for one in current.sent_by(peer)):
            crossing = [syn for syn in current.bare_syns(peer) if not self.is_proved(current, peer, syn)]
        home = self.new()
        for syn in crossing:
            current.segments.remove(syn)
            home.segments.append(syn)
            self.origins.setdefault(syn, current)
        return home

    def same_attempt(self, incarnation, end, segment):
        """A SYN with the ISN of an incarnation: is it a retransmission?"""
        transmissions = [syn for syn in incarnation.syns(end) if syn.seq == segment.seq]
        if segment.time - transmissions[-1].time > SYN_TIMEOUT or incarnation.complete():
            return False
        # a RST after both ends had acknowledged something ended an established connection
        return not (incarnation.established() and incarnation.was_reset())

    # --- SYN+ACK ---

    def home_of_syn_ack(self, segment):
        if not self.incarnations:
            return self.new()
        for belongs in (self.acknowledges_here, self.crosses_here, self.repeats_here, self.captured_after_its_acknowledgement):
            for incarnation in reversed(self.incarnations):
                if belongs(incarnation, segment):
                    return incarnation
        current = self.incarnations[-1]
        if any(current.alive(end, segment.time)
               and not self.has_gone_on(current, end) and not self.was_answered(current, end)
               and not (end == current.sender(segment) and self.was_acknowledged(current, end))
               for end in (0, current.peer(0))):
            return None
        return self.new()

    def has_gone_on(self, incarnation, end):
        """Was this end's SYN acknowledged, and has it sent something else since? Then nobody waits for a SYN+ACK."""
        answered = any(incarnation.answers(one, syn) for one in incarnation.sent_by(incarnation.peer(end)) if not one.rst
                       for syn in incarnation.syns(end))
        return answered and any(one.has_ack and not one.syn and not one.rst for one in incarnation.sent_by(end))

    def was_acknowledged(self, incarnation, end):
        """Was this end's SYN acknowledged? Then who answers with another number has given it up."""
        return any(one.has_ack and not one.rst and incarnation.answers(one, syn)
                   for syn in incarnation.syns(end) for one in incarnation.sent_by(incarnation.peer(end)))

    def was_answered(self, incarnation, end):
        """Was this end's SYN answered by a SYN+ACK, or has the peer acknowledged what came after it?"""
        acks = [one for one in incarnation.sent_by(incarnation.peer(end)) if one.has_ack and not one.rst]
        syns = incarnation.syns(end)
        return any(one.syn_ack and incarnation.answers(one, syn) for one in acks for syn in syns) or \
            any(all(0 < difference(one.ack, syn.end) < NEAR for syn in syns) for one in acks)

    def was_announced(self, incarnation, segment):
        """Nothing but its sender's pure acknowledgements with the number of this SYN was captured before it."""
        end = incarnation.sender(segment)
        sent = [one for one in incarnation.sent_by(end) if not one.rst]
        return incarnation.peer(end) != end and bool(sent) and \
            not any(not one.rst for one in incarnation.sent_by(incarnation.peer(end))) and \
            all(one.seq == one.end == segment.seq for one in sent)

    def captured_after_its_acknowledgement(self, incarnation, segment):
        """Nothing but pure acknowledgements of exactly this SYN+ACK was captured before it."""
        end = incarnation.sender(segment)
        peer = incarnation.peer(end)
        sent = [one for one in incarnation.sent_by(peer) if not one.rst]
        return incarnation is self.incarnations[-1] and peer != end and bool(sent) and \
            not any(not one.rst for one in incarnation.sent_by(end)) and \
            all(one.seq == one.end == segment.ack and one.ack == segment.end for one in sent)

    def acknowledges(self, incarnation, segment):
        peer = incarnation.peer(incarnation.sender(segment))
        return any(incarnation.answers(segment, syn) for syn in incarnation.syns(peer))

    def acknowledges_here(self, incarnation, segment):
        """It acknowledges a SYN that is alive, or does so again, or was captured late."""
        end = incarnation.sender(segment)
        if not incarnation.has_syn(end, segment.seq) and any(self.repeats_here(other, segment) for other in self.incarnations) \
                and (incarnation.syns(end) or not incarnation.alive(incarnation.peer(end), segment.time)):
            return False        # there its sender's own SYN is; here it has another, or the SYN it acknowledges is dead
        return self.acknowledges(incarnation, segment) and (
            incarnation.has_syn(end, segment.seq) or incarnation.alive(incarnation.peer(end), segment.time) or
            not incarnation.syns(end) and nearest(segment.end, incarnation.sent_to(end)) < NEAR)

    def crosses_here(self, incarnation, segment):
        """It and a SYN+ACK of the peer acknowledge each other."""
        peer = incarnation.peer(incarnation.sender(segment))
        return any(incarnation.answers(segment, one) and incarnation.answers(one, segment)
                   for one in incarnation.syns(peer) if one.syn_ack)

    def repeats_here(self, incarnation, segment):
        """Its ISN is known here, and no SYN of the peer is."""
        end = incarnation.sender(segment)
        return incarnation.has_syn(end, segment.seq) and not incarnation.syns(incarnation.peer(end))

    # --- Anything else ---

    def home_of_other(self, segment):
        if not self.incarnations:
            return self.new()
        found = [(distance, -incarnation.number, incarnation) for incarnation in self.incarnations
                 if (distance := incarnation.distance(segment)) is not None]
        nearest_one = min(found, key=lambda item: item[:2])[2] if found else None
        if nearest_one and not segment.rst and self.follows_syn_elsewhere(nearest_one, segment):
            return None
        return nearest_one

    def follows_syn_elsewhere(self, incarnation, segment):
        """Is it what its sender sends right after its SYN in an attempt that it can't be of; leaves it a gap here?"""
        sent = [one for one in incarnation.sent_by(incarnation.sender(segment)) if not one.rst]
        return bool(sent) and all(difference(segment.seq, one.end) > 0 for one in sent) and any(
            other.distance(segment) is None and all(one.syn or one.rst for one in other.sent_by(other.sender(segment)))
            and any(difference(segment.seq, syn.seq) == 1 for syn in other.bare_syns(other.sender(segment)))
            for other in self.incarnations)

    # --- In the end ---

    def settle(self):
        """A bare SYN belongs in the end to the attempt whose SYN+ACK acknowledges it, or that has a SYN+ACK with its number;
        provided that the peer began that attempt while the SYN was not stale."""
        self.send_back()
        for incarnation in self.incarnations:
            for end in {0, incarnation.peer(0)}:
                for syn in incarnation.bare_syns(end):
                    if self.is_proved(incarnation, end, syn):
                        continue
                    for other in self.incarnations:
                        if other is not incarnation and self.may_move(other, end, syn) and \
                                not (incarnation.refused(end) and self.has_refused(other, end)):
                            incarnation.segments.remove(syn)
                            other.segments = sorted(other.segments + [syn], key=lambda segment: segment.frame)
                            break

    def send_back(self):
        """A bare SYN that went along stays where it came from, if its sender answers the new attempt with another number."""
        for syn, origin in self.origins.items():
            for incarnation in self.incarnations:
                end = incarnation.end_of(syn.src)
                if (syn in incarnation.segments and not self.is_proved(incarnation, end, syn) and not origin.syns(end)
                        and any(self.acknowledges(incarnation, one) for one in incarnation.syns(end) if one.syn_ack)):
                    for one in [one for one in incarnation.bare_syns(end) if one.seq == syn.seq]:
                        incarnation.segments.remove(one)
                        origin.segments = sorted(origin.segments + [one], key=lambda segment: segment.frame)
                    break

    def is_proved(self, incarnation, end, syn):
        peer = incarnation.peer(end)
        return any(incarnation.answers(answer, syn) for answer in incarnation.sent_by(peer) if answer.syn_ack) or \
            any(own.seq == syn.seq for own in incarnation.sent_by(end) if own.syn_ack)

    def has_refused(self, incarnation, end):
        """Has this end refused the peer's SYN there, so that no SYN of its own is there?"""
        return any(one.rst and incarnation.answers(one, syn) for one in incarnation.sent_by(end)
                   for syn in incarnation.bare_syns(incarnation.peer(end)))

    def may_move(self, other, end, syn):
        peer = other.peer(end)
        return peer != end and self.is_proved(other, end, syn) and \
            any(abs(begun.time - syn.time) <= SYN_TIMEOUT for begun in other.bare_syns(peer))


def track(segments):
    """The incarnations of all 4-tuples, by number, and the strays."""
    tuples, count = {}, 0

    def number():
        nonlocal count
        count += 1
        return count - 1

    for segment in segments:
        key = frozenset((segment.src, segment.dst))
        if key not in tuples:
            tuples[key] = Tuple((segment.src, segment.dst), number)
        tuples[key].add(segment)
    for one in tuples.values():
        for incarnation in one.incarnations:
            incarnation.segments.sort(key=lambda segment: segment.frame)
        one.settle()
    incarnations = [incarnation for one in tuples.values() for incarnation in one.incarnations]
    return sorted(incarnations, key=lambda incarnation: incarnation.number), \
        [segment for one in tuples.values() for segment in one.strays]
