# SPDX-License-Identifier: GPL-2.0-or-later
"""simtcp-gen: what it writes is read back with scapy and tshark; what it must refuse is refused.

The program is named by the environment variable SIMTCP_GEN; scratch files go to pytest's tmp_path.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess

import pytest

scapy = pytest.importorskip("scapy.all")

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "sample-captures"
SCENARIOS = SAMPLES / "scenarios"
SCRIPTS = sorted(SCENARIOS.rglob("*.pkt"))
GENERATOR = os.environ.get("SIMTCP_GEN")
# In these an older incarnation takes its steps after a newer one has begun: too much for role_mistakes().
INTERLEAVED = {"open-old-duplicate-syn"}
# Captures that other programs make (the lab, the simulator) have no script.
CAPTURES = [p for p in sorted(SAMPLES.glob("*.pcapng")) if (SCENARIOS / (p.stem + ".pkt")).exists()]

pytestmark = pytest.mark.skipif(not GENERATOR, reason="SIMTCP_GEN does not name the generator")

HEAD = """//@ title Test
//@ local 10.1.0.1:1111
//@ remote 10.2.0.2:2222
//@ isn local 4294967290
//@ isn remote 100
"""


def run(*arguments):
    return subprocess.run([GENERATOR, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def generate(directory, text, name="script"):
    """Writes and runs a script; returns the capture's path and the finished process."""
    script = directory / (name + ".pkt")
    script.write_bytes(text if isinstance(text, bytes) else text.encode())
    capture = directory / (name + ".pcapng")
    return capture, run(script, "-o", capture)


def packets(directory, text):
    capture, done = generate(directory, text)
    assert done.returncode == 0, done.stderr
    return list(scapy.rdpcap(str(capture)))


def expectations(script):
    done = run("--expectations", script)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def tshark(capture, *fields, options=()):
    if not shutil.which("tshark"):
        pytest.skip("no tshark")
    command = ["tshark", "-r", str(capture), "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|", *options]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [line.split("\t") for line in done.stdout.splitlines()]


def checksums_hold(packet):
    """Lets scapy compute every checksum anew and compares the bytes."""
    again = packet.copy()
    for layer in (scapy.IP, scapy.TCP):
        found = again.getlayer(layer)
        while found:
            del found.chksum
            found = found.payload.getlayer(layer) if found.payload else None
    return bytes(packet.__class__(bytes(again))) == bytes(packet)


# --- packets ---------------------------------------------------------------------------------------------------------


def test_numbers_flags_and_data(tmp_path):
    syn, data, fin = packets(tmp_path, HEAD + """
0.5  > SEW 0:0(0) win 1000 <mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7>
+0.25 < P. 1:11(10) ack 1 win 7
+0 > FPU. 11:14(3) ack 11 win 8 urg 2
""")
    assert (syn[scapy.IP].src, syn[scapy.TCP].sport) == ("10.1.0.1", 1111)
    assert (syn[scapy.IP].dst, syn[scapy.TCP].dport) == ("10.2.0.2", 2222)
    assert syn[scapy.TCP].seq == 4294967290 and str(syn[scapy.TCP].flags) == "SEC"
    assert syn[scapy.TCP].options == [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (1, 2)), ("NOP", None),
                                      ("WScale", 7)]
    assert (data[scapy.TCP].seq, data[scapy.TCP].ack, data[scapy.TCP].window) == (101, 4294967291, 7)
    assert len(data[scapy.TCP].payload) == 10
    assert fin[scapy.TCP].seq == 5 and fin[scapy.TCP].ack == 111 and fin[scapy.TCP].urgptr == 2
    assert str(fin[scapy.TCP].flags) == "FPAU"
    assert float(data.time - syn.time) == pytest.approx(0.25)


def test_short_sequence_notation_and_absolute_numbers(tmp_path):
    first, second = packets(tmp_path, HEAD + """
0 > . 1(5) ack 1
//@ numbers absolute
+0 < R. 7:7(0) ack 4294967295
""")
    assert first[scapy.TCP].seq == 4294967291
    assert (second[scapy.TCP].seq, second[scapy.TCP].ack) == (7, 4294967295)


