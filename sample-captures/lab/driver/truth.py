# SPDX-License-Identifier: GPL-2.0-or-later
"""From what the kernels said to the truth about a connection. No segment is looked at.

The history of an endpoint is the list of states its kernel went through. What
the tracepoint calls CLOSE is TIME-WAIT if /proc/net/tcp showed TIME-WAIT after it.
The strings are those of the plugin's fields simtcp.open, simtcp.close and
simtcp.src.state.
"""


def history(endpoint, peer, transitions, sightings):
    """The states of `endpoint` in its connection with `peer`: a list of {time, state, source}."""
    seen = [sighting for sighting in sightings if (sighting.local, sighting.remote) == (endpoint, peer)]
    states = []
    for step in transitions:
        if step.local != endpoint or step.old == step.new:  # close() in CLOSING reports CLOSING again
            continue
        if step.new == "LISTEN":
            states.append(_entry(step.time, "LISTEN", "tracepoint"))
        elif step.remote == peer and step.new == "CLOSED":
            states.append(_closed_or_time_wait(step, seen))
        elif step.remote == peer and not (step.old == "LISTEN" and _requested(seen)):
            states.append(_entry(step.time, step.new, "tracepoint"))
    if "LISTEN" in names(states):
        states += _requested(seen)
    return sorted(states, key=lambda entry: entry["time"])


def _requested(seen):
    """A listener's SYN-RECEIVED: the tracepoint tells of it only when the ACK comes and makes it a socket."""
    found = [_entry(sighting.ended, "SYN-RECEIVED", "proc") for sighting in seen if sighting.state == "SYN-RECEIVED"]
    return found[:1]


def _entry(time, state, source):
    return {"time": round(time, 6), "state": state, "source": source}


def _closed_or_time_wait(step, sightings):
    after = [sighting for sighting in sightings if sighting.ended >= step.time]
    waiting = [sighting for sighting in after if sighting.state == "TIME-WAIT"]
    if not waiting:
        return _entry(step.time, "CLOSED", "tracepoint")
    # A socket that was closed before the peer's FIN came: its bucket waits for that FIN first.
    if any(sighting.state == "FIN-WAIT-2" and sighting.began > step.time for sighting in after):
        return _entry(waiting[0].ended, "TIME-WAIT", "proc")
    return _entry(step.time, "TIME-WAIT", "tracepoint")


def names(states):
    return [entry["state"] for entry in states]


def _follows(states, first, second):
    return any(pair == (first, second) for pair in zip(states, states[1:]))


def verdict_open(histories, errors=()):
    """`histories`: state names by endpoint; one endpoint means a socket connected to itself."""
    lists = list(histories.values())
    established = all("ESTABLISHED" in states for states in lists)
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


def verdict_close(histories, errors=()):
    lists = list(histories.values())
    if any(_was_reset(states) for states in lists) or "connect: ECONNREFUSED" in errors:
        return "Reset"
    started = [states for states in lists if "FIN-WAIT-1" in states]
    passive = [states for states in lists if "CLOSE-WAIT" in states]
    finished = [states for states in lists if "TIME-WAIT" in states or "LAST-ACK" in states]
    if not started:
        return "Open"
    if len(started) == len(lists) and not passive:
        return "Simultaneous"
    if len(finished) == len(lists):
        return "Orderly"
    return "Half-closed"


def time_wait(histories):
    """The endpoints that were in TIME-WAIT."""
    return [endpoint for endpoint, states in histories.items() if "TIME-WAIT" in states]


def build(endpoints, transitions, sightings, errors):
    """The part of the truth file that the kernels told. `endpoints`: one, or two; `errors`: by endpoint."""
    pairs = [(endpoints[0], endpoints[-1]), (endpoints[-1], endpoints[0])][:len(endpoints)]
    detailed = {local: history(local, remote, transitions, sightings) for local, remote in pairs}
    histories = {local: names(states) for local, states in detailed.items()}
    all_errors = [error for some in errors.values() for error in some]
    return {
        "endpoints": detailed,
        "errors": errors,
        "open": verdict_open(histories, all_errors),
        "close": verdict_close(histories, all_errors),
        "time_wait": time_wait(histories),
    }
