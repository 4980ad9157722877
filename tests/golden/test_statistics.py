# SPDX-License-Identifier: GPL-2.0-or-later
"""The statistics of tshark -z against the fields, which come another way: by frame, in the second pass."""

import collections
import re
import subprocess
import sys

import pytest

from conftest import BUILD, SAMPLES, SCENARIOS

CAPTURES = sorted(SAMPLES.glob("*.pcapng"))
SIMULATOR = BUILD / "tools" / "simtcp-sim"
TITLES = {"simtcp: how TCP connections opened and closed": "tree", "simtcp: TCP connections": "connections",
          "simtcp: TIME-WAIT": "time_wait"}
BLOCK = r"^=+\n(simtcp: [^\n]*)\nFilter: ([^\n]*)\n\n(.*?)^=+$"
NAMES = sorted(TITLES.values())
MSL2 = 60 * 10**9       # the preference's default
PORTS = 28232           # likewise
FIELDS = ["frame.number", "frame.time_epoch", "frame.protocols", "ip.src", "ipv6.src", "tcp.srcport",
          "ip.dst", "ipv6.dst", "tcp.dstport", "tcp.flags.syn", "tcp.flags.ack", "tcp.flags.reset",
          "simtcp.connection", "simtcp.open", "simtcp.close", "simtcp.time_wait.holder", "simtcp.time_wait.enter",
          "simtcp.time_wait.until", "simtcp.time_wait.reuse", "simtcp.time_wait.answer",
          "simtcp.time_wait.assassinated", "simtcp.src.state"]

ONE_OPENER = ["Three-way", "Split handshake", "Incomplete", "Refused"]
Stay = collections.namedtuple("Stay", "holder peer frame entered until connection")


# --- what tshark prints ---

def statistics(text, filter_):
    """Of what tshark printed: for each statistic the lines of its body."""
    found = {}
    for title, shown_filter, body in re.findall(BLOCK, text, re.M | re.S):
        assert shown_filter == (filter_ or "none")
        found[TITLES[title]] = body.splitlines()
    return found


def asked(names, filter_):
    return [argument for name in names for argument in ("-z", f"simtcp,{name}{',' if filter_ else ''}{filter_}")]


def printed(tshark, capture, names=NAMES, filter_="", passes=1, options=()):
    text = tshark.run("-n", "-q", "-r", tshark.place(capture), *options, *["-2"][:passes - 1],
                      *asked(names, filter_))
    found = statistics(text, filter_)
    assert sorted(found) == sorted(names)
    return found


def printed_with_fields(tshark, capture):
    """The statistics and the frames' fields from one run of two passes: starting tshark takes longest."""
    arguments = [argument for name in FIELDS for argument in ("-e", name)]
    text = tshark.run("-n", "-2", "-r", tshark.place(capture), "-T", "fields", "-E", "occurrence=a",
                      "-E", "separator=/t", "-E", "aggregator=|", *arguments, *asked(NAMES, ""))
    lines, _, rest = text.partition("\n=")
    frames = [{name: tshark.values(name, value) for name, value in zip(FIELDS, line.split("\t"))}
              for line in lines.splitlines() if line]
    return statistics("=" + rest, ""), frames


def rows(lines, first_title):
    """The rows below the line that begins with this title, each a dictionary by the columns' titles."""
    begin = next(i for i, line in enumerate(lines) if line.startswith(first_title))
    titles = re.split(r"  +", lines[begin].strip())
    found = []
    for line in lines[begin + 1:]:
        if line == "" or line.startswith("..."):
            break
        cells = re.split(r"  +", line.strip())
        assert len(cells) == len(titles), line
        found.append(dict(zip(titles, cells)))
    return found


def branches(lines):
    """The overview: by title the total and the leaves."""
    found, title = {}, None
    for line in lines:
        if line.startswith("  ") and not line.startswith("  ..."):
            name, count, share = re.fullmatch(r"  (.*?) +(\d+) +([\d.]+)%", line).groups()
            found[title][1][name] = int(count)
            assert float(share) == pytest.approx(100 * int(count) / found[title][0], abs=0.006)
        elif line and not line.startswith("  ..."):
            title, total = re.fullmatch(r"(.*?) +(\d+)", line).groups()
            found[title] = (int(total), {})
    return found


# --- the same from fields ---

def endpoint(frame, side):
    layers = [layer for layer in frame["frame.protocols"][0].split(":") if layer in ("ip", "ipv6")]
    address = frame[f"{layers[-1]}.{side}"][-1]         # the innermost
    return f"{address if layers[-1] == 'ip' else f'[{address}]'}:{frame[f'tcp.{side}port'][-1]}"


