# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual pages say what the programs themselves say."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SIMTCP_BUILD", TOP / "build"))
PROGRAMS = {"simtcp-gen": BUILD / "tools" / "simtcp-gen", "simtcp-sim": BUILD / "tools" / "simtcp-sim",
            "simtcpdump": BUILD / "extcap" / "simtcpdump"}


def page(name):
    """The source of a page."""
    return (TOP / "docs" / "man" / f"{name}.1").read_text()


def help_of(name):
    """What the program prints."""
    return subprocess.run([PROGRAMS[name], "--help"], capture_output=True, text=True, timeout=10, check=True).stdout


def items(source):
    """Text of the page for each option in its lists."""
    found = {}
    for block in re.split(r"^\.It ", source, flags=re.M)[1:]:
        head, _, body = block.partition("\n")
        for option in re.findall(r"\bFl Fl ([\w-]+)|\bFl (o)\b", head):
            found["--" + option[0] if option[0] else "-o"] = body
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_option_is_explained(name):
    """No more and no fewer than --help has."""
    options = set(re.findall(r"(?<![\w-])(--[a-z][\w-]*|-o\b)", help_of(name)))
    assert {"--help", "--version"} < options
    assert set(items(page(name))) == options


@pytest.mark.parametrize("name", ["simtcp-sim", "simtcpdump"])
def test_defaults_are_right(name):
    """The value in parentheses is that of --help."""
    explained = items(page(name))
    defaults = re.findall(r"^  (--[\w-]+) \w+ .*\(([\d.]+|mixed|middle)\)", help_of(name), re.M)
    assert len(defaults) > 10
    for option, value in defaults:
        assert f"({value})" in explained[option], option


def behaviours(name):
    """The names that --help lists: separated by commas, or one at the beginning of each line."""
    text = help_of(name)
    if "Behaviours:" in text:
        return re.findall(r"[a-z-]+", text.partition("Behaviours:")[2])
    return re.findall(r"^ {20,}([a-z-]+)", text.partition("--behaviour")[2].partition("--profile")[0], re.M)


@pytest.mark.parametrize("name", ["simtcp-sim", "simtcpdump"])
def test_every_behaviour_is_named(name):
    """No more and no fewer than --help has."""
    source = page(name)
    if name == "simtcp-sim":
        lists = re.findall(r"^\.It Cm (.*)", source, re.M)
    else:
        lists = re.findall(r"^\.Cm (.*)", items(source)["--behaviour"], re.M)
    named = set(re.findall(r"[a-z-]+", " ".join(lists)))
    assert named == set(behaviours(name))


@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed")
@pytest.mark.parametrize("name", PROGRAMS)
def test_mandoc_has_nothing_to_say(name):
    """Whether other packages' pages are installed is not the page's fault."""
    done = subprocess.run(["mandoc", "-Tlint", "-Wstyle", TOP / "docs" / "man" / f"{name}.1"], capture_output=True,
                          text=True, timeout=10, check=False)
    said = [line for line in done.stdout.splitlines() if "referenced manual not found" not in line]
    assert not said


@pytest.mark.skipif(not shutil.which("man"), reason="man is not installed")
@pytest.mark.parametrize("name", PROGRAMS)
def test_man_shows_it(name):
    """Without a warning of groff's."""
    done = subprocess.run(["man", "--warnings", "-l", TOP / "docs" / "man" / f"{name}.1"], capture_output=True, text=True,
                          timeout=20, check=False, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
    assert done.returncode == 0 and not done.stderr
    # some releases of groff draw the dash twice as long
    assert f"{name} — " in done.stdout.replace("——", "—")
