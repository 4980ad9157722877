# SPDX-License-Identifier: GPL-2.0-or-later
"""Sequence diagrams, as text and as a picture, of every sample capture: against the fields, and word for word."""

import collections
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from conftest import SAMPLES, TIMEOUT, TSHARK

CAPTURES = sorted(SAMPLES.glob("*.pcapng"))
NAMES = [capture.stem for capture in CAPTURES]
FIELDS = ["frame.number", "simtcp.connection", "simtcp.notation", "simtcp.role.repeat", "simtcp.partner",
          "simtcp.src.state", "simtcp.dst.state", "simtcp.rst_ignored"]
LEFT, RIGHT, WIDTH = 33, 86, 100
# Given, or scapy asks the network for them.
MACS = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}
SVG = "{http://www.w3.org/2000/svg}"

OPEN = """\
Connection 0: 10.22.5.3:44444 and 10.16.56.2:55555
  Open: Simultaneous; n = 4240815619 (left), k = 2140328405 (right)
  Close: Open
  SYN n (frame 7) and SYN k (frame 8) crossed: the SYN+ACKs in frames 9 and 10 acknowledge each
  other's SYN, so each end had sent its own before the other's arrived (RFC 9293 section 3.5).

                          10.22.5.3:44444                                     10.16.56.2:55555
 frame      seconds              |                                                    |
     1     0.000000     SYN-SENT |----------------- 1.SYN n ------------------ ...    |
     2     0.012000              |    ... ----------------- 1.SYN k ------------------| SYN-SENT
                                 :                      1.009 s                       :
     3     1.021000              |------------- 1.SYN n (again) -------------- ...    |
     4     1.033000              |    ... ------------- 1.SYN k (again) --------------|
                                 :                      2.004 s                       :
     5     3.037000              |------------- 1.SYN n (again) -------------- ...    |
     6     3.049000              |    ... ------------- 1.SYN k (again) --------------|
                                 :                      4.020 s                       :
     7     7.069000              |--- 1.SYN n (again) ----\\                           |
     8     7.081000              |                         \\ /--- 1.SYN k (again) ----|
                                 |                          X                         |
                                 |                         / \\----------------------->| SYN-RECEIVED
                    SYN-RECEIVED |<-----------------------/                           |
     9     7.091000              |--- 2.SYN n, ACK k+1 ---\\                           |
    10     7.129000              |                         \\ /--- 2.SYN k, ACK n+1 ---|
                                 |                          X                         |
                                 |                         / \\----------------------->| ESTABLISHED
                     ESTABLISHED |<-----------------------/                           |
"""

CLOSE = """\
                          10.22.5.3:1982                                      10.16.56.2:55555
 frame      seconds              |                                                    |
     1     0.000000   FIN-WAIT-1 |------- 1.FIN n --------\\                           |
     2     0.004000              |                         \\ /------- 1.FIN k --------| FIN-WAIT-1
                                 |                          X                         |
                                 |                         / \\----------------------->| CLOSING
                         CLOSING |<-----------------------/                           |
     3     0.010000              |------ 2.ACK k+1 -------\\                           |
     4     0.060000              |                         \\ /------ 2.ACK n+1 -------|
                                 |                          X                         |
                                 |                         / \\----------------------->| TIME-WAIT
                       TIME-WAIT |<-----------------------/                           |
"""

ITSELF = """\
                          127.0.0.1:41982                                      127.0.0.1:41982
 frame      seconds              |                                                    |
     1     0.000000     SYN-SENT |--------------------- 1.SYN n --------------------->| SYN-RECEIVED
     2     0.000016              |---------------- 2.SYN n, ACK n+1 ----------------->| ESTABLISHED
                                 :                 data: 10 octets ->                 :
     6     0.349528   FIN-WAIT-1 |--------------------- 1.FIN n --------------------->| CLOSING
     7     0.349552              |-------------------- 2.ACK n+1 -------------------->| TIME-WAIT
"""

REFUSED = """\
                          10.22.5.3:1982                                       10.16.56.8:1981
 frame      seconds              |                                                    |
     1     0.000000     SYN-SENT |--------------------- 1.SYN n --------------------->| CLOSED
     2     0.020934       CLOSED |<----------------------- RST -----------------------|
"""

