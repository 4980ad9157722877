# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user does with an open capture: read it, filter it, look at its statistics, change a preference."""

import contextlib
import shutil
import subprocess

import pytest

from desktop import SAMPLES

OPEN = SAMPLES / "article-simultaneous-open.pcapng"
CLOSE = SAMPLES / "article-simultaneous-close.pcapng"
REUSE = SAMPLES / "linux-time-wait-reuse-at-both.pcapng"
STATES = slice(5, 8)
NOTHING = "frame.number == 0"


def test_the_article_is_told(wireshark):
    wireshark.open(OPEN)
    rows = wireshark.packets()[1]
    assert [row[STATES] for row in rows[6:]] == [
        ["1.SYN n", "SYN-SENT", "SYN-RECEIVED"], ["1.SYN k", "SYN-SENT", "SYN-RECEIVED"],
        ["2.SYN n, ACK k+1", "SYN-RECEIVED", "ESTABLISHED"], ["2.SYN k, ACK n+1", "SYN-RECEIVED", "ESTABLISHED"]]
    assert rows[9][-1].startswith("[2.SYN k, ACK n+1] ")
    assert "Profile: SimTCP" in wireshark.status()
    wireshark.go_to(9)
    shown = wireshark.expanded("[Coloring Rule Name: SimTCP simultaneous open]", "[Opened simultaneously: True]",
                               "[Crossed the segment in frame: 10]")
    assert "[Why: SYN n (frame 7) and SYN k (frame 8) crossed:]" in shown


def test_a_double_click_leads_to_the_other_frame(wireshark):
    from window import click_until

    wireshark.open(OPEN)
    wireshark.go_to(9)
    wireshark.open_part("Simultaneous TCP Analysis")
    click_until("frame 10", lambda: wireshark.line("[Crossed the segment in frame: "),
                lambda: any(line.startswith("Frame 10: ") for line in wireshark.details()), "b1d")


def test_rows_have_their_colour(wireshark, stage):
    from window import children
    from gi.repository import Atspi

    wireshark.open(CLOSE)
    expected = "82DCC8"

    def colours():
        cell = [cell for cell in children(wireshark.pane("Packet list")) if cell.get_name() == "2.ACK k+1"][0]
        place = Atspi.Component.get_extents(cell, Atspi.CoordType.SCREEN)
        done = subprocess.run(["import", "-window", "root", "-crop",
                               f"{place.width}x{place.height}+{place.x}+{place.y}", "-depth", "8", "-format", "%c",
                               "histogram:info:-"], env=stage.environment, capture_output=True, text=True,
                              timeout=60, check=True)
        return f"#{expected}" in done.stdout
    wireshark.wait(f"the colour #{expected}", colours)


def test_filter_button(wireshark, reference):
    capture = SAMPLES / "linux-article.pcapng"
    told = reference.of(capture)
    steps = [row for row, details in zip(told.rows, told.details)
             if any(line.startswith("[Segment: ") for line in details)]
    assert 0 < len(steps) < len(told.rows)
    wireshark.open(capture)
    wireshark.press("Steps")
    wireshark.shows(steps)
    wireshark.filter("", len(told.rows))


def test_reload(wireshark, reference, stage):
    """Another capture is in the same file now: nothing of the first one is left."""
    path = stage.place(REUSE, "reloaded.pcapng")
    wireshark.open(path)
    wireshark.shows(reference.of(REUSE).rows)
    shutil.copyfile(CLOSE, path)
    wireshark.choose("View", "Reload")
    wireshark.shows(reference.of(CLOSE).rows)


def test_flow_graph(wireshark):
    wireshark.open(OPEN)
    with wireshark.statistics("Flow Graph") as graph:
        text = wireshark.export(graph, "Export", "ASCII (*.txt)")
    steps = [line.split("|")[2].strip().split("]")[0] for line in text.splitlines() if "[" in line]
    assert steps == ["[1.SYN n", "[1.SYN k"] * 4 + ["[2.SYN n, ACK k+1", "[2.SYN k, ACK n+1"]


