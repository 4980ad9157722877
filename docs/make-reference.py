#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes docs/reference.md from what the plugin registers: fields, values, expert information,
preferences and statistics, as tshark lists them.

    docs/make-reference.py [FILE]

FILE is docs/reference.md by default, "-" is standard output. The plugin is that in the folder build,
or in that which the environment variable SIMTCP_BUILD names; SIMTCP_TSHARK names another tshark.
"""

import functools
import importlib.util
import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[1]


def load_golden():
    """tests/golden/conftest.py: tshark with the plugin that was built."""
    path = TOP / "tests" / "golden" / "conftest.py"
    spec = importlib.util.spec_from_file_location("golden_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOLDEN = load_golden()

TYPES = {
    "FT_BOOLEAN": "boolean",
    "FT_UINT8": "enumeration",
    "FT_UINT32": "unsigned integer",
    "FT_STRING": "text",
    "FT_FRAMENUM": "frame number",
    "FT_ABSOLUTE_TIME": "date and time",
    "FT_RELATIVE_TIME": "duration",
}

# tshark lists the names of statistics without a word about them.
STATISTICS = {
    "simtcp,connections": ("[,FILTER]", "one row for each connection"),
    "simtcp,ladder": ("[,FILTER]", "a sequence diagram of each connection, as text"),
    "simtcp,svg": (",FILE[,FILTER]", "the same as a picture"),
    "simtcp,time_wait": ("[,FILTER]", "how many TIME-WAITs at once, and which share of the ports they take"),
    "simtcp,tree": ("[,FILTER]", "how many connections opened and closed in which way, and who holds TIME-WAIT"),
}

# Together these show every expert information; its severity is listed nowhere else.
EXPERTS = ["self-connect", "linux-simultaneous-open", "linux-split-handshake-five-segments",
           "linux-time-wait-refused"]
SEVERITIES = {"Errors": "error", "Warns": "warning", "Notes": "note", "Chats": "chat"}

HEADING = """<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
# Reference

What simtcp registers with Wireshark, for display filters, columns, `-T fields -e`, scripts and `-o`. This page is written by
`docs/make-reference.py` from the plugin itself, and a test compares the two. What the verdicts mean is told in
[how it decides](how-it-decides.md).
"""

FIELDS = """
## Fields

