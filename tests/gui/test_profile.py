# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile without a window: the Wireshark at hand reads all of it, and its colours can be read."""

import csv
import re
import subprocess
import tempfile

import pytest

from desktop import BUILD, DATA, PROFILE, SAMPLES, Stage

FOLDER = BUILD / "profiles" / PROFILE
READABLE = 4.5      # WCAG 2.1, success criterion 1.4.3: contrast of text
WIDTH = 80          # of a line of the details, in a window of usual size


@pytest.fixture(scope="module")
def quiet():
    """A stage without a screen; what tshark prints with the profile, which must be without a complaint."""
    with tempfile.TemporaryDirectory(prefix="simtcp-profile-") as folder:
        yield runner(Stage(folder))


def runner(stage):
    def run(*arguments, capture=SAMPLES / "linux-article.pcapng"):
        done = stage.run("tshark", "-2", "-C", PROFILE, "-r", stage.place(capture), *arguments, check=False)
        assert done.returncode == 0 and not done.stderr, f"tshark {arguments}: {done.stderr}"
        return done.stdout
    run.stage = stage
    return run


def rules(path):
    """Name, filter, background and foreground (each 0 to 65535) of a file of colouring rules."""
    pattern = re.compile(r"@(.*)@(.*)@\[(\d+),(\d+),(\d+)\]\[(\d+),(\d+),(\d+)\]")
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, text, *numbers = pattern.fullmatch(line).groups()
            yield name, text, [int(n) for n in numbers[:3]], [int(n) for n in numbers[3:]]


def ours():
    return [rule for rule in rules(FOLDER / "colorfilters") if rule[0].startswith("SimTCP ")]


def luminance(colour):
    parts = [value / 65535 for value in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name, text, background, foreground", ours(), ids=[rule[0] for rule in ours()])
def test_text_can_be_read(name, text, background, foreground):
    assert contrast(background, foreground) >= READABLE


def test_backgrounds_differ():
    backgrounds = [tuple(rule[2]) for rule in rules(FOLDER / "colorfilters")]
    own = backgrounds[:len(ours())]
    assert len(set(own)) == len(own) and not set(own) & set(backgrounds[len(own):])


def test_wiresharks_rules_are_below():
    names = [rule[0] for rule in rules(FOLDER / "colorfilters")]
    assert names == [rule[0] for rule in ours()] + [rule[0] for rule in rules(DATA / "colorfilters")]


def test_is_global(quiet):
    """Found among Wireshark's own profiles, it becomes the user's, whole."""
    quiet()
    folder = quiet.stage.home / ".config" / "wireshark" / "profiles" / PROFILE
    assert {path.name for path in folder.iterdir()} >= {path.name for path in FOLDER.iterdir()}


def test_columns(quiet):
    rows = [line.split("\t") for line in quiet("-T", "tabs").splitlines()]
    assert [cell for cell in rows[0] if cell != "→"][5:8] == ["1.SYN n", "SYN-SENT", "Unknown"]


@pytest.mark.parametrize("capture, expected", [
    ("article-simultaneous-open", {"SimTCP simultaneous open"}),
    ("article-simultaneous-close", {"SimTCP simultaneous close"}),
    ("self-connect", {"SimTCP self-connect", "SimTCP simultaneous close"}),
    ("split-handshake-five-segments", {"SimTCP split handshake"}),
    ("simultaneous-open-reset", {"SimTCP simultaneous or split"}),
    ("linux-time-wait-reuse", {"SimTCP TIME-WAIT reused"}),
    ("linux-time-wait-refused", {"SimTCP TIME-WAIT refused"}),
    ("three-way-four-wave", set()),
])
def test_colours(quiet, capture, expected):
    names = quiet("--color", "-T", "fields", "-e", "frame.coloring_rule.name",
                  capture=SAMPLES / f"{capture}.pcapng")
    assert {name for name in names.splitlines() if name.startswith("SimTCP")} == expected


def buttons():
    with open(FOLDER / "dfilter_buttons", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return [[cell.encode().decode("unicode_escape") for cell in row] for row in csv.reader(lines)]


@pytest.mark.parametrize("enabled, label, text, comment", buttons(), ids=[row[1] for row in buttons()])
def test_button(quiet, enabled, label, text, comment):
    assert enabled == "TRUE" and comment
    quiet("-Y", text)


@pytest.mark.parametrize("text, capture, count", [
    ("${simtcp_special}", "linux-article", 22),
    ("!${simtcp_special} && simtcp", "three-way-four-wave", 20),
    ('${simtcp_state:"CLOSING"}', "article-simultaneous-close", 4),
    ('${simtcp_time_wait_at:"10.16.56.2:"}', "article-simultaneous-close", 4),
    ("${private_ipv4:ip.src}", "article-simultaneous-close", 4),
])
def test_macro(quiet, text, capture, count):
    assert len(quiet("-Y", text, capture=SAMPLES / f"{capture}.pcapng").splitlines()) == count


@pytest.mark.parametrize("capture", ["article-simultaneous-open", "linux-article", "linux-time-wait-refused",
                                     "simultaneous-open-and-close", "split-handshake-four-segments"])
def test_evidence_can_be_read(quiet, capture):
    """It is laid out in lines that a window shows whole, and nothing of it is lost."""
    path = SAMPLES / f"{capture}.pcapng"
    last = quiet("-T", "fields", "-e", "frame.number", "-e", "simtcp.why", capture=path).splitlines()[-1]
    number, why = last.split("\t")
    details = quiet("-V", "-O", "simtcp", "-Y", f"frame.number == {number}", capture=path).splitlines()
    lines = [line.strip() for line in details if line.startswith(("    [Why: ", "    [     "))]
    assert len(lines) > 1 and max(map(len, lines)) <= WIDTH
    assert " ".join(line[len("[Why: "):-1] for line in lines) == why


def test_installed_whole(tmp_path):
    """What the install target copies is what was tried here."""
    subprocess.run(["cmake", "--install", BUILD / "plugin" / "profile", "--prefix", tmp_path], check=True,
                   capture_output=True, timeout=60)
    found = tmp_path / "share" / "wireshark" / "profiles" / PROFILE
    assert {path.name: path.read_bytes() for path in found.iterdir()} \
        == {path.name: path.read_bytes() for path in FOLDER.iterdir()}
