# SPDX-License-Identifier: GPL-2.0-or-later
"""From what the kernels said to the truth about the connections. No segment is looked at.

An endpoint can have several sockets, one after the other: the life of each is the
list of states its kernel went through. What the tracepoint calls CLOSE is TIME-WAIT
if /proc/net/tcp showed TIME-WAIT after it. Two lives that have met, one at each end,
are one incarnation of the connection; a socket that never met another is one by
itself. The strings are those of the plugin's fields simtcp.open, simtcp.close and
simtcp.src.state.
"""

MEETING = ("SYN-RECEIVED", "ESTABLISHED")  # nothing but a segment of the peer takes a socket there


def sockets(endpoint, peer, transitions, sightings):
    """The lives of the sockets of `endpoint` with `peer`, in order: lists of {time, state, source}."""
    seen = [sighting for sighting in sightings if (sighting.local, sighting.remote) == (endpoint, peer)]
    # close() in CLOSING reports CLOSING again
    own = [step for step in transitions if step.local == endpoint and step.old != step.new]
    listening = [_entry(step.time, "LISTEN", "tracepoint") for step in own if step.new == "LISTEN"]

    lives = []
    for step in own:
        if step.remote == peer and (step.new == "SYN-SENT" or step.old == "LISTEN"):
            lives.append([])
        if step.remote == peer and lives:
            lives[-1].append(step)
    requests = _requests(lives, [sighting for sighting in seen if sighting.state == "SYN-RECEIVED"] if listening else [])
    begins = [steps[0].time for steps in lives[1:]] + [float("inf")]
    told = [_states(steps, listening, request, [sighting for sighting in seen if sighting.ended < end])
            for steps, request, end in zip(lives, requests, begins)]
    if len(requests) > len(lives):  # still waiting for its ACK in the end
        told.append(listening[-1:] + [_entry(requests[-1].ended, "SYN-RECEIVED", "proc")])
    for states, following in zip(told, told[1:]):
        if states[-1]["state"] == "TIME-WAIT":  # there cannot be two of them
            states.append({**following[0], "time": _begin(following), "state": "CLOSED"})
    return told


def _requests(lives, sightings):
    """For each life that a listener began, the sighting of its SYN-RECEIVED; one more if that led to nothing.

    The tracepoint tells of it only when the ACK comes and makes it a socket."""
    found = []
    since = 0
    for steps in lives:
        asked = [sighting for sighting in sightings if since < sighting.ended <= steps[0].time]
        found.append(asked[0] if asked and steps[0].old == "LISTEN" else None)
        since = steps[-1].time
    unanswered = [sighting for sighting in sightings if sighting.ended > since]
    if unanswered and (not lives or lives[-1][-1].new == "CLOSED"):
        found.append(unanswered[0])
    return found


def _states(steps, listening, request, seen):
    """One life. `seen`: the sightings until the next one began."""
    states = []
    if steps[0].old == "LISTEN":
        states += [entry for entry in listening if entry["time"] < steps[0].time][-1:]
    if request:
        states.append(_entry(request.ended, "SYN-RECEIVED", "proc"))
    for step in steps:
        if step.new == "CLOSED":
            states += _closed_or_time_wait(step, seen)
        elif not (step.old == "LISTEN" and request):
            states.append(_entry(step.time, step.new, "tracepoint"))
    return states


def _entry(time, state, source):
    return {"time": round(time, 6), "state": state, "source": source}


def _closed_or_time_wait(step, seen):
    after = [sighting for sighting in seen if sighting.ended >= step.time]
    waiting = [sighting for sighting in after if sighting.state == "TIME-WAIT"]
    if not waiting:
        return [_entry(step.time, "CLOSED", "tracepoint")]
    # A socket that was closed before the peer's FIN came: its bucket waits for that FIN first.
    if any(sighting.state == "FIN-WAIT-2" and sighting.began > step.time for sighting in after):
        found = [_entry(waiting[0].ended, "TIME-WAIT", "proc")]
    else:
        found = [_entry(step.time, "TIME-WAIT", "tracepoint")]
    last = after[-1]
    if last.state != "TIME-WAIT" and last.ended > waiting[-1].ended:  # a RST, or a new connection, ended it
        found.append(_entry(last.ended, "CLOSED", "proc"))
    return found


def names(states):
    return [entry["state"] for entry in states]


def _begin(states):
    return next(entry["time"] for entry in states if entry["state"] != "LISTEN")


def _met(states):
    """When the socket met another one, or None."""
    return next((entry["time"] for entry in states if entry["state"] in MEETING), None)


def incarnations(ones, others):
    """Pairs the lives at the two ends: (life or None, life or None), in the order in which they began."""
    pairs = []
    free = [list(ones), list(others)]
    meeting = sorted(((_met(states), side, states) for side in (0, 1) for states in free[side]
                      if _met(states) is not None), key=lambda item: item[:2])
    for met, side, states in meeting:
        if not any(states is life for life in free[side]):
            continue  # paired from the other end
        free[side] = [life for life in free[side] if life is not states]
        partners = [life for life in free[1 - side] if _begin(life) < met or _met(life)]
        partner = _closest(partners, met)
        free[1 - side] = [life for life in free[1 - side] if life is not partner]
        pairs.append((states, partner) if side == 0 else (partner, states))
    pairs += [(states, None) for states in free[0]] + [(None, states) for states in free[1]]
    return sorted(pairs, key=lambda pair: min(_begin(states) for states in pair if states))


