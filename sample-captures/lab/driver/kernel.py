# SPDX-License-Identifier: GPL-2.0-or-later
"""What the kernel itself says about the states of its TCP sockets.

Two sources. The tracepoint sock:inet_sock_set_state tells of every transition of
a socket, with its time, but TIME-WAIT it calls CLOSE: the socket is closed, and
a small "time-wait bucket" takes its place. /proc/net/tcp shows those, so it is
read every few milliseconds. Times are seconds of CLOCK_REALTIME, like those of
the captures; those from /proc are late by up to one reading and the pause before it.
"""

import ipaddress
import os
import re
import subprocess
import sys
import threading
import time
from collections import namedtuple

from network import Missing

INSTANCE = "simtcp-lab"
POLL_INTERVAL = 0.004

# The names that RFC 9293 gives the states, by the kernel's number in /proc/net/tcp and name in the tracepoint.
STATES = {
    1: "ESTABLISHED", 2: "SYN-SENT", 3: "SYN-RECEIVED", 4: "FIN-WAIT-1", 5: "FIN-WAIT-2", 6: "TIME-WAIT",
    7: "CLOSED", 8: "CLOSE-WAIT", 9: "LAST-ACK", 10: "LISTEN", 11: "CLOSING", 12: "SYN-RECEIVED",
}
TRACE_STATES = {
    "TCP_ESTABLISHED": 1, "TCP_SYN_SENT": 2, "TCP_SYN_RECV": 3, "TCP_FIN_WAIT1": 4, "TCP_FIN_WAIT2": 5,
    "TCP_TIME_WAIT": 6, "TCP_CLOSE": 7, "TCP_CLOSE_WAIT": 8, "TCP_LAST_ACK": 9, "TCP_LISTEN": 10,
    "TCP_CLOSING": 11, "TCP_NEW_SYN_RECV": 12,
}

Transition = namedtuple("Transition", "time local remote old new")
# A state first seen in /proc/net/tcp by a reading that began and ended at these times; CLOSED: no longer there.
Sighting = namedtuple("Sighting", "began ended local remote state")


def endpoint(address, port):
    """10.22.5.3:1982 or [2001:db8::1]:1982"""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def find_tracefs():
    """The folder of tracefs. Mounts it if it is not mounted (in a private mount namespace: see run.sh)."""
    for folder in ("/sys/kernel/tracing", "/sys/kernel/debug/tracing"):
        if os.path.exists(folder + "/instances"):
            return folder
    folder = "/sys/kernel/tracing"
    if not os.path.isdir(folder):
        raise Missing("this kernel has no tracefs (CONFIG_FTRACE, CONFIG_EVENT_TRACING)")
    done = subprocess.run(["mount", "-t", "tracefs", "tracefs", folder], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing("cannot mount tracefs: " + done.stderr.strip())
    print(f"lab: mounted tracefs on {folder} for this run, visible to the lab alone")
    return folder


def realtime_minus_monotonic():
    """Seconds between the two clocks, from the closest of a few pairs of readings."""
    pairs = []
    for _ in range(20):
        before = time.monotonic_ns()
        real = time.time_ns()
        after = time.monotonic_ns()
        pairs.append((after - before, real - (before + after) // 2))
    return min(pairs)[1]


class Tracer:
    """Records the tracepoint in a trace instance of the lab's own; nobody else's tracing is touched."""

    EVENT = "events/sock/inet_sock_set_state/enable"
    LINE = re.compile(
        r"\s(?P<seconds>\d+)\.(?P<micro>\d{6}): inet_sock_set_state: family=(?P<family>\S+) protocol=IPPROTO_TCP "
        r"sport=(?P<sport>\d+) dport=(?P<dport>\d+) saddr=(?P<saddr>\S+) daddr=(?P<daddr>\S+) "
        r"saddrv6=(?P<saddrv6>\S+) daddrv6=(?P<daddrv6>\S+) oldstate=(?P<old>\S+) newstate=(?P<new>\S+)")

    def __init__(self):
        self.folder = find_tracefs() + "/instances/" + INSTANCE

    def start(self):
        self.close()  # one may be left from a run that was killed
        os.mkdir(self.folder)
        if not os.path.exists(f"{self.folder}/{self.EVENT}"):
            raise Missing("this kernel has no tracepoint sock:inet_sock_set_state (Linux 4.16 and later have)")
        self._write("trace_clock", "mono")
        self._write(self.EVENT, "1")

    def _write(self, name, value):
        with open(f"{self.folder}/{name}", "w", encoding="ascii") as file:
            file.write(value)

    def stop(self):
        """Stops recording. Returns all transitions of TCP sockets on this machine, in order of time."""
        self._write(self.EVENT, "0")
        offset = realtime_minus_monotonic()
        with open(self.folder + "/trace", encoding="utf-8") as file:
            return parse_trace(file, offset)

    def close(self):
        if os.path.isdir(self.folder):
            os.rmdir(self.folder)


def parse_trace(lines, offset_ns):
    transitions = []
    for line in lines:
        match = Tracer.LINE.search(line)
        if match:
            version = "v6" if match["family"] == "AF_INET6" else ""
            monotonic = int(match["seconds"]) * 10**9 + int(match["micro"]) * 1000
            transitions.append(Transition(
                round((monotonic + offset_ns) / 1e9, 6),
                endpoint(match["saddr" + version], match["sport"]),
                endpoint(match["daddr" + version], match["dport"]),
                STATES[TRACE_STATES[match["old"]]], STATES[TRACE_STATES[match["new"]]]))
    return transitions


def parse_proc_address(text):
    """0305160A:07BE, as /proc/net/tcp writes it: 32-bit words in host order, then the port."""
    words, port = text.split(":")
    raw = b"".join(int(words[i:i + 8], 16).to_bytes(4, "little") for i in range(0, len(words), 8))
    if sys.byteorder == "big":
        raw = bytes.fromhex(words)
    return endpoint(str(ipaddress.ip_address(raw)), int(port, 16))


class Poller(threading.Thread):
    """Reads /proc/net/tcp and tcp6 of some namespaces over and over, and notes each new state it sees."""

    GONE = "07"  # CLOSED, which /proc/net/tcp never shows

    def __init__(self, namespaces):
        super().__init__(daemon=True)
        self.files = [f"/proc/{namespace.pid}/net/{name}" for namespace in namespaces for name in ("tcp", "tcp6")]
        self.files = [name for name in self.files if os.path.exists(name)]
        self.sightings = []
        self._last = {}
        self._done = threading.Event()

    def run(self):
        while not self._done.wait(POLL_INTERVAL):
            for name in self.files:
                self._read(name)

    def _note(self, began, key, state):
        self._last[key] = state
        _, local, remote = key
        self.sightings.append(Sighting(began, time.time(), parse_proc_address(local), parse_proc_address(remote),
                                       STATES[int(state, 16)]))

    def _read(self, name):
        began = time.time()
        try:
            with open(name, encoding="ascii") as file:
                lines = file.readlines()[1:]
        except OSError:
            return  # the namespace has just ended
        there = {}
        for line in lines:
            _, local, remote, state = line.split()[:4]
            there[name, local, remote] = state
        for key, state in there.items():
            if self._last.get(key) != state:
                self._note(began, key, state)
        for key, state in self._last.items():
            if key[0] == name and key not in there and state != self.GONE:
                self._note(began, key, self.GONE)

    def stop(self):
        self._done.set()
        self.join()
        return self.sightings
