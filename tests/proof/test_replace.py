# SPDX-License-Identifier: GPL-2.0-or-later
"""Each part of docs/proof.md can be written anew without touching the others."""

import pathlib
import re
import subprocess

import pytest
from replace import replaced

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGE = (TOP / "docs" / "proof.md").read_text(encoding="utf-8")
PARTS = re.findall(r"^<!-- part: (\S+) -->$", PAGE, re.MULTILINE)


def without(page, part):
    return re.sub(rf"(<!-- part: {part} -->\n).*(<!-- end of {part} -->)", r"\1\2", page, flags=re.DOTALL)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_replaced_and_no_other(part):
    written = replaced(PAGE, part, "\n| a | table |\n|---|---|\n\\1 & more\n\n")
    assert f"<!-- part: {part} -->\n\n| a | table |\n|---|---|\n\\1 & more\n\n<!-- end of {part} -->\n" in written
    assert without(written, part) == without(PAGE, part)
    # again, it leaves nothing of the time before
    assert replaced(written, part, "less") == replaced(PAGE, part, "less")


@pytest.mark.parametrize("page", ["", "<!-- part: a -->\n", "<!-- end of a -->\n<!-- part: a -->\n",
                                  "<!-- part: a -->\n<!-- end of a -->\n" * 2])
def test_a_page_without_that_part_is_left_alone(page):
    with pytest.raises(ValueError):
        replaced(page, "a", "text")


def test_marks_are_not_doubled():
    with pytest.raises(ValueError):
        replaced(PAGE, PARTS[0], f"<!-- end of {PARTS[0]} -->")


def test_the_program_knows_the_parts_of_the_page():
    program = TOP / "tests" / "proof" / "report.sh"
    assert subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout.split() == PARTS
    assert subprocess.run([program, "nothing"], capture_output=True, check=False).returncode != 0