def test_sack_counts_from_the_other_ends_isn(tmp_path):
    packet, = packets(tmp_path, HEAD + "0 > . 1:1(0) ack 1 <nop,nop,sack 0:1 11:21>\n")
    assert ("SAck", (100, 101, 111, 121)) in packet[scapy.TCP].options


def test_fast_open_cookie(tmp_path):
    request, use = packets(tmp_path, HEAD + "0 > S 0:0(0) <FO>\n+0 > S 0:5(5) <mss 1460,FO 0123456789abcdef,nop,nop>\n")
    assert request[scapy.TCP].options[0][0] in (34, "TFO")
    assert bytes(use[scapy.TCP])[20:36].hex() == "020405b4220a0123456789abcdef0101"
    assert len(use[scapy.TCP].payload) == 5


def test_retransmission_carries_the_same_data(tmp_path):
    whole, part = packets(tmp_path, HEAD + "0 > P. 1:101(100) ack 1\n+1 > P. 51:101(50) ack 1\n")
    assert bytes(whole[scapy.TCP].payload)[50:] == bytes(part[scapy.TCP].payload)


def test_another_flow_and_incarnation(tmp_path):
    seen = packets(tmp_path, HEAD + """
0 > S 0:0(0)
//@ flow other
//@ local 10.1.0.1:1112
//@ isn local 5
+0 > S 0:0(0)
//@ flow main
+0 > S 0:0(0)
//@ isn local 9
+0 > S 0:0(0)
""")
    assert [(p[scapy.TCP].sport, p[scapy.TCP].seq) for p in seen] == [
        (1111, 4294967290), (1112, 5), (1111, 4294967290), (1111, 9)]


def test_ipv6_and_vlan(tmp_path):
    packet, = packets(tmp_path, "//@ local [2001:db8::1]:1\n//@ remote [2001:db8::2]:2\n//@ vlan 42\n0 < S 0:3(3)\n")
    assert packet[scapy.Dot1Q].vlan == 42
    assert packet[scapy.IPv6].src == "2001:db8::2" and checksums_hold(packet)


@pytest.mark.parametrize("link, layer", [("raw", "IP"), ("null", "Loopback"), ("ethernet", "Ether")])
def test_link_layers(tmp_path, link, layer):
    packet, = packets(tmp_path, f"//@ link {link}\n0 < S 0:0(0)\n")
    assert packet.haslayer(layer) and packet.haslayer("TCP") and checksums_hold(packet)


def test_fragments_make_the_datagram(tmp_path):
    text = HEAD + "//@ fragment 24\n0 > P. 1:41(40) ack 1 //= 1.SYN n\n+0 > P. 1:41(40) ack 1\n"
    *pieces, whole = packets(tmp_path, text)
    assert len(pieces) == 3 and pieces[0][scapy.IP].flags.MF and not pieces[-1][scapy.IP].flags.MF
    assert b"".join(bytes(p[scapy.IP].payload) for p in pieces) == bytes(whole[scapy.IP].payload)
    frames = expectations(tmp_path / "script.pkt")["frames"]
    assert [f["roles"] for f in frames] == [[], [], ["1.SYN n"], []]


def test_only_the_first_fragment(tmp_path):
    packet, = packets(tmp_path, HEAD + "//@ fragment 24 first\n0 > P. 1:41(40) ack 1\n")
    assert packet[scapy.IP].flags.MF and len(packet[scapy.IP].payload) == 24


def test_tunnels(tmp_path):
    gre, ipip = packets(tmp_path, HEAD + """
0 > ipv4 192.0.2.1 > 192.0.2.2: gre: S 0:0(0)
+0 < ipv6 2001:db8::1 > 2001:db8::2: S. 0:0(0) ack 1
""")
    assert gre[scapy.GRE].payload[scapy.IP].src == "10.1.0.1" and gre[scapy.IP].dst == "192.0.2.2"
    assert ipip[scapy.IPv6].nh == 4 and ipip[scapy.IP].src == "10.2.0.2"
    assert checksums_hold(gre) and checksums_hold(ipip)