A field that is "absent otherwise" is there only where it is true, so its bare name is a filter: `simtcp.simopen` selects the
frames of simultaneous opens and nothing else. Fields of the connection stand on all its frames in two passes (`tshark -2`, or
Wireshark's window), and in one pass from the frame that proves them. Two roles, or two ends in TIME-WAIT, are two occurrences.

| Field | Type | Label | Meaning |
|---|---|---|---|
"""

VALUES = """
## Values of enumerations

Filters and columns have the names (`simtcp.open == "Three-way"`); `-T fields` and `-T json` print the numbers.

| Field | Values |
|---|---|
"""

EXPERT = """
## Expert information

Analyze > Expert Information in the window, `-z expert` in tshark; each is also a field to filter by, on the frame that proves it.

| Field | Severity | Text |
|---|---|---|
"""

PREFERENCES = """
## Preferences

Edit > Preferences > Protocols > SimTCP in the window, `-o NAME:VALUE` on the command line.

| Preference | Default | Meaning |
|---|---|---|
"""

STATISTICS_HEADING = """
## Statistics

For `tshark -q -r FILE -z ...`; FILTER selects the connections one of whose frames matches. [More about them](statistics.md), and
about [diagrams](ladder.md).

| Command | What it prints |
|---|---|
"""


@functools.lru_cache
def listing(tshark, what):
    """What tshark -G prints: seconds of work, for all protocols."""
    return tshark.run("-G", what)


def registered(tshark, what, kind):
    """The lines of tshark -G that are simtcp's and of this kind, as lists."""
    for line in listing(tshark, what).splitlines():
        parts = line.split("\t")
        if parts[0] == kind and any(part.startswith("simtcp.") for part in parts[1:3]):
            yield parts[1:]


def fields(tshark):
    """Name, type, label and meaning of each field; experts have the type FT_NONE."""
    return [(parts[1], parts[2], parts[0], parts[6] if len(parts) > 6 else "")
            for parts in registered(tshark, "fields", "F")]


def values(tshark):
    """The names of each enumeration's values in the order of their numbers from 0."""
    found = {}
    for name, number, text in registered(tshark, "values", "V"):
        found.setdefault(name, []).append((int(number), text))
    for name, pairs in found.items():
        assert [number for number, _ in pairs] == list(range(len(pairs))), f"{name}: {pairs}"
    return {name: [text for _, text in pairs] for name, pairs in found.items()}


def choice(text):
    """A choice's name, where 4.0 lists "Flagged connections" and 4.6 "flagged"; -o takes either."""
    return text.split()[0].lower()


def preferences(tshark):
    """Name, default and meaning, with the choices of those that have names for them."""
    found = []
    for paragraph in listing(tshark, "defaultprefs").split("\n\n"):
        lines = paragraph.splitlines()
        match = re.fullmatch(r"#?(simtcp\.\w+):\s*(.*)", lines[-1]) if lines else None
        if match:
            name, default = match.groups()
            meaning = lines[0].removeprefix("# ")
            for line in lines[1:-1]:
                if line.startswith("# One of: "):
                    choices = line.removeprefix("# One of: ").split(", ")
                    meaning += f" One of: {', '.join(map(choice, choices))}."
                    default = choice(default)
            found.append((name, default.lower(), meaning))
    return found


@functools.lru_cache
def severities(tshark):
    """The severity of each expert information, by its text."""
    found = {}
    for sample in EXPERTS:
        section = None
        capture = tshark.place(GOLDEN.SAMPLES / f"{sample}.pcapng")
        for line in tshark.run("-2", "-q", "-r", capture, "-z", "expert").splitlines():
            heading = re.match(r"(\w+) \(\d+\)$", line)
            row = re.match(r"\s+\d+\s+\S+\s+SimTCP\s+(.*\S)", line)
            if heading:
                section = heading[1]
            elif row:
                found[row[1]] = SEVERITIES[section]
    return found


def statistics(tshark):
    """Name, arguments and meaning of each -z of simtcp's."""
    # the list stands on standard error, which Tshark.run() takes for complaints
    done = subprocess.run([*tshark.prefix, GOLDEN.TSHARK, "-z", "help"], capture_output=True, text=True, check=True,
                          env={"HOME": str(tshark.home), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                               "WIRESHARK_PLUGIN_DIR": str(tshark.stage / "plugins")}, timeout=GOLDEN.TIMEOUT)
    names = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip().startswith("simtcp")]
    assert sorted(names) == sorted(STATISTICS), f"-z help lists {names}"
    return [(name, *STATISTICS[name]) for name in sorted(names)]


def row(*cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def reference(tshark):
    """The whole page."""
    page = HEADING + FIELDS
    known = fields(tshark)
    for name, kind, label, meaning in known:
        if kind != "FT_NONE":
            page += row(f"`{name}`", TYPES[kind], label, meaning)
    page += VALUES
    # fields with the same values share a row
    for texts, group in itertools.groupby(values(tshark).items(), key=lambda item: item[1]):
        names = ", ".join(f"`{name}`" for name, _ in group)
        page += row(names, ", ".join(f"{number} `{text}`" for number, text in enumerate(texts)))
    page += EXPERT
    severity = severities(tshark)
    for name, kind, label, _ in known:
        if kind == "FT_NONE":
            page += row(f"`{name}`", severity[label], label)
    page += PREFERENCES
    for name, default, meaning in preferences(tshark):
        page += row(f"`{name}`", default, meaning)
    page += STATISTICS_HEADING
    for name, arguments, meaning in statistics(tshark):
        page += row(f"`-z {name}{arguments}`", meaning)
    return page


def main():
    if len(sys.argv) > 2 or any(argument.startswith("--") for argument in sys.argv[1:]):
        sys.exit(__doc__)
    target = sys.argv[1] if len(sys.argv) == 2 else TOP / "docs" / "reference.md"
    with tempfile.TemporaryDirectory(prefix="simtcp-") as stage:
        page = reference(GOLDEN.Tshark(stage))
    if target == "-":
        sys.stdout.write(page)
    else:
        pathlib.Path(target).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
