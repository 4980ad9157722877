# SPDX-License-Identifier: GPL-2.0-or-later
"""The driver of the lab: makes the network, runs the programs, collects capture and truth, removes it all."""

import argparse
import contextlib
import fcntl
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kernel
import narrative
import network
import scenario as scenarios
import truth
from network import LabError, Missing

HERE = Path(__file__).resolve().parent.parent
LOCK = "/run/lock/simtcp-lab.lock"
LOCK_WAIT = 60     # seconds
START_AFTER = 0.7  # seconds from making the programs' command lines to their common start
LIMIT = 20         # seconds a scenario may take
SETTLE = 0.35      # seconds for the last segments to arrive, and for TIME-WAIT to be seen

EXIT_MISSING = 77  # as test drivers understand it: not a failure, it cannot be done here
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NUMBERS = {"A": 1, "B": 2}  # the last byte of the hosts' hardware addresses
PLACES = {
    "middle": "the middle of the path between the hosts",
    "A": "the network device of host A",
    "B": "the network device of host B",
    "loopback": "the loopback device",
}


def kernel_version():
    """The kernel's number, without what a distribution or a machine adds to it."""
    return re.match(r"[\d.]*\d", platform.release()).group()


class Interrupted(Exception):
    """Somebody asked for an end, with Ctrl-C or a signal."""


def find_tools():
    """The folder with lab-host, lab-wire and lab-record."""
    places = [os.environ["SIMTCP_TOOLS"]] if "SIMTCP_TOOLS" in os.environ else [
        HERE.parent.parent / "build" / "tools", HERE / "build" / "tools"]
    for place in places:
        if os.access(Path(place) / "lab-host", os.X_OK):
            return Path(place).resolve()
    raise Missing("the programs are not built; try: cmake -S sample-captures/lab -B build && cmake --build build, "
                   "and set SIMTCP_TOOLS to the folder build/tools if that is elsewhere")


def check_requirements():
    if platform.system() != "Linux":
        raise Missing("needs Linux")
    if os.geteuid() != 0:
        raise Missing("needs root: it makes network namespaces, packet sockets and reads the kernel's tracepoints")
    missing = [name for name in ("ip", "ethtool", "unshare", "nsenter", "mount") if shutil.which(name) is None]
    if missing:
        raise Missing("these programs are missing (Debian: iproute2, ethtool, util-linux): " + ", ".join(missing))


@contextlib.contextmanager
def only_one_lab():
    """Labs wait for each other: they use the same addresses, and the tracepoint does not tell namespaces apart."""
    os.makedirs(os.path.dirname(LOCK), exist_ok=True)
    with open(LOCK, "w", encoding="ascii") as file:
        until = time.monotonic() + LOCK_WAIT
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise LabError("another run of the lab has not ended in a minute") from None
                time.sleep(0.05)
        yield