@pytest.mark.parametrize("ends, layer", [("", "ICMP"), (
    "//@ local [2001:db8::1]:1\n//@ remote [2001:db8::2]:2\n", "ICMPv6DestUnreach")])
def test_icmp_quotes_the_other_direction(tmp_path, ends, layer):
    packet, = packets(tmp_path, ends + "0 < icmp unreachable host_unreachable [S 0:0(0) win 5]\n")
    assert packet.haslayer(layer)
    row, = tshark(tmp_path / "script.pcapng", "tcp.seq", "tcp.flags.syn", "icmp.checksum.status",
                  "icmpv6.checksum.status")
    # booleans are 1 in Wireshark 4.0 and True later
    assert row[0] == "1000000000" and row[1] in ("1", "True") and "1" in row[2:]


def test_duplicate_is_the_same_frame(tmp_path):
    one, two = packets(tmp_path, HEAD + "0 > S 0:0(0) //= 1.SYN n\n//@ duplicate +0.00002\n")
    assert bytes(one) == bytes(two) and float(two.time - one.time) == pytest.approx(0.00002, abs=1e-6)
    assert [f["frame"] for f in expectations(tmp_path / "script.pkt")["frames"]] == [1]


# --- the file --------------------------------------------------------------------------------------------------------


def test_interfaces_comments_times(tmp_path):
    capture, done = generate(tmp_path, """//@ title What it shows
//@ start 2000-02-29T23:59:59.5Z
//@ interface eth0 the client's side
//@ snaplen 60
0 > S 0:100(100) //= 1.SYN n
//@ interface eth1 the server's side
0.123456789 < S. 0:0(0) ack 1 //= 2.ACK n+1; repeat
+0 > . 1:1(0) ack 1 //= -
""")
    assert done.returncode == 0, done.stderr
    rows = tshark(capture, "frame.time_epoch", "frame.interface_name", "frame.interface_description",
                  "frame.comment", "frame.len", "frame.cap_len")
    assert rows[0] == ["951868799.500000000", "eth0", "the client's side", "1.SYN n", "154", "60"]
    assert rows[1] == ["951868799.623456789", "eth1", "the server's side", "2.ACK n+1; repeat", "54", "54"]
    assert rows[2][3] == ""


def test_same_bytes_each_time(tmp_path):
    text = HEAD + "0 > S 0:0(0)\n"
    one, _ = generate(tmp_path, text, "one")
    two, _ = generate(tmp_path, text, "two")
    assert one.read_bytes() == two.read_bytes()


def test_script_without_packets_is_an_empty_capture(tmp_path):
    assert packets(tmp_path, "// nothing\n") == []


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda p: p.stem)
def test_committed_captures_are_what_their_scripts_say(tmp_path, capture):
    again = tmp_path / capture.name
    assert run(SCENARIOS / (capture.stem + ".pkt"), "-o", again).returncode == 0
    assert again.read_bytes() == capture.read_bytes()


@pytest.fixture(scope="session")
def comments(tmp_path_factory):
    """The frame comments of every scenario, as tshark reads them: all captures in one, to start it only once."""
    directory = tmp_path_factory.mktemp("comments")
    captures, counts = [], []
    for script in SCRIPTS:
        captures.append(directory / (script.stem + ".pcapng"))
        run(script, "-o", captures[-1])
        counts.append(len(list(scapy.rdpcap(str(captures[-1])))))
    whole = directory / "all-scenarios.pcapng"
    subprocess.run(["mergecap", "-a", "-w", whole, *captures], check=True, capture_output=True)
    rows = iter(tshark(whole, "frame.number", "frame.comment"))
    return {script: [next(rows)[1] for _ in range(count)] for script, count in zip(SCRIPTS, counts)}