def address_of(text):
    return text.rpartition(":")[0].strip("[]")


def nanoseconds(text):
    whole, _, rest = text.partition(".")
    return int(whole) * 10**9 + int(rest.ljust(9, "0"))


class Told:
    """What the fields say of a capture."""

    def __init__(self, frames):
        self.start = nanoseconds(frames[0]["frame.time_epoch"][0])
        self.frames = []
        for frame in frames:
            if frame["simtcp.connection"]:
                number = int(frame["simtcp.connection"][0])
                self.frames.append({**frame, "connection": number, "number": int(frame["frame.number"][0]),
                                    "time": nanoseconds(frame["frame.time_epoch"][0]),
                                    "src": endpoint(frame, "src"), "dst": endpoint(frame, "dst")})
        self.connections = {}
        for frame in self.frames:
            self.connections.setdefault(frame["connection"], []).append(frame)

    def first(self, connection):
        return self.connections[connection][0]

    def opener(self, connection):
        """Who sent the first bare SYN, if one end opened the connection and the other answered."""
        if self.first(connection)["simtcp.open"][0] not in ONE_OPENER:
            return None
        syns = (frame for frame in self.connections[connection]
                if [frame[f"tcp.flags.{flag}"] for flag in ("syn", "ack", "reset")] == [["1"], ["0"], ["0"]])
        return next((frame["src"] for frame in syns), None)

    def ends(self, connection):
        frame = self.first(connection)
        return {frame["src"], frame["dst"]}

    def stays(self):
        found = []
        for frame in self.frames:
            for holder in frame["simtcp.time_wait.enter"]:
                peer = frame["dst"] if frame["src"] == holder else frame["src"]
                found.append(Stay(holder, peer, frame["number"], frame["time"],
                                  self.end_of_stay(frame, holder), frame["connection"]))
        return found

    def end_of_stay(self, entry, holder):
        """60 s after the last start of the timer, or what ended it before."""
        until = entry["time"] + MSL2
        pair = {entry["src"], entry["dst"]}
        for frame in self.frames:
            if frame["number"] <= entry["number"] or {frame["src"], frame["dst"]} != pair:
                continue
            if frame["time"] >= until:
                break
            if self.ends_stay(frame, entry, holder):
                return frame["time"]
            if frame["connection"] == entry["connection"] and frame["simtcp.time_wait.until"] \
                    and frame["src"] == holder and holder not in frame["simtcp.time_wait.enter"]:
                until = frame["time"] + MSL2
        return until

    @staticmethod
    def ends_stay(frame, entry, holder):
        rst = frame["tcp.flags.reset"] == ["1"]
        if frame["connection"] > entry["connection"] and not rst:
            return frame["src"] == holder           # it uses the 4-tuple again
        if frame["connection"] == entry["connection"] and rst:
            return bool(frame["simtcp.time_wait.assassinated"]) or \
                (frame["src"] == holder and frame["simtcp.src.state"] == ["CLOSED"])
        return False

    def refused(self):
        """Of each connection that began in somebody's TIME-WAIT and was not let through: the SYN, and how."""
        return [(frame, frame["simtcp.time_wait.answer"][0]) for frame in self.frames
                if frame["simtcp.time_wait.reuse"] and frame["simtcp.time_wait.answer"]
                and frame["simtcp.time_wait.answer"] != ["Accepted"]]

    def ports_of(self, connection, holder, peer):
        """The group of ports a TIME-WAIT belongs to: where it is held, and the remote end."""
        opener = self.opener(connection)
        port, remote = int(holder.rpartition(":")[2]), int(peer.rpartition(":")[2])
        at_client = holder == opener if opener else port >= remote
        any_port = [f"{end.rpartition(':')[0]}:*" for end in (holder, peer)]
        return (any_port[0], peer) if at_client else (holder, any_port[1])


def peak(stays):
    """The most at one moment, and the first such moment."""
    events = sorted([(stay.entered, 1) for stay in stays if stay.until > stay.entered] +
                    [(stay.until, -1) for stay in stays if stay.until > stay.entered])
    level, best, moment = 0, 0, None
    for time, change in events:             # ends come before beginnings
        level += change
        if level > best:
            best, moment = level, time
    return best, moment


