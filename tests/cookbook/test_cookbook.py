# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command of docs/cookbook.md prints what is shown there, and what the page names exists."""

import pathlib
import re
import sys

import pytest

from conftest import TOP

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import shown  # noqa: E402

sys.path.remove(str(pathlib.Path(__file__).parent))

PAGE_FILE = TOP / "docs" / "cookbook.md"
PAGE = PAGE_FILE.read_text(encoding="utf-8")
COMMANDS = shown.commands(PAGE)
RECIPES = re.findall(r"^## (\d+)\. ", PAGE, re.M)


@pytest.fixture(scope="module")
def printed(desk):
    """What each command prints, run in the order of the page: some make what later ones read."""
    known = []

    def upto(index):
        while len(known) <= index:
            known.append(desk.shell(COMMANDS[len(known)].command))
        return known[index]

    return upto


@pytest.mark.parametrize("index", range(len(COMMANDS)), ids=lambda index: f"line-{COMMANDS[index].line}")
def test_command_prints_what_is_shown(printed, index):
    command = COMMANDS[index]
    real = printed(index)
    assert shown.agrees(command.lines, real), \
        "\n".join([f"docs/cookbook.md:{command.line}", f"$ {command.command}", f"--- printed:\n{real}--- shown:",
                   *command.lines])


def test_wrong_number_would_be_found(printed):
    changed = 0
    for index, command in enumerate(COMMANDS):
        for number, line in enumerate(command.lines):
            wrong = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), line)
            if wrong != line:
                changed += 1
                lines = [*command.lines[:number], wrong, *command.lines[number + 1:]]
                assert not shown.agrees(lines, printed(index)), f"docs/cookbook.md:{command.line}: {wrong}"
    assert changed > 50


def test_commands_are_where_this_looks_for_them():
    assert [int(number) for number in RECIPES] == list(range(1, len(RECIPES) + 1))
    assert len(RECIPES) >= 6
    languages = {language for language, _, _ in shown.blocks(PAGE)}
    assert languages <= {"console"}
    sections = re.split(r"^## ", PAGE, flags=re.M)[1:]
    for section in sections:
        if section[0].isdigit():
            assert shown.commands(section), section.splitlines()[0]
    for command in COMMANDS:
        assert re.match(r"tshark|build/tools/|sample-captures/", command.command), command
        assert [line for line in command.lines if line not in ("", "...")] or "-o " in command.command, command


def test_names_exist(desk):
    fields = {line.split("\t")[2] for line in desk.run("-G", "fields").splitlines() if line.startswith("F\t")}
    preferences = set(re.findall(r"simtcp\.\w+(?=:)", desk.run("-G", "currentprefs")))
    named = set(re.findall(r"\bsimtcp\.[\w.]*\w", PAGE))
    assert "simtcp.time_wait.reuse" in named
    assert named <= fields | preferences, named - fields - preferences
    captures = set(re.findall(r"\b((?:linux|article|recipe)-[a-z0-9-]+)", PAGE))
    files = {path.stem for path in (TOP / "sample-captures").rglob("*.p*") if path.suffix in (".pcapng", ".pkt")}
    assert captures <= files, captures - files


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert links
    titles = re.findall(r"^#+ (.*)$", PAGE, re.M)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    for link in links:
        path, _, anchor = link.partition("#")
        if path and "://" not in link:
            assert (PAGE_FILE.parent / path).exists(), link
        if not path:
            assert anchor in anchors, link


@pytest.mark.parametrize("lines, same", [
    (["one", "two", "three"], True),
    (["one", "...", "three"], True),
    (["...", "three"], True),
    (["...", "two", "..."], True),
    (["one", "tw ...", "three"], False),
    (["one", "t ...", "three"], False),
    (["one", "...", "two", "three", "..."], True),
    (["o", "two", "three"], False),
    (["two", "three"], False),
    (["one", "two"], False),
    (["one", "three"], False),
    (["...", "three", "two", "..."], False),
    ([], False),
])
def test_comparison_itself(lines, same):
    assert shown.agrees(lines, "one\ntwo\nthree\n") == same


@pytest.mark.parametrize("line, same", [
    ("a b ...", True), ("a ... d", True), ("... c d", True), ("a\tb ...", False), ("a x ...", False), ("a ... c", False),
    ("a b c...", False), ("a b c d ...", False),
])
def test_part_of_a_line_may_be_left_out(line, same):
    assert shown.agrees([line], "a b c d\n") == same


def test_commands_are_read_with_what_follows():
    page = "text\n```console\n$ first \\\n    more\nprinted\n...\n$ second\n```\n```\n$ not this\n```\n"
    assert shown.commands(page) == [(3, "first \\\n    more", ["printed", "..."]), (7, "second", [])]