# --- scenarios -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_scenario(tmp_path, script, comments):
    capture = tmp_path / "scenario.pcapng"
    done = run(script, "-o", capture)
    assert done.returncode == 0 and done.stderr == ""
    seen = list(scapy.rdpcap(str(capture)))
    assert seen
    for packet in seen:
        truncated = packet.wirelen is not None and packet.wirelen > len(packet)
        fragment = packet.haslayer(scapy.IP) and (packet[scapy.IP].flags.MF or packet[scapy.IP].frag)
        assert truncated or fragment or packet.haslayer("ICMP") or checksums_hold(packet)
    stated = expectations(script)
    assert stated["title"]
    assert all(1 <= f["frame"] <= len(seen) for f in stated["frames"])
    for frame in stated["frames"]:
        text = "; ".join(frame["roles"] + (["repeat"] if frame["repeat"] else []))
        assert comments[script][frame["frame"] - 1] == text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_scenario_text(script):
    text = script.read_text()
    assert text.startswith("// SPDX-License-Identifier: GPL-2.0-or-later\n// ")
    assert "//@ expect" in text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_scenario_is_consistent(script):
    """Verdicts that contradict each other are mistakes of the script."""
    for connection in expectations(script)["connections"]:
        holders = connection.get("time_wait")
        close = connection.get("close")
        if holders is None or close is None:
            continue
        wanted = {"Open": [0], "Half-closed": [0], "Reset": [0], "Orderly": [1], "Simultaneous": [1, 2]}
        assert len(holders) in wanted.get(close, [0, 1, 2]), connection


def role_mistakes(frames, seen):
    """Checks stated roles against flags and numbers, as far as the roles themselves say which these are."""
    syns, fins, had = {}, {}, set()
    stated = {frame["frame"]: frame for frame in frames}
    for number, packet in enumerate(seen, 1):
        segment = packet.getlayer(scapy.TCP)
        frame = stated.get(number, {"frame": number, "roles": []})
        if segment is None:
            continue
        ip = segment.underlayer
        flow = frozenset([(ip.src, segment.sport), (ip.dst, segment.dport)])
        if number not in stated and "F" in str(segment.flags):  # the close has begun, its numbers are not known
            fins.setdefault(flow, {})["open"] = None
        for role in frame["roles"]:
            step, letter = role.split(" ")
            syn, fin, ack = (str(segment.flags).find(flag) >= 0 for flag in "SFA")
            if step == "1.SYN" and not frame["repeat"] and letter == "n":
                syns[flow], fins[flow] = {}, {}
                had = {key for key in had if key[0] != flow}
            if frame["repeat"] != ((flow, role, bool(fins.get(flow))) in had):
                yield frame, "repeat"
            had.add((flow, role, bool(fins.get(flow)) or step.endswith("FIN")))
            if step == "1.SYN":
                if not syn or ack:
                    yield frame, "not a bare SYN"
                syns.setdefault(flow, {})[letter] = segment.seq
            elif step.endswith("FIN"):
                length = ip.len - ip.ihl * 4 if ip.version == 4 else ip.plen
                data = length - segment.dataofs * 4
                if not fin:
                    yield frame, "not a FIN"
                known = fins.setdefault(flow, {}).setdefault(letter, (segment.seq + data) % 2**32)
                if known != (segment.seq + data) % 2**32:
                    yield frame, "another FIN"
            else:
                number = (fins.get(flow) or syns.get(flow, {})).get(letter[0])
                slack = 0 if fins.get(flow) else 1000  # data on a SYN may be acknowledged with it
                if not ack or (number is not None and (segment.ack - number - 1) % 2**32 > slack):
                    yield frame, "does not acknowledge it"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_scenario_roles_fit_the_numbers(tmp_path, script):
    if script.stem in INTERLEAVED:
        pytest.skip("the incarnations are interleaved")
    assert run(script, "-o", tmp_path / "scenario.pcapng").returncode == 0
    seen = list(scapy.rdpcap(str(tmp_path / "scenario.pcapng")))
    if any(p.haslayer(scapy.IP) and p[scapy.IP].frag for p in seen):
        pytest.skip("the segments are in fragments")
    assert list(role_mistakes(expectations(script)["frames"], seen)) == []


