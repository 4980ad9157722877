# SPDX-License-Identifier: GPL-2.0-or-later
"""Tells a scenario while it happens: what was just done, and the sockets of the hosts as netstat shows them."""

import textwrap
import time

from kernel import parse_proc_address

# The names that netstat gives the states, by the kernel's number in /proc/net/tcp.
STATES = {1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT", 7: "CLOSE",
          8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "SYN_RECV"}
ROW = "    {:<6}{:>6} {:>6} {:<24}{:<24}{}"
WIDTH = 96


def netstat(namespace):
    """The TCP sockets of a namespace, a line each, as `netstat -tan` prints them."""
    rows = []
    for name in ("tcp", "tcp6"):
        try:
            with open(f"/proc/{namespace.pid}/net/{name}", encoding="ascii") as file:
                lines = file.readlines()[1:]
        except OSError:
            continue
        for line in lines:
            _, local, remote, state, queues = line.split()[:5]
            sending, receiving = (int(number, 16) for number in queues.split(":"))
            rows.append(ROW.format(name, receiving, sending, parse_proc_address(local), parse_proc_address(remote),
                                   STATES[int(state, 16)]))
    return rows


class Narrator:
    def __init__(self, scenario):
        self.scenario = scenario
        print(scenario.title + "\n", flush=True)

    def follow(self, beginning, looks, namespaces):
        """Shows each look at its time after the beginning (CLOCK_MONOTONIC)."""
        hosts = [namespaces[name] for name in self.scenario.hosts]
        for at, text in sorted(looks):
            time.sleep(max(0, beginning + at - time.monotonic()))
            tables = [(host.name, netstat(host)) for host in hosts]  # at once, before the printing
            print(textwrap.fill(f"{at:5.2f} s  {text}", WIDTH, subsequent_indent=" " * 9))
            for name, rows in tables:
                print(f"\n  host {name}$ netstat -tan\n"
                      + ROW.format("Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State"))
                for row in rows:
                    print(row)
            print(flush=True)

    def end(self, connections):
        """What the kernels said of themselves, in the end; nothing if they could not be asked."""
        if not connections:
            return
        print("What the kernels' own tracepoints told meanwhile:\n")
        for told in connections:
            for endpoint, history in told["endpoints"].items():
                path = " > ".join(entry["state"] for entry in history) or "no socket"
                print(textwrap.fill(f"{endpoint:<22}{path}", WIDTH, initial_indent="    ", subsequent_indent=" " * 26,
                                    break_on_hyphens=False))
            holders = " and ".join(told["time_wait"]) or "nobody"
            print(f"    so: open {told['open']}, close {told['close']}, TIME-WAIT at {holders}\n", flush=True)