def _closest(lives, met):
    """The last of those that began before a peer's socket met somebody; else the first."""
    before = [states for states in lives if _begin(states) < met]
    return before[-1] if before else (lives[0] if lives else None)


def _follows(states, first, second):
    return any(pair == (first, second) for pair in zip(states, states[1:]))


def verdict_open(histories, errors=(), raw=None):
    """`histories`: state names by endpoint; one endpoint means a socket connected to itself.

    `raw`: an endpoint without a socket, where a program makes segments by hand, and only to answer."""
    lists = [states for endpoint, states in histories.items() if endpoint != raw]
    established = all("ESTABLISHED" in states for states in lists)
    if raw and established:
        return "Split handshake" if _follows(lists[0], "SYN-SENT", "SYN-RECEIVED") else "Three-way"
    if len(lists) == 1:
        return "Self-connect" if _follows(lists[0], "SYN-SENT", "SYN-RECEIVED") else _unopened(errors)
    active = [states for states in lists if "SYN-SENT" in states]
    crossed = [states for states in active if _follows(states, "SYN-SENT", "SYN-RECEIVED")]
    # Both ends called connect(). If the SYN of one was lost, the other did not see it cross, and yet
    # nothing but the crossing takes a socket from SYN-SENT to SYN-RECEIVED.
    if len(active) == 2 and crossed and established:
        return "Simultaneous"
    if len(active) == 1 and established:
        return "Three-way"
    return _unopened(errors)


def _unopened(errors):
    if "connect: ECONNREFUSED" in errors:
        return "Refused"
    return "Incomplete"


def _was_reset(states):
    """CLOSED straight from a state that only a RST, sent or received, leaves that way."""
    alive = ("SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING")
    return any(_follows(states, state, "CLOSED") for state in alive)


def verdict_close(histories, errors=(), raw=None):
    lists = [states for endpoint, states in histories.items() if endpoint != raw]
    if any(_was_reset(states) for states in lists) or "connect: ECONNREFUSED" in errors:
        return "Reset"
    started = [states for states in lists if "FIN-WAIT-1" in states]
    passive = [states for states in lists if "CLOSE-WAIT" in states]
    finished = [states for states in lists if "TIME-WAIT" in states or "LAST-ACK" in states]
    if not started and not (raw and passive):
        return "Open"
    if raw and finished:
        return "Simultaneous" if "CLOSING" in lists[0] else "Orderly"
    if len(started) == len(lists) and not passive and not raw:
        return "Simultaneous"
    if len(finished) == len(lists):
        return "Orderly"
    return "Half-closed"


def time_wait(histories):
    """The endpoints that were in TIME-WAIT."""
    return [endpoint for endpoint, states in histories.items() if "TIME-WAIT" in states]


def _incarnation(details, errors, raw):
    histories = {endpoint: names(states) for endpoint, states in details.items()}
    all_errors = [error for some in errors.values() for error in some]
    return {
        "endpoints": details,
        "errors": errors,
        "open": verdict_open(histories, all_errors, raw),
        "close": verdict_close(histories, all_errors, raw),
        "time_wait": time_wait(histories),
    }


def _errors_of_lives(errors, lives):
    """For each life the errors that its calls gave. `errors`: (time, text); `lives`: of one endpoint, or None."""
    found = [[] for _ in lives]
    begins = [(_begin(states), number) for number, states in enumerate(lives) if states]
    for time, text in errors:
        before = [item for item in begins if item[0] <= time] or begins[:1] or [(0, 0)]
        found[max(before)[1]].append(text)
    return found


def build(endpoints, transitions, sightings, errors, raw=None):
    """The part of the truth file that the kernels told.

    `endpoints`: one, or two; `errors`: by endpoint, (time, text). One incarnation is told as such, several
    in a list under "connections"."""
    local, remote = endpoints[0], endpoints[-1]
    lives = [sockets(local, remote, transitions, sightings), sockets(remote, local, transitions, sightings)]
    if len(endpoints) == 1:
        pairs = [(states,) for states in lives[0]]
    else:
        pairs = incarnations(*lives)
    pairs = pairs or [(None,) * len(endpoints)]
    told = []
    by_life = [_errors_of_lives(errors[endpoint], [pair[side] for pair in pairs])
               for side, endpoint in enumerate(endpoints)]
    for number, pair in enumerate(pairs):
        details = {endpoint: pair[side] or _listened(endpoint, transitions, pair)
                   for side, endpoint in enumerate(endpoints)}
        told.append(_incarnation(details, {endpoint: by_life[side][number]
                                           for side, endpoint in enumerate(endpoints)}, raw))
    return told[0] if len(told) == 1 else {"connections": told}


def _listened(endpoint, transitions, pair):
    """The history of an endpoint that took no part: [], or its LISTEN if somebody listened there then."""
    ended = min((states[-1]["time"] for states in pair if states), default=float("inf"))
    last = [step for step in transitions if step.local == endpoint and "LISTEN" in (step.old, step.new)
            and step.old != step.new and step.new in ("LISTEN", "CLOSED") and step.time < ended][-1:]
    return [_entry(step.time, "LISTEN", "tracepoint") for step in last if step.new == "LISTEN"]