SECOND_END_FIRST = """\
     3     0.020000              |                           /--- 2.SYN k, ACK n+1 ---|
     4     0.022000              |--- 2.SYN n, ACK k+1 ---\\ /                         |
                                 |                         X                          |
                     ESTABLISHED |<-----------------------/ \\                         |
                                 |                           \\----------------------->| ESTABLISHED
"""


# Both statistics of a capture, drawn by one tshark; there are many captures.
drawn = {}


def draw(tshark, capture, passes, rest):
    key = capture, passes, rest
    if key not in drawn:
        folder = tshark.stage / "pictures"
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
        file = folder / f"{len(drawn)}.svg"
        text = tshark.run("-n", "-q", *(["-2"] if passes == 2 else []), "-r", tshark.place(capture),
                          "-z", f"simtcp,svg,{file}{rest}", "-z", f"simtcp,ladder{rest}")
        match = re.fullmatch(r"\n=+\nSequence diagrams of TCP connections\nFilter: [^\n]*\n\n(.*\n)=+\n", text, re.DOTALL)
        assert match, text
        drawn[key] = match[1], file.read_text(encoding="utf-8")
        # nothing beside it was left behind
        assert sorted(path.name for path in folder.iterdir()) == sorted(f"{number}.svg" for number in range(len(drawn)))
    return drawn[key]


def ladder(tshark, capture, passes=2, rest=""):
    """What the statistic prints, without what all statistics have around it."""
    return draw(tshark, capture, passes, rest)[0]


def picture(tshark, capture, passes=2, rest=""):
    return draw(tshark, capture, passes, rest)[1]


@pytest.mark.parametrize("name, expected", [
    ("article-simultaneous-open", OPEN), ("article-simultaneous-close", CLOSE), ("self-connect", ITSELF),
    ("linux-refused", REFUSED), ("simultaneous-open-ipv6", SECOND_END_FIRST)], ids=lambda text: text.split("\n")[0][:40])
def test_word_for_word(tshark, name, expected):
    assert expected in ladder(tshark, SAMPLES / f"{name}.pcapng")


def test_self_connect_is_told_in_words(tshark):
    text = ladder(tshark, SAMPLES / "self-connect.pcapng")
    assert text.startswith("Connection 0: 127.0.0.1:41982 and itself\n  One socket, so both lifelines are the same end")


@pytest.mark.parametrize("capture", CAPTURES, ids=NAMES)
def test_one_pass_draws_what_two_do(tshark, capture):
    assert ladder(tshark, capture, passes=1) == ladder(tshark, capture)
    assert picture(tshark, capture, passes=1) == picture(tshark, capture)


# --- the text, read back ---

class Segment:
    def __init__(self, frame, leaves, side, label):
        self.frame, self.leaves, self.side, self.label = frame, leaves, side, label
        self.lands = None
        self.states = {}


# What stands between the lifelines on a line that a segment leaves on: from which side, and when it lands.
SHAPES = [(re.compile(shape.replace("LABEL", "-+ (?P<label>[^-].*?) -+")), side, when) for shape, side, when in [
    (r"LABEL>", "left", "here"), (r"<LABEL", "right", "here"),
    (r"LABEL \.\.\. *", "left", "never"), (r" *\.\.\. LABEL", "right", "never"),
    (r"LABEL\\[ /:]*", "left", "later"), (r"[ \\:]*/LABEL", "right", "later")]]


def read_leaving(line, number):
    for shape, side, when in SHAPES:
        match = shape.fullmatch(line[LEFT + 1:RIGHT])
        if match:
            return Segment(int(line[:6]), number, side, match["label"]), when
    raise AssertionError(line)


def read_diagrams(text):
    """A list of connections, each with its segments in order and states that hold after each line."""
    diagrams = []
    for line in text.splitlines():
        assert len(line) <= WIDTH and line.isascii(), line
        if line.startswith("Connection "):
            diagrams.append({"number": line.split()[1].rstrip(":"), "itself": line.endswith("and itself"),
                             "lines": None, "segments": []})
        elif line.startswith(" frame      seconds"):
            diagrams[-1]["lines"] = []
        elif diagrams and diagrams[-1]["lines"] is not None and line[LEFT:LEFT + 1] in ("|", ":"):
            diagrams[-1]["lines"].append(line.ljust(WIDTH))
    for diagram in diagrams:
        read_segments(diagram)
    return diagrams