@pytest.fixture(scope="module")
def simulated(tshark):
    """Three hundred connections of all kinds, and some that dial again: more than samples hold."""
    captures = []
    for behaviour in "mixed", "reconnect":
        capture = tshark.stage / f"simulated-{behaviour}.pcapng"
        subprocess.run([SIMULATOR, "-o", capture, "--connections", "150", "--behaviour", behaviour,
                        "--seed", "11"], check=True, capture_output=True, timeout=60)
        capture.chmod(0o644)
        captures.append(capture)
    return captures


def by_name(source):
    return source.stem


# --- tables and fields agree ---

def check_connections(lines, fields):
    shown = rows(lines, "Connection")
    assert [int(row["Connection"]) for row in shown] == sorted(fields.connections)
    assert lines[-1] == f"Connections: {len(fields.connections)}"
    for row in shown:
        number = int(row["Connection"])
        frames, first = fields.connections[number], fields.first(number)
        assert [row["Open"]] == first["simtcp.open"]
        assert [row["Close"]] == first["simtcp.close"]
        holders = [] if row["Holds TIME-WAIT"] == "-" else row["Holds TIME-WAIT"].split(", ")
        assert sorted(holders) == sorted(first["simtcp.time_wait.holder"])
        assert int(row["First frame"]) == first["number"]
        assert {row["Opened by, or A"], row["Peer, or B"]} == fields.ends(number)
        assert fields.opener(number) in (None, row["Opened by, or A"])
        duration = max(frame["time"] for frame in frames) - first["time"]
        assert row["Duration (s)"] == f"{duration / 1e9:.6f}"


def check_overview(lines, fields):
    shown = branches(lines)
    firsts = [fields.first(number) for number in fields.connections]
    for title, name in (("Connections by opening", "simtcp.open"), ("Connections by closing", "simtcp.close")):
        assert shown[title] == (len(firsts), collections.Counter(first[name][0] for first in firsts))
    total, held = shown["Connections by who holds TIME-WAIT"]
    counts = collections.Counter(len(first["simtcp.time_wait.holder"]) for first in firsts)
    assert total == len(firsts)
    assert held.get("Nobody", 0) == counts[0]
    assert held.get("Both ends", 0) == counts[2]
    assert sum(held.values()) == total
    entered = collections.Counter(address_of(end) for frame in fields.frames
                                  for end in frame["simtcp.time_wait.enter"])
    total, stays = shown["TIME-WAITs by holder"]
    assert total == sum(entered.values())
    assert stays == dict(sorted(entered.items(), key=lambda item: (-item[1], item[0]))[:50])
    reuses = collections.Counter((frame["simtcp.time_wait.answer"] or ["Sent by the holder itself"])[0]
                                 for frame in fields.frames if frame["simtcp.time_wait.reuse"])
    assert shown["SYNs for a 4-tuple in TIME-WAIT (estimate) by answer"] == (sum(reuses.values()), reuses)
    ended = sum(bool(frame["simtcp.time_wait.assassinated"]) for frame in fields.frames)
    assert shown["TIME-WAITs that a RST ended (assassination) by holder"][0] == ended


def check_groups(shown, groups, refusals, title, start):
    """Rows of TIME-WAITs against stays that were grouped in the same way."""
    for row in shown:
        key = (row["Holder"],) if title == "Holder" else (row["Held at"], row["Remote end"])
        most, moment = peak(groups.get(key, []))
        assert int(row["Entered"]) == len(groups.get(key, [])), key
        assert int(row["Peak"]) == most, key
        assert row["Peak at (s)"] == ("-" if most == 0 else f"{(moment - start) / 1e9:.6f}"), key
        if title != "Holder":
            assert row["Ports taken"] == f"{100 * most / PORTS:.2f}%"
        refusal = "frame {}: {}".format(*min(refusals[key])) if key in refusals else "-"
        assert row["First SYN not let through"] == refusal, key
    assert len(shown) == min(50, len(set(groups) | set(refusals)))
    order = [(-int(row["Peak"]), -int(row["Entered"])) for row in shown]
    assert order == sorted(order)


def check_time_wait(lines, fields):
    by_address, by_ports = collections.defaultdict(list), collections.defaultdict(list)
    refused_address, refused_ports = collections.defaultdict(list), collections.defaultdict(list)
    for stay in fields.stays():
        by_address[(address_of(stay.holder),)].append(stay)
        by_ports[fields.ports_of(stay.connection, stay.holder, stay.peer)].append(stay)
    for syn, answer in fields.refused():
        refused_address[(address_of(syn["dst"]),)].append((syn["number"], answer))
        refused_ports[fields.ports_of(syn["connection"], syn["dst"], syn["src"])].append((syn["number"], answer))
    check_groups(rows(lines, "Holder"), by_address, refused_address, "Holder", fields.start)
    check_groups(rows(lines, "Held at"), by_ports, refused_ports, "Held at", fields.start)
    entered = sum(len(stays) for stays in by_address.values())
    addresses = len(set(by_address) | set(refused_address))
    assert lines[-1] == f"TIME-WAITs: {entered}, holders: {addresses}"