def test_expert_information(wireshark):
    from window import find, table

    wireshark.open(OPEN)
    dialog = wireshark.dialog_of("Expert Information", "Analyze", "Expert Information")

    def rows():
        return [row for row in table(find(dialog, "tree"))[1] if row[3] == "SimTCP"]
    wireshark.compare(rows, [
        ["Note", "This connection opened simultaneously", "Sequence", "SimTCP", "1"],
        ["Chat", "A step of the handshake, not a retransmission or duplicate ACK", "Sequence", "SimTCP", "2"]])
    wireshark.dismiss(dialog)


@pytest.mark.parametrize("title, expected", [
    ("SimTCP Connections", ["0", "10.22.5.3:1982", "10.16.56.8:1981", "1", "Three-way", "Simultaneous"]),
    ("SimTCP TIME-WAIT", ["10.22.5.3", "", "2"]),
    ("SimTCP Overview", ["Accepted", "1"]),
])
def test_statistics(wireshark, title, expected):
    from window import find, table, write

    def has_row():
        return any(row[:len(expected)] == expected for row in table(find(dialog, "tree"))[1])
    wireshark.open(REUSE)
    with wireshark.statistics(title) as dialog:
        wireshark.compare(has_row, True)
        # by its filter it is filled anew
        for text, there in (NOTHING, False), ("", True):
            write(find(dialog, "text"), text)
            wireshark.press("Apply", dialog)
            wireshark.compare(has_row, there)


def test_graph_of_time_wait(wireshark):
    wireshark.open(SAMPLES / "linux-time-wait-reuse-at-both.pcapng")
    with wireshark.statistics("I/O Graphs") as graph:
        wireshark.draws(graph, "TIME-WAITs of one host", 1)


def page_of_simtcp(dialog):
    """Of the preferences: Protocols, SimTCP, as a user finds it."""
    from window import Broken, children, click, find, is_showing, key, table, wait_for, write_keys

    tree = wait_for("the pages", lambda: find(dialog, "tree", closed={"tree", "layered pane"}))

    def protocols():
        click([cell for cell in children(tree) if cell.get_name() == "Protocols"][0])
        key("Right")
        return ["SimTCP"] in table(tree)[1]

    def page():
        for pane in children(find(dialog, "layered pane")):
            if is_showing(pane) and find(pane, "label", "Simultaneous TCP Analysis"):
                return pane
        return None

    def typed():
        # on a slow machine the letters may come as several words
        key("Home")
        write_keys("SimTCP")
        with contextlib.suppress(Broken):
            return wait_for("the page", page, patience=5)
        return None
    wait_for("the protocols", protocols)
    return wait_for("the page of SimTCP", typed)


def set_preference(wireshark, value):
    from window import choices, find, pick, search

    dialog = wireshark.dialog_of("Preferences", "Edit", "Preferences…")
    pane = page_of_simtcp(dialog)
    labels = [label.get_name() for label in search(pane, "label")]
    assert {"Show the step in the Info column", "Length of TIME-WAIT (seconds)", "SYN timeout (seconds)",
            "Ephemeral ports of a host"} <= set(labels)
    assert find(pane, "check box", "Annotate ordinary connections")
    pick([combo for combo in search(pane, "combo box") if value in choices(combo)][0], value)
    wireshark.dismiss(dialog, "OK")


def test_preference(wireshark):
    def info(row):
        return wireshark.packets()[1][row][-1]

    wireshark.open(OPEN)
    assert info(0).startswith("[1.SYN n] ")
    set_preference(wireshark, "Off")
    wireshark.wait("no step in Info", lambda: info(0).startswith("44444"))
    set_preference(wireshark, "Flagged connections")
    wireshark.wait("the step in Info", lambda: info(0).startswith("[1.SYN n] "))