def read_segments(diagram):
    """Follows the lines down to where each segment leaves and lands, with the states on both sides."""
    state = {"left": None, "right": None}
    waiting = {"left": collections.deque(), "right": collections.deque()}
    for number, line in enumerate(diagram["lines"]):
        events, when = [], None
        if line[:6].strip():
            segment, when = read_leaving(line, number)
            diagram["segments"].append(segment)
            events.append((segment, "src", segment.side))
            if when == "later":
                waiting[segment.side].append(segment)
        if when == "here" or (when is None and (line[RIGHT - 1] == ">" or line[LEFT + 1] == "<")):
            landing = segment if when else waiting["left" if line[RIGHT - 1] == ">" else "right"].popleft()
            landing.lands = number
            events.append((landing, "dst", "right" if landing.side == "left" else "left"))
        new = {"left": line[20:LEFT].strip(), "right": line[RIGHT + 1:].strip()}
        assert {side for side in new if new[side]} <= {side for _, _, side in events}, line
        for segment, key, side in events:
            if new[side]:
                assert new[side] != state[side], f"not a change: {line}"
                state.update({end: new[side] for end in state if diagram["itself"] or end == side})
            segment.states[key] = state[side]
    assert not waiting["left"] and not waiting["right"]


@pytest.mark.parametrize("capture", CAPTURES, ids=NAMES)
def test_each_step_stands_once_with_its_states(tshark, capture):
    frames = {int(frame["frame.number"][0]): frame for frame in tshark.fields(capture, FIELDS)}
    shown = {}
    for diagram in read_diagrams(ladder(tshark, capture)):
        for segment in diagram["segments"]:
            assert segment.frame not in shown
            shown[segment.frame] = segment
            assert frames[segment.frame]["simtcp.connection"] == [diagram["number"]]
    for number, frame in frames.items():
        if frame["simtcp.notation"]:
            expected = frame["simtcp.notation"][0]
            remarks = [word for word in re.findall(r"\((.*)\)", shown[number].label) for word in word.split(", ")]
            assert shown[number].label.split(" (")[0] == expected
            assert ("again" in remarks) == bool(frame["simtcp.role.repeat"])
    assert any(frame["simtcp.notation"] for frame in frames.values())
    for number, segment in shown.items():
        check_states(frames[number], segment)


def check_states(frame, segment):
    if frame["simtcp.src.state"] != ["Unknown"]:
        assert [segment.states["src"]] == frame["simtcp.src.state"], segment.frame
    if segment.lands is None:
        assert frame["simtcp.dst.state"][0] in ("Unknown", "SYN-SENT")
    elif frame["simtcp.dst.state"] != ["Unknown"]:
        assert [segment.states["dst"]] == frame["simtcp.dst.state"], segment.frame
    if frame["simtcp.rst_ignored"]:
        assert segment.label == "RST (ignored)"


def crossing_pairs(frames):
    """Frames that name each other as partner."""
    partner = {int(frame["frame.number"][0]): int(frame["simtcp.partner"][0])
               for frame in frames if frame["simtcp.partner"]}
    return [(first, second) for first, second in partner.items() if first < second and partner.get(second) == first]


@pytest.mark.parametrize("capture", CAPTURES, ids=NAMES)
def test_partners_are_drawn_crossing(tshark, capture):
    pairs = crossing_pairs(tshark.fields(capture, FIELDS))
    segments = {segment.frame: (segment, diagram) for diagram in read_diagrams(ladder(tshark, capture))
                for segment in diagram["segments"]}
    for first, second in pairs:
        one, diagram = segments[first]
        other, _ = segments[second]
        assert {one.side, other.side} == {"left", "right"}
        assert one.leaves < other.lands and other.leaves < one.lands
        assert any("X" in line[LEFT:RIGHT] for line in diagram["lines"][other.leaves + 1:one.lands])


def test_samples_hold_crossing_pairs(tshark):
    assert sum(len(crossing_pairs(tshark.fields(capture, FIELDS))) for capture in CAPTURES) > 40


