# SPDX-License-Identifier: GPL-2.0-or-later
"""The fields reach every output of tshark, and nothing but themselves is needed for that."""

import json
import re
import xml.etree.ElementTree as xml

import pytest

from conftest import CONNECTION, SAMPLES

OPENED = SAMPLES / "article-simultaneous-open.pcapng"
CLOSED = SAMPLES / "article-simultaneous-close.pcapng"

# simtcp.FIELD, its type and the strings of its values, in the order of their numbers.
STATES = ["Unknown", "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
          "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"]
CONTRACT = {
    "connection": ("FT_UINT32", None),
    "simopen": ("FT_BOOLEAN", None),
    "simclose": ("FT_BOOLEAN", None),
    "open": ("FT_UINT8", ["Unknown", "Three-way", "Simultaneous", "Self-connect", "Split handshake",
                          "Simultaneous or split", "Incomplete", "Refused"]),
    "open.completed": ("FT_BOOLEAN", None),
    "close": ("FT_UINT8", ["Open", "Orderly", "Simultaneous", "Half-closed", "Reset", "Undecidable"]),
    "close.completed": ("FT_BOOLEAN", None),
    "time_wait.holder": ("FT_STRING", None),
    "role": ("FT_STRING", None),
    "notation": ("FT_STRING", None),
    "phase": ("FT_UINT8", ["Open", "Close"]),
    "role.repeat": ("FT_BOOLEAN", None),
    "n": ("FT_UINT32", None),
    "k": ("FT_UINT32", None),
    "src.state": ("FT_UINT8", STATES),
    "dst.state": ("FT_UINT8", STATES),
    "partner": ("FT_FRAMENUM", None),
    "answers": ("FT_FRAMENUM", None),
    "why": ("FT_STRING", None),
    "time_wait.enter": ("FT_STRING", None),
    "time_wait.until": ("FT_ABSOLUTE_TIME", None),
    "expert.simopen": ("FT_NONE", None),
    "expert.simclose": ("FT_NONE", None),
    "expert.selfconnect": ("FT_NONE", None),
    "expert.split_handshake": ("FT_NONE", None),
    "expert.not_a_retransmission": ("FT_NONE", None),
}


def test_the_fields_are_those_of_the_contract(tshark):
    fields = {}
    for line in tshark.run("-G", "fields").splitlines():
        parts = line.split("\t")
        if parts[0] == "F" and parts[2].startswith("simtcp."):
            fields[parts[2].removeprefix("simtcp.")] = parts[3]
    values = {}
    for (field, number), name in tshark.names.items():
        values.setdefault(field.removeprefix("simtcp."), {})[int(number)] = name
    for name, (kind, strings) in CONTRACT.items():
        assert fields[name] == kind, name
        if strings:
            assert values[name] == dict(enumerate(strings)), name


@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("field", ["simtcp.role", "simtcp.src.state", "simtcp.partner", "simtcp.n", "simtcp.simclose",
                                   "simtcp.time_wait.enter", "simtcp.why", "simtcp.connection"])
def test_a_field_needs_no_other(tshark, field, passes):
    alone = tshark.fields(CLOSED, [field], passes=passes)
    together = tshark.fields(CLOSED, [*CONNECTION, "simtcp.why", "simtcp.role", "simtcp.src.state", "simtcp.partner",
                                      "simtcp.n", "simtcp.time_wait.enter"], passes=passes)
    assert [frame[field] for frame in alone] == [frame[field] for frame in together]
    assert any(frame[field] for frame in alone)


def test_json_has_the_fields(tshark):
    packets = json.loads(tshark.run("-2", "-n", "-r", tshark.place(OPENED), "-T", "json", "-J", "simtcp"))
    assert "2.ACK n+1" in json.dumps(packets[-1])
    assert "simtcp.simopen" in json.dumps(packets[0])


def test_ek_has_the_fields(tshark):
    lines = tshark.run("-2", "-n", "-r", tshark.place(OPENED), "-T", "ek").splitlines()
    layers = json.loads(lines[-1])["layers"]["simtcp"]
    assert "2.ACK n+1" in json.dumps(layers)


def test_pdml_has_the_fields(tshark):
    root = xml.fromstring(tshark.run("-2", "-n", "-r", tshark.place(OPENED), "-T", "pdml"))
    fields = {field.get("name"): field for field in root[-1].iter("field")}
    assert fields["simtcp.role"].get("show") == "2.ACK n+1"
    assert fields["simtcp.notation"].get("show") == "2.SYN k, ACK n+1"


