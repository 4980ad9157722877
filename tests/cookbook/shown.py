# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands in a page of documentation, and whether what they print is what the page shows.

Blocks of the language `console` have lines "$ COMMAND" (with a \\ at the end it goes on in the next line), each
followed by what the command prints. There, a line that is "..." stands for any number of lines, and "..." as a word of
a line for any part of that line."""

import collections
import re

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)

Shown = collections.namedtuple("Shown", "line command lines")


def blocks(page):
    """(language, number of the first line within the block, text)"""
    for block in BLOCK.finditer(page):
        yield block[1], page.count("\n", 0, block.start()) + 2, block[2]


def commands(page):
    """Every Shown of the page, in its order."""
    found = []
    for language, first, text in blocks(page):
        if language != "console":
            continue
        going_on = False
        for number, line in enumerate(text.splitlines(), first):
            if going_on:
                found[-1] = found[-1]._replace(command=found[-1].command + "\n" + line)
            elif line.startswith("$ "):
                found.append(Shown(number, line[2:], []))
            else:
                found[-1].lines.append(line)
            going_on = line.endswith("\\") and (going_on or line.startswith("$ "))
    return found


def pattern(lines):
    """What a command must print for these lines to be true."""
    parts = []
    for line in lines:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            words = re.split(r"(?<!\S)\.\.\.(?!\S)", line.rstrip())
            parts.append(".*".join(map(re.escape, words)) + r"[ \t]*\n")
    return re.compile("".join(parts))


def agrees(lines, printed):
    return pattern(lines).fullmatch(printed) is not None