# --- the picture ---

def coordinates(line):
    return [float(line.get(name)) for name in ("x1", "y1", "x2", "y2")]


def meet(one, other):
    """Where two lines cross, strictly between their ends; None if they don't."""
    x1, y1, x2, y2 = one
    x3, y3, x4, y4 = other
    cross = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3)
    if cross == 0:
        return None
    along_one = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / cross
    along_other = ((x3 - x1) * (y2 - y1) - (y3 - y1) * (x2 - x1)) / cross
    return (along_one, along_other) if 0 < along_one < 1 and 0 < along_other < 1 else None


def extent(text):
    """Left and right end of a text in a wide font."""
    size = 9.5 if "title" in text.get("class") else 8 if re.search("name|state", text.get("class")) else 7.2
    width, x = size * len(text.text), float(text.get("x"))
    if re.search("end", text.get("class")):
        return x - width, x
    return (x - width / 2, x + width / 2) if re.search("middle|label", text.get("class")) else (x, x + width)


def check_picture(root):
    """Well-formed as a whole, without scripts, everything inside the frame."""
    _, _, width, height = map(float, root.get("viewBox").split())
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "style", "rect", "g", "line", "polygon", "text"}
    for element in root.iter(SVG + "line"):
        x1, y1, x2, y2 = coordinates(element)
        assert 0 <= min(x1, x2) and max(x1, x2) <= width and 0 <= min(y1, y2) and max(y1, y2) <= height
    for element in root.iter(SVG + "polygon"):
        for point in element.get("points").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= width and 0 <= y <= height
    for element in root.iter(SVG + "text"):
        begin, end = extent(element)
        assert 0 <= begin and end <= width and 12 <= float(element.get("y")) <= height, element.text


@pytest.mark.parametrize("capture", CAPTURES, ids=NAMES)
def test_picture(tshark, capture):
    root = ElementTree.fromstring(picture(tshark, capture))
    check_picture(root)
    groups = {int(group.get("data-frame")): group for group in root.iter(SVG + "g") if group.get("data-frame")}
    labels = {frame: next(text.text for text in group.iter(SVG + "text") if text.get("class") == "label")
              for frame, group in groups.items()}
    segments = {segment.frame: segment for diagram in read_diagrams(ladder(tshark, capture))
                for segment in diagram["segments"]}
    assert labels == {frame: segment.label for frame, segment in segments.items()}
    arrows = {frame: coordinates(next(line for line in group.iter(SVG + "line") if line.get("class") == "arrow"))
              for frame, group in groups.items()}
    for frame, segment in segments.items():
        assert (arrows[frame][0] < arrows[frame][2]) == (segment.side == "left")
        assert (groups[frame].find(SVG + "polygon") is None) == (segment.lands is None)
    for first, second in crossing_pairs(tshark.fields(capture, FIELDS)):
        assert meet(arrows[first], arrows[second])


def test_states_stand_in_the_picture(tshark):
    root = ElementTree.fromstring(picture(tshark, SAMPLES / "article-simultaneous-close.pcapng"))
    states = [text.text for text in root.iter(SVG + "text") if text.get("class").startswith("state")]
    assert sorted(states) == sorted(2 * ["FIN-WAIT-1", "CLOSING", "TIME-WAIT"])
    assert len([line for line in root.iter(SVG + "line") if "time-wait" in line.get("class")]) == 2


# --- filters ---

def test_a_filter_selects_whole_connections(tshark):
    capture = SAMPLES / "linux-time-wait-reuse.pcapng"
    whole = ladder(tshark, capture).split("\n\nConnection 1:")
    for passes in 1, 2:
        text = ladder(tshark, capture, passes=passes, rest=",frame.number == 14")
        assert text == "Connection 1:" + whole[1]
    root = ElementTree.fromstring(picture(tshark, capture, rest=",frame.number == 14"))
    titles = [text.text for text in root.iter(SVG + "text") if text.get("class") == "title"]
    assert titles == [text.split("\n")[0] for text in ["Connection 1:" + whole[1]]]


def test_nothing_selected(tshark):
    assert ladder(tshark, CAPTURES[0], rest=",udp") == "There is no connection to draw.\n"
    assert "There is no connection to draw." in picture(tshark, CAPTURES[0], rest=",udp")