@pytest.mark.parametrize("passes", [1, 2])
def test_a_column_shows_a_field(tshark, passes):
    text = tshark.run(*(["-2"] if passes == 2 else []), "-n", "-r", tshark.place(OPENED),
                      "-o", 'gui.column.format:"Role","%Cus:simtcp.role"')
    assert [line.strip() for line in text.splitlines()][-2:] == ["2.ACK k+1", "2.ACK n+1"]


def info(tshark, capture, *options, passes=2):
    return tshark.run(*(["-2"] if passes == 2 else []), "-n", "-r", tshark.place(capture), *options).splitlines()


def test_the_info_column_has_the_notation_of_flagged_connections(tshark):
    lines = info(tshark, OPENED)
    assert "[1.SYN n] 44444" in lines[0]
    assert "[2.SYN k, ACK n+1]" in lines[-1]
    assert not any("[1.SYN n]" in line for line in info(tshark, SAMPLES / "three-way-four-wave.pcapng"))


def test_the_info_column_preference(tshark):
    ordinary = SAMPLES / "three-way-four-wave.pcapng"
    assert any("[3.FIN k]" in line for line in info(tshark, ordinary, "-o", "simtcp.info_column:all"))
    assert not any("SYN n]" in line for line in info(tshark, OPENED, "-o", "simtcp.info_column:off"))


def test_one_pass_flags_from_the_proof_onwards(tshark):
    lines = info(tshark, CLOSED, passes=1)
    assert "[1.FIN n]" not in lines[0]
    assert "[1.FIN k]" in lines[1] and "[2.ACK k+1]" in lines[2] and "[2.ACK n+1]" in lines[3]


def test_ordinary_connections_can_be_left_out_of_the_tree(tshark):
    ordinary = tshark.place(SAMPLES / "three-way-four-wave.pcapng")
    assert "Simultaneous TCP Analysis" in tshark.run("-2", "-n", "-V", "-r", ordinary)
    assert "Simultaneous TCP Analysis" not in tshark.run("-2", "-n", "-V", "-r", ordinary,
                                                         "-o", "simtcp.ordinary:FALSE")
    assert "Simultaneous TCP Analysis" in tshark.run("-2", "-n", "-V", "-r", tshark.place(OPENED),
                                                     "-o", "simtcp.ordinary:FALSE")


def test_the_tree_reads_like_a_note(tshark):
    text = tshark.run("-2", "-n", "-V", "-r", tshark.place(OPENED), "-Y", "frame.number == 9")
    note = text[text.index("Simultaneous TCP Analysis"):]
    assert "opened simultaneously" in note.splitlines()[0]
    assert re.search(r"n: 4240815619 \(SYN of 10\.22\.5\.3:44444\)", note)
    assert "SYN-RECEIVED" in note and "crossed" in note


def test_expert_information_comes_once_for_an_event(tshark):
    for capture, name in ((OPENED, "simopen"), (CLOSED, "simclose"), (SAMPLES / "self-connect.pcapng", "selfconnect"),
                          (SAMPLES / "split-handshake-five-segments.pcapng", "split_handshake")):
        for passes in (1, 2):
            frames = tshark.fields(capture, ["frame.number"], "-Y", f"simtcp.expert.{name}", passes=passes)
            assert len(frames) == 1, (name, passes)


def test_wiresharks_own_expert_field_and_statistic_have_it_without_a_field_of_ours(tshark):
    frames = tshark.fields(CLOSED, ["frame.number"], "-Y", '_ws.expert.message contains "closed simultaneously"')
    assert [frame["frame.number"] for frame in frames] == [["2"]]
    assert "This connection closed simultaneously" in tshark.run("-2", "-n", "-q", "-z", "expert", "-r", tshark.place(CLOSED))


def test_what_is_no_retransmission_is_said_where_wireshark_says_it_is(tshark):
    frames = tshark.fields(OPENED, ["frame.number", "tcp.analysis.retransmission"],
                           "-Y", "simtcp.expert.not_a_retransmission")
    assert [frame["frame.number"] for frame in frames] == [["9"], ["10"]]
    assert all(frame["tcp.analysis.retransmission"] for frame in frames)


def test_without_the_plugin_there_is_no_such_field(tshark):
    assert "simtcp" not in tshark.run("-G", "protocols", plugin=False)