def check(tshark, capture):
    shown, frames = printed_with_fields(tshark, capture)
    fields = Told(frames)
    check_connections(shown["connections"], fields)
    check_overview(shown["tree"], fields)
    check_time_wait(shown["time_wait"], fields)
    assert printed(tshark, capture, passes=1) == shown


@pytest.mark.parametrize("capture", CAPTURES, ids=by_name)
def test_tables_agree_with_the_fields_of_samples(tshark, capture):
    check(tshark, capture)


@pytest.mark.parametrize("script", SCENARIOS, ids=by_name)
def test_tables_agree_with_the_fields_of_scenarios(tshark, scenario, script):
    check(tshark, scenario(script)[0])


def test_tables_agree_with_the_fields_of_simulated_connections(tshark, simulated):
    for capture in simulated:
        check(tshark, capture)


# --- a filter selects connections, and they are counted whole ---

def listed(tshark, capture, filter_, passes):
    return rows(printed(tshark, capture, ["connections"], filter_, passes)["connections"], "Connection")


def test_filter_on_any_one_frame_counts_the_whole_connection(tshark, simulated):
    capture = simulated[0]
    whole = {row["Connection"]: row for row in listed(tshark, capture, "", 1)}
    frames = tshark.fields(capture, ["frame.number", "simtcp.connection"])
    for frame in frames[5::len(frames) // 3]:
        number = frame["frame.number"][0]
        expected = [whole[number] for number in frame["simtcp.connection"]]
        for passes in 1, 2:
            assert listed(tshark, capture, f"frame.number == {number}", passes) == expected


@pytest.mark.parametrize("filter_", ["simtcp.simclose", "simtcp.simopen", "tcp.flags.fin == 1 && ip",
                                     'simtcp.time_wait.holder contains "10.0.0.1:"', "simtcp.close == 4"])
def test_filtered_statistics_are_the_same_in_one_pass_and_two(tshark, simulated, filter_):
    for capture in simulated:
        once, twice = (printed(tshark, capture, filter_=filter_, passes=passes) for passes in (1, 2))
        assert once == twice


def test_filter_selects_the_connections_that_match(tshark, simulated):
    capture = simulated[0]
    closed = [row for row in listed(tshark, capture, "", 1) if row["Close"] == "Simultaneous"]
    assert len(closed) > 10
    shown = listed(tshark, capture, "simtcp.simclose", 1)
    assert [row for row in shown if row["Close"] == "Simultaneous"] == closed
    overview = branches(printed(tshark, capture, ["tree"], "simtcp.simclose")["tree"])
    assert overview["Connections by closing"][0] == len(shown)


def test_filter_that_matches_nothing_gives_empty_tables(tshark):
    shown = printed(tshark, SAMPLES / "article-simultaneous-close.pcapng", filter_="udp")
    assert shown["connections"][-1] == "Connections: 0"
    assert branches(shown["tree"])["Connections by opening"] == (0, {})
    assert shown["time_wait"][-1] == "TIME-WAITs: 0, holders: 0"


def test_names_are_never_resolved(tshark):
    capture = tshark.place(SAMPLES / "article-simultaneous-close.pcapng")
    assert "10.22.5.3:1982" in tshark.run("-N", "nNdt", "-q", "-r", capture, "-z", "simtcp,connections")


# --- errors ---

@pytest.mark.parametrize("option, complaint", [
    ("simtcp,treex", "there is no such statistic; it is -z simtcp,tree[,FILTER]"),
    ("simtcp,connectionsx", "there is no such statistic; it is -z simtcp,connections[,FILTER]"),
    ("simtcp,time_wait=1", "there is no such statistic; it is -z simtcp,time_wait[,FILTER]"),
    ("simtcp,tree,no.such.field", "no.such.field"),
    ("simtcp,connections,tcp.port ==", "tcp.port =="),
    ("simtcp,nothing", "Invalid -z argument"),
])
def test_what_is_no_statistic_is_an_error(tshark, option, complaint):
    capture = tshark.place(SAMPLES / "article-simultaneous-close.pcapng")
    with pytest.raises(AssertionError) as error:
        tshark.run("-q", "-r", capture, "-z", option)
    text = str(error.value)
    status = int(re.search(r": (\d+): \[", text).group(1))
    assert status != 0
    assert complaint in text


# --- large captures ---

def write_short_connections(path, count, seconds, *options):
    """All of one client and one service. Returns when the last ends, in microseconds."""
    subprocess.run([sys.executable, SAMPLES / "short-connections.py", path, "--connections", str(count), "--seconds",
                    str(seconds), *options], check=True, capture_output=True, timeout=120)
    path.chmod(0o644)
    return (count - 1) * seconds * 10**6 // count + 5000    # each lasts 5 ms


@pytest.fixture(scope="module")
def busy(tshark):
    path = tshark.stage / "busy.pcap"
    return path, write_short_connections(path, 30000, 58, "--ports", "32768-65535")


def test_client_that_runs_out_of_ports_is_warned_of(tshark, busy):
    capture, last = busy
    lines = printed(tshark, capture, ["time_wait"])["time_wait"]
    assert rows(lines, "Holder") == [{
        "Holder": "10.22.5.3", "Entered": "30000", "Peak": "30000", "Peak at (s)": f"{last / 1e6:.6f}",
        "Peak at (UTC)": f"2026-01-05 09:00:{last / 1e6:.6f}", "First SYN not let through": "-"}]
    ports, = rows(lines, "Held at")
    assert (ports["Held at"], ports["Remote end"], ports["Peak"]) == ("10.22.5.3:*", "10.16.56.2:80", "30000")
    assert ports["Ports taken"] == f"{100 * 30000 / PORTS:.2f}%"
    warning, = (line for line in lines if line.startswith("Warning"))
    assert "10.22.5.3 has 30000 of its 28232 ephemeral ports to 10.16.56.2:80 in TIME-WAIT (estimate)" in warning
    assert "EADDRNOTAVAIL" in warning
    assert any("2 MSL, is not on the wire: peaks are estimates" in line for line in lines)


def test_range_of_ephemeral_ports_and_length_of_time_wait_are_the_users(tshark, busy):
    capture, _ = busy
    options = ["-o", "simtcp.ephemeral_ports:64512", "-o", "simtcp.time_wait_seconds:10"]
    lines = printed(tshark, capture, ["time_wait"], options=options)["time_wait"]
    ports, = rows(lines, "Held at")
    # ten seconds of 58; the first of a second and the last of ten later meet or miss each other by a millisecond
    assert int(ports["Peak"]) == pytest.approx(30000 * 10 / 58, abs=2)
    assert ports["Entered"] == "30000"
    assert ports["Ports taken"] == f"{100 * int(ports['Peak']) / 64512:.2f}%"
    assert not [line for line in lines if line.startswith("Warning")]


def test_long_list_is_cut_and_says_so(tshark, busy):
    capture, _ = busy
    shown = printed(tshark, capture, ["connections", "tree"])
    assert len(rows(shown["connections"], "Connection")) == 1000
    assert "... and 29000 more connections; add a filter to see them" in shown["connections"]
    assert shown["connections"][-1] == "Connections: 30000"
    assert branches(shown["tree"])["Connections by opening"] == (30000, {"Three-way": 30000})
    few = printed(tshark, capture, ["connections"], "tcp.port in {32768..33767}")["connections"]
    assert few[-1] == "Connections: 1000"
    assert not [line for line in few if line.startswith("...")]


def test_service_that_closes_first_blocks_no_port_of_its_own(tshark):
    capture = tshark.stage / "service.pcap"
    write_short_connections(capture, 300, 1, "--closes-first", "server")
    options = ["-o", "simtcp.ephemeral_ports:310"]
    lines = printed(tshark, capture, ["time_wait"], options=options)["time_wait"]
    ports, = rows(lines, "Held at")
    assert (ports["Held at"], ports["Remote end"], ports["Peak"]) == ("10.16.56.2:80", "10.22.5.3:*", "300")
    warning, = (line for line in lines if line.startswith("Warning"))
    assert "EADDRNOTAVAIL" not in warning
    assert "RFC 6191" in warning


def test_share_of_ports_warns_above_eighty_percent_only(tshark):
    capture = tshark.stage / "share.pcap"
    write_short_connections(capture, 80, 1)
    for ports, warns in ((100, False), (99, True)):
        options = ["-o", f"simtcp.ephemeral_ports:{ports}"]
        lines = printed(tshark, capture, ["time_wait"], options=options)["time_wait"]
        assert any(line.startswith("Warning") for line in lines) == warns
