#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts what comes on standard input between the marks of one part of a page, and changes nothing else:

    replace.py PAGE PART < TEXT
"""

import pathlib
import sys


def replaced(page, part, text):
    """The page with this text in that part."""
    begin, end = f"<!-- part: {part} -->\n", f"<!-- end of {part} -->\n"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ValueError(f"there is not one part {part}")
    if "<!-- part: " in text or "<!-- end of " in text:
        raise ValueError("the text has marks of its own")
    before, rest = page.split(begin)
    return f"{before}{begin}\n{text.strip()}\n\n{end}{rest.split(end)[1]}"


def main():
    path, part = pathlib.Path(sys.argv[1]), sys.argv[2]
    path.write_text(replaced(path.read_text(encoding="utf-8"), part, sys.stdin.read()), encoding="utf-8")


if __name__ == "__main__":
    main()