class Run:
    """One run of one scenario. Everything it makes goes on `stack`, which unmakes it in reverse order."""

    def __init__(self, scenario, tools, folder, stack, say, narrator=None):
        self.scenario = scenario
        self.narrator = narrator
        self.tools = tools
        self.folder = Path(folder)
        self.stack = stack
        self.say = say
        self.namespaces = {}
        self.recorders = []
        self.firewalls = {}  # "B" -> "nftables"

    def namespace(self, name):
        made = network.Namespace(name)
        self.stack.callback(made.close)
        self.say(f"namespace {name}: inode {made.inode()}, look around with: nsenter -t {made.pid} -n")
        network.quiet(made)
        self.namespaces[name] = made
        return made

    def build_network(self):
        s = self.scenario
        hosts = {name: self.namespace(name) for name in s.hosts}
        if s.network == "loopback":
            hosts["A"].run("ip", "link", "set", "dev", "lo", "up")
        else:
            middle = self.namespace("M")
            for name, host in hosts.items():
                network.connect_host(host, NUMBERS[name], middle, "to-" + name.lower())
            for name, peer in (("A", "B"), ("B", "A")):
                if name != s.raw:  # there the kernel must not answer
                    network.address_host(hosts[name], s.address(name), s.address(peer), NUMBERS[peer])
        for name, setting in s.sysctls:
            hosts[name].sysctl(setting)
        for name in s.firewalls:
            self.firewalls[name] = self.firewall(hosts[name])

    def firewall(self, host):
        """What keeps out what the host did not ask for: the kernel if it can, else the wire."""
        try:
            network.add_firewall(host)
            return "nftables"
        except Missing as error:
            print(f"lab: {error}; the wire stands in for the firewall of host {host.name}")
            return "wire"

    def start(self, where, program, *words):
        process = network.spawn(self.namespaces[where].command(str(self.tools / program), *words),
                                stdout=subprocess.PIPE)
        self.stack.callback(network.end, process, signal.SIGTERM)
        return process

    def start_recorder(self, where, program, *words):
        process = self.start(where, program, *words)
        if process.stdout.readline() != "ready\n":
            raise LabError(f"{program} did not start")
        self.recorders.append(process)

    def comment(self, point):
        s = self.scenario
        version = kernel_version()
        text = f"{s.title}. Recorded at {PLACES[point]}; real Linux {version} kernels; scenario {s.name}."
        if s.network == "loopback":
            text += " The loopback device computes no TCP checksums: they are partial in this file."
        return text

    def start_recorders(self, start):
        s = self.scenario
        if s.network == "loopback":
            self.start_recorder("A", "lab-record", "lo", self.capture("loopback"), "loopback", self.comment("loopback"))
            return
        for host in s.hosts:
            self.start_recorder(host, "lab-record", "eth0", self.capture(host), f"host {host}", self.comment(host))
        words = ["--a", "to-a", "--b", "to-b", "--record", self.capture("middle"),
                 "--comment", self.comment("middle"), "--start", start]
        for delay in s.delays:
            words += ["--delay", delay]
        for rule in s.rules:
            words += ["--rule", rule]
        for name, how in self.firewalls.items():
            if how == "wire":
                words += ["--firewall", name.lower()]
        self.start_recorder("M", "lab-wire", *words, *s.steps.get("wire", []))

    def capture(self, point):
        return str(self.folder / f"{point}.pcapng")

    def start_host(self, name, start):
        s = self.scenario
        if name != s.raw:
            return self.start(name, "lab-host", "--limit", str(LIMIT), "--start", start, *s.steps[name])
        (peer,) = set(s.hosts) - {name}
        process = network.spawn(self.namespaces[name].command(
            sys.executable, "-B", str(HERE / "driver" / "raw_peer.py"), "eth0", network.hardware_address(NUMBERS[name]),
            network.hardware_address(NUMBERS[peer]), s.endpoints[name], s.endpoints[peer], str(LIMIT), start,
            *s.steps[name]), stdout=subprocess.PIPE)
        self.stack.callback(network.end, process, signal.SIGTERM)
        return process

    def play(self):
        """Runs the hosts to their end. Returns the errors that their calls gave, by endpoint."""
        s = self.scenario
        beginning = time.monotonic() + START_AFTER
        start = f"{beginning:.6f}"
        self.start_recorders(start)
        hosts = {name: self.start_host(name, start) for name in s.hosts if name in s.steps}
        if time.monotonic() > beginning:
            raise LabError("this machine is too busy: the programs were not ready in time; try again")
        if self.narrator:
            self.narrator.follow(beginning, s.looks, self.namespaces)
        time.sleep(max(0, beginning + s.last_step - time.monotonic()))
        # One that stays keeps its sockets; it is ended with all the rest, after the recorders.
        reports = {name: process.communicate(timeout=LIMIT + 5)[0] for name, process in hosts.items()
                   if not s.stays(name)}
        for name, process in hosts.items():
            self.say(f"host {name}:\n{reports.get(name, 'stays')}".rstrip())
            if process.poll() != (None if s.stays(name) else 0):
                raise LabError(f"host {name} did not do as the scenario says (status {process.returncode})")
        return {s.endpoints[name]: [] if name == s.raw else errors_of(reports.get(name, "")) for name in s.hosts}

    def stop_recorders(self):
        for process in self.recorders:
            if network.end(process, signal.SIGTERM) != 0:
                raise LabError("a recorder failed")

    def start_tracer(self):
        try:
            tracer = kernel.Tracer()
            self.stack.callback(tracer.close)
            tracer.start()
            return tracer
        except Missing as error:
            print(f"lab: {error}: there are recordings, but no truth to check them against")
            return None

    def whole(self):
        """Returns the truth, or None if this kernel does not tell it; the captures are in the folder."""
        self.build_network()
        tracer = self.start_tracer()
        poller = kernel.Poller([self.namespaces[name] for name in self.scenario.hosts])
        poller.start()
        self.stack.callback(poller.stop)
        errors = self.play()
        time.sleep(SETTLE)
        self.stop_recorders()
        if tracer is None:
            return None
        endpoints = [self.scenario.endpoints[name] for name in self.scenario.hosts]
        raw = self.scenario.endpoints.get(self.scenario.raw)
        return truth.build(endpoints, tracer.stop(), poller.stop(), errors, raw)


def errors_of(report):
    """[(1795358668.7, "connect: ECONNREFUSED")] from what lab-host printed."""
    words = [line.split() for line in report.splitlines()]
    return [(float(when), f"{verb}: {result}") for when, verb, result, _ in words if result != "ok"]


def connections(found):
    """The incarnations that a truth file tells of."""
    return found.get("connections", [found]) if found else []


