# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a scenario: a text file that says what two hosts and the wire do, and when.

    title    One line for people
    network  wire | loopback            (wire: hosts A and B; loopback: host A alone)
    A        10.22.5.3:1982             the endpoint of host A
    B        10.16.56.8:1981            the endpoint of host B
    delay    0.02                       seconds on each half of the path, or HALF=SECONDS
    rule     drop m>b fin               see lab-wire
    sysctl   A net.ipv4.tcp_sack=0
    expect   open Simultaneous          what the kernels are to report, else the run fails
    0.10     A connect $B               a step of a host (see lab-host) ...
    0.40     wire resume                ... or of the wire
    +        A write hello              at once after this host's step before

`#` at the start of a line begins a comment. $A and $B stand for the endpoints.
"""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

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
    expected: dict = field(default_factory=dict)    # "open" -> "Simultaneous"
    steps: dict = field(default_factory=dict)       # "A", "B" or "wire" -> ["0.1 connect ..."]

    @property
    def hosts(self):
        return sorted(self.endpoints)

    @property
    def capture_points(self):
        return ["loopback"] if self.network == "loopback" else ["middle", "A", "B"]

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
    elif word == "expect":
        what, value = rest.split(maxsplit=1)
        scenario.expected[what] = value
    elif word == "+" or float(word) >= 0:
        actor, step = rest.split(maxsplit=1)
        scenario.steps.setdefault(actor, []).append(f"{word} {step}")
    else:
        raise ValueError("a time before the start")


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
    for actor in scenario.steps:
        if actor not in actors:
            raise ScenarioError(f"{scenario.name}: no such host: {actor}")
    if not scenario.title:
        raise ScenarioError(f"{scenario.name}: needs a title")
