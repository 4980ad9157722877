# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a scenario: a text file that says what two hosts and the wire do, and when.

    title    One line for people
    network  wire | loopback            (wire: hosts A and B; loopback: host A alone)
    A        10.22.5.3:1982             the endpoint of host A
    B        10.16.56.8:1981            the endpoint of host B
    delay    0.02                       seconds on each half of the path, or HALF=SECONDS
    rule     drop m>b fin               see lab-wire
    sysctl   A net.ipv4.tcp_sack=0
    firewall B                          host B lets in only what belongs to connections that it began
    raw      B                          no socket at B: a program makes its segments (see raw_peer.py)
    points   middle A                   where what is recorded is kept (default: middle)
    expect   open Simultaneous          what the kernels are to report, else the run fails
    visible  B open Three-way | Unknown where segments show less than that: what may be said of them,
                                        here of those recorded at B (default: everywhere)
    0.10     A connect $B               a step of a host (see lab-host) ...
    0.40     wire resume                ... or of the wire
    +        A write hello              at once after this host's step before
    0.20     look Both are in SYN-SENT  --narrate says this and shows the sockets of all hosts

`#` at the start of a line begins a comment. $A and $B stand for the endpoints. If there
are several incarnations of the connection, `expect 1 open Three-way` and `visible 1 open ...`
are about the second one, in the order in which they began.
"""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

POINTS = ("middle", "A", "B", "loopback")
FOLDER = Path(__file__).resolve().parent.parent / "scenarios"


class ScenarioError(Exception):
    """The scenario cannot be read; the text says why and where."""


@dataclass
class Scenario:
    name: str
    title: str = ""
    network: str = "wire"
    endpoints: dict = field(default_factory=dict)   # "A" -> "10.22.5.3:1982"
    delays: list = field(default_factory=list)
    rules: list = field(default_factory=list)
    sysctls: list = field(default_factory=list)     # (host, "name=value")
    firewalls: list = field(default_factory=list)   # hosts
    raw: str = ""                                   # a host, or none
    points: list = field(default_factory=list)      # "middle", "A", "B" or "loopback"
    expected: list = field(default_factory=list)    # for each incarnation: "open" -> "Simultaneous"
    visible: list = field(default_factory=list)     # (point or "", incarnation, "open", ["Unknown"])
    steps: dict = field(default_factory=dict)       # "A", "B" or "wire" -> ["0.1 connect ..."]
    looks: list = field(default_factory=list)       # (0.2, "Both are in SYN-SENT")

    @property
    def hosts(self):
        return sorted(self.endpoints)

    @property
    def capture_points(self):
        return ["loopback"] if self.network == "loopback" else ["middle", "A", "B"]

    def value(self, what, text):
        """What the truth file has for "Simultaneous" or, of time_wait, for "A B" or "nobody"."""
        if what != "time_wait":
            return text
        return [] if text == "nobody" else [self.endpoints[host] for host in text.split()]

    def visible_at(self, point, number):
        """The values that segments recorded at this point leave open, where they differ from the expected one."""
        return {what: [self.value(what, text) for text in texts]
                for where, which, what, texts in self.visible if where in ("", point) and which == number}

    @property
    def last_step(self):
        """When the last step with a time of its own begins."""
        words = [step.split()[0] for steps in self.steps.values() for step in steps]
        return max((float(word) for word in words if word != "+"), default=0)

    def stays(self, host):
        """Whether the host's last step is to keep its sockets open beyond the end of the recording."""
        return self.steps.get(host, [""])[-1].split()[1:] == ["stay"]

    def address(self, host):
        """The endpoint without its port and brackets."""
        return self.endpoints[host].rpartition(":")[0].strip("[]")


def names():
    return sorted(path.stem for path in FOLDER.glob("*.lab"))


def load(name):
    path = FOLDER / f"{name}.lab"
    if not path.is_file():
        raise ScenarioError(f"no scenario {name}; there are: {', '.join(names())}")
    return parse(name, path.read_text(encoding="utf-8"))


def parse(name, text):
    scenario = Scenario(name)
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                _parse_line(scenario, *line.split(maxsplit=1))
            except (TypeError, ValueError) as error:
                raise ScenarioError(f"{name}, line {number}: {error}: {line}") from error
    scenario.points = scenario.points or scenario.capture_points[:1]
    _check(scenario)
    for actor, steps in scenario.steps.items():
        scenario.steps[actor] = [_replace(step, scenario.endpoints) for step in steps]
    return scenario


def _replace(step, endpoints):
    for host, endpoint in endpoints.items():
        step = step.replace("$" + host, endpoint)
    return step


def _parse_line(scenario, word, rest=""):
    if word == "title":
        scenario.title = rest
    elif word == "network":
        scenario.network = rest
    elif word in ("A", "B"):
        address, colon, port = rest.rpartition(":")
        ipaddress.ip_address(address.strip("[]"))
        if not colon or not port.isdigit():
            raise ValueError("not an endpoint")
        scenario.endpoints[word] = rest
    elif word == "delay":
        scenario.delays.append(rest)
    elif word == "rule":
        scenario.rules.append(rest)
    elif word == "sysctl":
        host, setting = rest.split()
        scenario.sysctls.append((host, setting))
    elif word == "firewall":
        scenario.firewalls.append(rest)
    elif word == "raw":
        scenario.raw = rest
    elif word == "points":
        scenario.points = rest.split()
    elif word == "expect":
        number, rest = _number(rest)
        what, value = rest.split(maxsplit=1)
        while len(scenario.expected) <= number:
            scenario.expected.append({})
        scenario.expected[number][what] = value
    elif word == "visible":
        point, _, after = rest.partition(" ")
        point, rest = (point, after.strip()) if point in POINTS else ("", rest)
        number, rest = _number(rest)
        what, values = rest.split(maxsplit=1)
        scenario.visible.append((point, number, what, [value.strip() for value in values.split("|")]))
    elif rest.startswith("look "):
        scenario.looks.append((float(word), rest.split(maxsplit=1)[1]))
    elif word == "+" or float(word) >= 0:
        actor, step = rest.split(maxsplit=1)
        scenario.steps.setdefault(actor, []).append(f"{word} {step}")
    else:
        raise ValueError("a time before the start")


def _number(rest):
    """Cuts the number of an incarnation, 0 if there is none, off the front."""
    first, _, after = rest.partition(" ")
    return (int(first), after.strip()) if first.isdigit() else (0, rest)


def _check(scenario):
    actors = set(scenario.endpoints)
    if scenario.network == "wire":
        actors.add("wire")
        wanted = {"A", "B"}
    elif scenario.network == "loopback":
        wanted = {"A"}
    else:
        raise ScenarioError(f"{scenario.name}: no such network: {scenario.network}")
    if set(scenario.endpoints) != wanted:
        raise ScenarioError(f"{scenario.name}: needs the endpoints {', '.join(sorted(wanted))}")
    for actor in [*scenario.steps, *scenario.firewalls, *filter(None, [scenario.raw])]:
        if actor not in actors:
            raise ScenarioError(f"{scenario.name}: no such host: {actor}")
    for point in scenario.points:
        if point not in scenario.capture_points:
            raise ScenarioError(f"{scenario.name}: nothing is recorded at {point}")
    if not scenario.title:
        raise ScenarioError(f"{scenario.name}: needs a title")