def fails(tshark, statistic):
    """The one line that tshark says when it can't do this."""
    environment = {**os.environ, "HOME": str(tshark.home), "WIRESHARK_PLUGIN_DIR": str(tshark.stage / "plugins")}
    environment.pop("XDG_CONFIG_HOME", None)
    done = subprocess.run([*tshark.prefix, TSHARK, "-n", "-q", "-r", tshark.place(CAPTURES[0]), "-z", statistic],
                          env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    said = [line for line in done.stderr.splitlines() if not line.startswith("Running as")]
    assert done.returncode != 0 and done.stdout == "" and len(said) == 1, done
    return said[0]


@pytest.mark.parametrize("statistic, reason", [
    ("simtcp,ladderx", "there is no such statistic"),
    ("simtcp,svgx", "there is no such statistic"),
    ("simtcp,ladder,no.such.field", "no.such.field"),
    ("simtcp,svg", "file's name is missing"),
    ("simtcp,svg,", "file's name is missing"),
    ("simtcp,svg,,tcp", "file's name is missing"),
    ("simtcp,svg,/no/such/folder/x.svg", "can't write to /no/such/folder/x.svg"),
    ("simtcp,svg,/", "can't write to /"),
])
def test_errors(tshark, statistic, reason):
    assert reason in fails(tshark, statistic)


def test_errors_leave_no_file(tshark):
    folder = tshark.stage / "empty"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    assert "no.such.field" in fails(tshark, f"simtcp,svg,{folder}/x.svg,no.such.field")
    if tshark.prefix:
        folder.chmod(0o755)
        assert "Permission denied" in fails(tshark, f"simtcp,svg,{folder}/x.svg")
    assert not list(folder.iterdir())


# --- large ones ---

def write(tshark, name, packets):
    capture = tshark.stage / name
    for number, packet in enumerate(packets):
        packet.time = 1700000000 + number / 8
    wrpcap(str(capture), packets)
    capture.chmod(0o644)
    return capture


def test_the_middle_of_many_segments_is_left_out(tshark):
    long = "2001:db8:1111:2222:3333:4444:5555:6666", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"
    packets = [Ether(**MACS) / IPv6(src=long[0], dst=long[1]) / TCP(sport=50000, dport=60000, flags="S", seq=7)
               for _ in range(300)]
    capture = write(tshark, "many-segments.pcap", packets)
    text = ladder(tshark, capture)
    (diagram,) = read_diagrams(text)
    assert [segment.frame for segment in diagram["segments"]] == [*range(1, 51), *range(251, 301)]
    assert re.search(r":\s+200 segments left out, frames 51 to 250\s+:", text)
    assert all(f"[{address}]" in text for address in long)
    root = ElementTree.fromstring(picture(tshark, capture))
    check_picture(root)
    names = [text for text in root.iter(SVG + "text") if "name" in text.get("class")]
    assert names[0].get("y") != names[1].get("y")


def test_many_connections_need_a_filter(tshark):
    packets = [Ether(**MACS) / IP(src="192.0.2.1", dst="192.0.2.2") / TCP(sport=20000 + number, dport=80, flags="S", seq=7)
               for number in range(120)]
    capture = write(tshark, "many-connections.pcap", packets)
    rest = "20 more connections are not drawn: choose with a filter, such as simtcp.connection == 100."
    text = ladder(tshark, capture)
    assert text.endswith("\n" + rest + "\n") and text.count("\nConnection ") == 99
    assert ladder(tshark, capture, rest=",simtcp.connection == 100").startswith("Connection 100: 192.0.2.1:20100")
    sheet = picture(tshark, capture)
    check_picture(ElementTree.fromstring(sheet))
    assert rest in sheet and sheet.count('class="title"') == 100


def test_wiresharks_own_flow_graph_has_the_steps(tshark):
    text = tshark.run("-n", "-q", "-2", "-r", tshark.place(SAMPLES / "article-simultaneous-open.pcapng"),
                      "-z", "flow,any,standard")
    assert text.count("|TCP: [2.SYN n, ACK k+1] ") == 1 and text.count("|TCP: [1.SYN n] ") == 4
