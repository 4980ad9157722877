# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/reference.md says what the plugin registers, and nothing that users' filters, columns and scripts depend on
has gone: names, types and the numbers of enumerations are a promise."""

import importlib.util
import pathlib
import re
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
MAKER = TOP / "docs" / "make-reference.py"


def load_maker():
    spec = importlib.util.spec_from_file_location("make_reference", MAKER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE = load_maker()

# Written down here once more on purpose: what the page says follows the plugin, this does not.
FIELDS = {
    "simtcp.connection": "FT_UINT32",
    "simtcp.simopen": "FT_BOOLEAN",
    "simtcp.simclose": "FT_BOOLEAN",
    "simtcp.open": "FT_UINT8",
    "simtcp.open.completed": "FT_BOOLEAN",
    "simtcp.close": "FT_UINT8",
    "simtcp.close.completed": "FT_BOOLEAN",
    "simtcp.time_wait.holder": "FT_STRING",
    "simtcp.role": "FT_STRING",
    "simtcp.notation": "FT_STRING",
    "simtcp.phase": "FT_UINT8",
    "simtcp.role.repeat": "FT_BOOLEAN",
    "simtcp.n": "FT_UINT32",
    "simtcp.k": "FT_UINT32",
    "simtcp.src.state": "FT_UINT8",
    "simtcp.dst.state": "FT_UINT8",
    "simtcp.partner": "FT_FRAMENUM",
    "simtcp.answers": "FT_FRAMENUM",
    "simtcp.why": "FT_STRING",
    "simtcp.time_wait.enter": "FT_STRING",
    "simtcp.time_wait.until": "FT_ABSOLUTE_TIME",
    "simtcp.time_wait.reuse": "FT_BOOLEAN",
    "simtcp.time_wait.age": "FT_RELATIVE_TIME",
    "simtcp.time_wait.answer": "FT_UINT8",
    "simtcp.time_wait.assassinated": "FT_BOOLEAN",
    "simtcp.time_wait.concurrent": "FT_UINT32",
}

STATES = ["Unknown", "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
          "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"]

# In the order of their numbers, from 0.
VALUES = {
    "simtcp.open": ["Unknown", "Three-way", "Simultaneous", "Self-connect", "Split handshake",
                    "Simultaneous or split", "Incomplete", "Refused"],
    "simtcp.close": ["Open", "Orderly", "Simultaneous", "Half-closed", "Reset", "Undecidable"],
    "simtcp.phase": ["Open", "Close"],
    "simtcp.src.state": STATES,
    "simtcp.dst.state": STATES,
    "simtcp.time_wait.answer": ["Accepted", "Challenged", "Refused", "Ignored"],
}

EXPERTS = {
    "simtcp.expert.simopen": "note",
    "simtcp.expert.simclose": "note",
    "simtcp.expert.selfconnect": "warning",
    "simtcp.expert.split_handshake": "warning",
    "simtcp.expert.time_wait_reuse": "note",
    "simtcp.expert.time_wait_refused": "warning",
    "simtcp.expert.assassination": "warning",
    "simtcp.expert.not_a_retransmission": "chat",
}

PREFERENCES = {
    "simtcp.info_column": "flagged",
    "simtcp.ordinary": "true",
    "simtcp.time_wait_seconds": "60",
    "simtcp.syn_timeout": "180",
    "simtcp.ephemeral_ports": "28232",
}


@pytest.fixture(scope="module")
def tshark():
    with tempfile.TemporaryDirectory(prefix="simtcp-") as stage:
        yield MAKE.GOLDEN.Tshark(stage)


def test_page_is_what_the_plugin_registers(tshark):
    page = (TOP / "docs" / "reference.md").read_text(encoding="utf-8")
    assert page.splitlines() == MAKE.reference(tshark).splitlines(), "run docs/make-reference.py"


def test_promised_fields_have_their_types(tshark):
    registered = {name: kind for name, kind, _, _ in MAKE.fields(tshark)}
    assert {name: registered.get(name) for name in FIELDS} == FIELDS


def test_every_field_says_what_it_means(tshark):
    mute = [name for name, kind, label, meaning in MAKE.fields(tshark)
            if not label or (kind != "FT_NONE" and not meaning.endswith("."))]
    assert mute == []


def test_flags_say_that_they_are_absent_otherwise(tshark):
    silent = [name for name, kind, _, meaning in MAKE.fields(tshark)
              if kind == "FT_BOOLEAN" and not meaning.endswith("absent otherwise.")]
    assert silent == []


def test_enumerations_keep_their_numbers(tshark):
    assert MAKE.values(tshark) == VALUES


def test_expert_informations_have_their_severities(tshark):
    severity = MAKE.severities(tshark)
    registered = {name: severity.get(label) for name, kind, label, _ in MAKE.fields(tshark) if kind == "FT_NONE"}
    assert registered == EXPERTS


def test_preferences_have_their_defaults(tshark):
    assert {name: default for name, default, _ in MAKE.preferences(tshark)} == PREFERENCES


def test_every_statistic_is_named_on_the_page_of_statistics_or_diagrams():
    pages = "".join((TOP / "docs" / name).read_text(encoding="utf-8") for name in ("statistics.md", "ladder.md"))
    assert [name for name in MAKE.STATISTICS if f"-z {name}" not in pages] == []


@pytest.mark.parametrize("page", sorted((TOP / "docs").glob("*.md")), ids=lambda page: page.stem)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#:\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_examples_of_a_rule_have_the_verdict_that_it_states():
    """In the tables of how-it-decides: what the rule says and what the script beside it expects."""
    checked = 0
    for line in (TOP / "docs" / "how-it-decides.md").read_text(encoding="utf-8").splitlines():
        cells = line.split(" | ")
        for script in re.findall(r"scenarios/((?:open|close|split)[\w-]*)\.pkt", line if line.startswith("|") else ""):
            verdict = re.match(r"`([^`]+)`", cells[1])[1]
            text = (TOP / "sample-captures" / "scenarios" / f"{script}.pkt").read_text(encoding="utf-8")
            expected = re.findall(r"^//@ expect (?:0 )?(?:open|close) (.+?)\s*$", text, re.M)
            assert verdict in expected, (script, verdict, expected)
            checked += 1
    assert checked >= 14