# --- scripts that packetdrill runs -----------------------------------------------------------------------------------


def test_packetdrill_script_is_accepted(tmp_path):
    capture, done = generate(tmp_path, """#!/usr/bin/env packetdrill
// A server's side, as packetdrill would run it.
--local_ip=192.168.7.1
--remote_ip=192.0.2.9 --bind_port=8081
--tolerance_usecs=10000
`sysctl -q net.ipv4.tcp_fin_timeout=60
 true`

0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0

0.1 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
+0  > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 257
0.250...0.300 accept(3, ..., ...) = 4   /* within
    a range */
+0  poll([{fd=4, events=POLLIN,
           revents=0}], 1, 0) = 0
+0  write(4, "a ) \\" string", 3) = 3 // comment
+0  %{ assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd }%
+.1~+.2 > P. 1:4(3) ack 1
*   < R 1:1(0)
+0 < udp (1000)
+0 `ss -tan`
""")
    assert done.returncode == 0, done.stderr
    assert "passed over 12 items" in done.stderr
    seen = list(scapy.rdpcap(str(capture)))
    assert [str(p[scapy.TCP].flags) for p in seen] == ["S", "SA", "A", "PA", "R"]
    assert seen[0][scapy.IP].dst == "192.168.7.1" and seen[0][scapy.TCP].dport == 8081
    stated = expectations(tmp_path / "script.pkt")
    assert stated["frames"] == [] and stated["connections"] == []


# --- expectations ----------------------------------------------------------------------------------------------------


def test_expectations_print_what_is_stated(tmp_path):
    generate(tmp_path, HEAD.replace("Test", 'A "title"') + """
0 > S 0:0(0) //= 1.SYN n
+0 > S 0:0(0) //= 1.SYN n; repeat
+0 > F. 0:0(0) ack 1 //= 2.ACK n+1; 3.FIN k // no
""".replace(" // no", "") + """
+0 > . 0:0(0) ack 1 //= ?
+0 > . 0:0(0) ack 1
//@ expect 2 open Simultaneous or split
//@ expect 2 close Half-closed
//@ expect time_wait none
//@ local [2001:db8:0:0::1]:5
//@ expect 1 time_wait remote local
""")
    assert expectations(tmp_path / "script.pkt") == {
        "title": 'A "title"',
        "frames": [{"frame": 1, "roles": ["1.SYN n"], "repeat": False},
                   {"frame": 2, "roles": ["1.SYN n"], "repeat": True},
                   {"frame": 3, "roles": ["2.ACK n+1", "3.FIN k"], "repeat": False},
                   {"frame": 5, "roles": [], "repeat": False}],
        "connections": [{"connection": 0, "time_wait": []},
                        {"connection": 1, "time_wait": ["10.2.0.2:2222", "[2001:db8::1]:5"]},
                        {"connection": 2, "open": "Simultaneous or split", "close": "Half-closed"}]}


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line, column, text", [
    (1, 1, "hello\n"),
    (2, 3, "0 > S 0:0(0)\n0 ? S\n"),
    (1, 5, "0 > X 0:0(0)\n"),
    (1, 7, "0 > S x\n"),
    (1, 7, "0 > S 0:5(4)\n"),
    (1, 11, "0 > S 0:0(x)\n"),
    (1, 14, "0 > S 0:0(0) wind 4\n"),
    (1, 18, "0 > S 0:0(0) win 65536\n"),
    (1, 15, "0 > S 0:0(0) <mms 1>\n"),
    (1, 21, "0 > S 0:0(0) <mss 10\n"),
    (1, 14, "0 > S 0:0(0) <" + "TS val 1 ecr 2," * 4 + "TS val 1 ecr 2>\n"),
    (1, 18, "0 > S 0:0(0) //= 9.SYN n\n"),
    (1, 25, "0 > S 0:0(0) //= 1.SYN n+1\n"),
    (1, 1, "//= 1.SYN n\n"),
    (1, 5, "//@ nonsense\n"),
    (1, 11, "//@ local nowhere\n"),
    (1, 11, "//@ local 10.0.0.1:70000\n"),
    (1, 11, "//@ local 2001:db8::1:80\n"),
    (1, 15, "//@ isn local 4294967296\n"),
    (1, 17, "//@ expect open Maybe\n"),
    (1, 12, "//@ expect 1000 open Unknown\n"),
    (2, 1, "1 > S 0:0(0)\n0.5 > S 0:0(0)\n"),
    (2, 10, "1 > S 0:0(0)\n//@ link raw\n"),
    (1, 14, "//@ fragment 20\n"),
    (1, 1, "/* no end\n\n"),
    (1, 1, "`no end\n"),
    (1, 3, "0 read(3, \n"),
    (2, 3, "//@ local [::1]:5\n0 > S 0:0(0)\n"),
    (1, 5, "0 > \n"),
    (1, 2, "0"),
    (1, 10, "99999999999 > S 0:0(0)\n"),
    (1, 7, "0 > S 99999999999999999999:0(0)\n"),
    (1, 1, "\0"),
    (1, 23, "+0 ipv4 192.168.0.1 > \0\0 S 0:0(0)\n"),
])
def test_broken_script(tmp_path, line, column, text):
    capture, done = generate(tmp_path, text)
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    prefix = f"simtcp-gen: {tmp_path / 'script.pkt'}:"
    assert done.stderr.startswith(prefix)
    found = done.stderr[len(prefix):].split(":")[:2]
    assert not capture.exists() and list(tmp_path.glob("*.pcapng*")) == []
    assert found[0] == str(line), done.stderr
    assert found[1] == str(column), done.stderr