def check_expected(scenario, found):
    told = connections(found)
    if len(told) != len(scenario.expected):
        return [f"expected {len(scenario.expected)} incarnations, the kernels say {len(told)}: "
                + "; ".join(summary(one) for one in told)]
    wrong = []
    for number, (expected, got) in enumerate(zip(scenario.expected, told)):
        for what, text in expected.items():
            if got[what] != scenario.value(what, text):
                wrong.append(f"incarnation {number}, {what}: expected {text}, the kernels say {got[what]}")
    return wrong


def summary(told):
    return f"open {told['open']}, close {told['close']}, TIME-WAIT at {', '.join(told['time_wait']) or 'nobody'}"


def with_visible(scenario, point, found):
    """The truth file's part about the connections, for segments that were recorded at `point`."""
    told = []
    for number, one in enumerate(connections(found)):
        visible = scenario.visible_at(point, number)
        told.append({**one, "visible": visible} if visible else one)
    return {"connections": told} if "connections" in found else told[0]


def file_name(scenario, point):
    return scenario.name + (f"-at-{point.lower()}" if point in NUMBERS else "")


def give_to_caller(path):
    """Under sudo the files belong to whoever called it."""
    if "SUDO_UID" in os.environ and "SUDO_GID" in os.environ:
        os.chown(path, int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"]))


def save(scenario, found, firewalls, folder, target, every_point, say):
    points = scenario.capture_points if every_point else scenario.points
    for point in points:
        capture = target / (file_name(scenario, point) + ".pcapng")
        told = target / (file_name(scenario, point) + ".truth.json")
        shutil.copyfile(folder / f"{point}.pcapng", capture)
        give_to_caller(capture)
        say(f"wrote {capture}")
        if not found:
            told.unlink(missing_ok=True)  # it told of another recording
            continue
        record = {"scenario": scenario.name, "title": scenario.title, "kernel": kernel_version(),
                  "capture_point": point, **({"firewalls": firewalls} if firewalls else {}),
                  **({"raw": scenario.endpoints[scenario.raw]} if scenario.raw else {}),
                  **with_visible(scenario, point, found)}
        told.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        give_to_caller(told)
        say(f"wrote {told}")


def ignore_signals():
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def interrupt(_number, _frame):
    ignore_signals()
    raise Interrupted


def arguments():
    parser = argparse.ArgumentParser(
        prog="run.sh", description="Runs scenarios between real Linux kernels and records them. Needs root.",
        epilog="Status: 0 done, 1 failed, 77 something is missing, 130 interrupted. Scenarios: "
               + ", ".join(scenarios.names()))
    parser.add_argument("scenario", metavar="SCENARIO", nargs="+",
                        help="the name of a file in scenarios/, without .lab; or all")
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, default=Path("."),
                        help="where capture and truth go (default: here)")
    parser.add_argument("--every-point", action="store_true",
                        help="also keep what was recorded at host A and at host B")
    parser.add_argument("--narrate", action="store_true",
                        help="tell the scenario while it happens, and show the hosts' sockets")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what happens")
    return parser.parse_args()


def run(options):
    def say(text):
        if options.verbose:
            print(text, flush=True)

    chosen = scenarios.names() if options.scenario == ["all"] else options.scenario
    chosen = [scenarios.load(name) for name in chosen]
    check_requirements()
    tools = find_tools()
    options.output.mkdir(parents=True, exist_ok=True)
    for scenario in chosen:
        run_one(scenario, tools, options, say)


def run_one(scenario, tools, options, say):
    with only_one_lab(), contextlib.ExitStack() as stack:
        narrator = narrative.Narrator(scenario) if options.narrate else None
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="simtcp-lab-"))
        try:
            this = Run(scenario, tools, folder, stack, say, narrator)
            found = this.whole()
            wrong = check_expected(scenario, found) if found else []
            if wrong:
                raise LabError(f"{scenario.name} went otherwise: " + "; ".join(wrong))
            save(scenario, found, this.firewalls, Path(folder), options.output, options.every_point, say)
        finally:
            ignore_signals()  # a Ctrl-C from now on must not stop the removal
    catch_signals()
    if narrator:
        narrator.end(connections(found))
        return
    if not found:
        print(f"{scenario.name}: recorded")
    for number, told in enumerate(connections(found)):
        which = f" ({number})" if "connections" in found else ""
        print(f"{scenario.name}{which}: {summary(told)}", flush=True)


def catch_signals():
    for number in ENDING_SIGNALS:
        signal.signal(number, interrupt)


def main():
    catch_signals()
    try:
        run(arguments())
    except Missing as error:
        print(f"lab: {error}", file=sys.stderr)
        return EXIT_MISSING
    except (LabError, scenarios.ScenarioError, OSError, subprocess.SubprocessError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except Interrupted:
        print("lab: interrupted; everything is removed", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