def test_failed_run_keeps_the_old_file(tmp_path):
    capture = tmp_path / "script.pcapng"
    capture.write_text("precious")
    _, done = generate(tmp_path, "broken\n")
    assert done.returncode != 0 and capture.read_text() == "precious"


@pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["a.pkt"], ["-o"], ["a.pkt", "b.pkt", "-o", "c"],
                                       ["--expectations", "a.pkt", "-o", "c"], ["no-such-file.pkt", "-o", "c"]])
def test_wrong_command_line(arguments):
    done = run(*arguments)
    assert done.returncode != 0 and len(done.stderr.splitlines()) == 1


def test_unwritable_target(tmp_path):
    script = tmp_path / "a.pkt"
    script.write_text("0 > S 0:0(0)\n")
    done = run(script, "-o", tmp_path / "no" / "such" / "folder.pcapng")
    assert done.returncode != 0 and "folder.pcapng" in done.stderr


def test_help_and_version():
    assert "Usage:" in run("--help").stdout
    assert run("--version").stdout == "simtcp-gen 0.1.0\n"


def test_damaged_scripts_end_in_an_error_or_a_file(tmp_path):
    """Cuts, doubles and overwrites pieces of real scripts. Worth most with a build under sanitizers."""
    chance = random.Random(9293)
    sources = [s.read_bytes() for s in SCRIPTS] or [HEAD.encode()]
    bits = [b"<", b">", b"(", b")", b":", b"//@ ", b"//= ", b"/*", b'"', b"\\", b"\n", b"4294967296", b"-", b"\0",
            b"ack ", b"//@ fragment 8\n", b"//@ duplicate +0\n", b"sack 1:2 ", b"ipv4 1.2.3.4 > 1.2.3.4: ", b"gre:",
            b"icmp ", b"..."]
    for _ in range(int(os.environ.get("SIMTCP_GEN_FUZZ", "150"))):
        text = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(text) + 1)
            text[at:at + chance.choice([0, 0, 1, 5, 40])] = chance.choice(bits)
        capture, done = generate(tmp_path, bytes(text))
        assert done.returncode in (0, 1), (bytes(text), done.stderr)
        assert capture.exists() == (done.returncode == 0)
        capture.unlink(missing_ok=True)
