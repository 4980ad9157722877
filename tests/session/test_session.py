# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening a file again, another file, changing a filter or a preference: each gives, in all simtcp fields of all
frames, what a process that was started for it gives."""

import random

import pytest

FILTERS = ["simtcp.simopen", "simtcp.simclose", "simtcp.role.repeat", 'simtcp.close == "Orderly"',
           "simtcp.time_wait.reuse", 'simtcp.src.state == "TIME-WAIT" || simtcp.rst_ignored',
           "tcp.flags.syn == 1 && !simtcp.stray", "simtcp.connection < 40"]

# Values that show in these captures.
PREFERENCES = {"time_wait_seconds": "2", "syn_timeout": "1", "ordinary": "FALSE", "info_column": "all"}
DEFAULTS = {"time_wait_seconds": "60", "syn_timeout": "180", "ordinary": "TRUE", "info_column": "flagged"}


def same(shown, expected, fields):
    """Names the first difference."""
    assert len(shown) == len(expected)
    for number, (got, wanted) in enumerate(zip(shown, expected), 1):
        for name, value, right in zip([*fields, "Info"], got, wanted):
            assert value == right, f"frame {number}, {name}: {value!r}, a fresh start says {right!r}"


def test_the_captures_differ(fresh, captures):
    shown = [fresh.shown(capture) for capture in captures]
    assert all(len(rows) > 500 for rows in shown)
    assert shown[0] != shown[1] != shown[2] != shown[0]


@pytest.mark.parametrize("order", [(0, 0), (0, 1, 0), (2, 1, 2, 0, 0, 1)], ids=str)
def test_a_file_opened_after_others_or_again(session, fresh, captures, fields, order):
    for which in order:
        session.load(captures[which])
        same(session.shown(), fresh.shown(captures[which]), fields)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_filters_and_frames_in_any_order(session, fresh, captures, fields, which):
    chance = random.Random(which)
    session.load(captures[which])
    frames = len(fresh.shown(captures[which]))
    for _ in range(2):
        for text in chance.sample(FILTERS, len(FILTERS)):
            assert session.selected(text) == fresh.selected(captures[which], text), text
            for _ in range(20):
                session.ask("frame", frame=chance.randint(1, frames), proto=True)
    same(session.shown(), fresh.shown(captures[which]), fields)
    assert any(session.selected(text) for text in FILTERS)


@pytest.mark.parametrize("name", PREFERENCES)
def test_a_changed_preference(session, fresh, captures, fields, name):
    """sharkd changes it as the preferences dialog does, but reads the file anew only when it is opened again."""
    changed = {name: PREFERENCES[name]}
    assert any(fresh.shown(capture, **changed) != fresh.shown(capture) for capture in captures), "nothing to be seen"
    for capture in captures:
        session.load(capture)
        session.shown()
        session.set(f"simtcp.{name}", PREFERENCES[name])
        session.load(capture)
        same(session.shown(), fresh.shown(capture, **changed), fields)
        session.set(f"simtcp.{name}", DEFAULTS[name])
        session.load(capture)
        same(session.shown(), fresh.shown(capture), fields)


def test_all_preferences_at_once(session, fresh, captures, fields):
    for name, value in PREFERENCES.items():
        session.set(f"simtcp.{name}", value)
    for capture in captures:
        session.load(capture)
        same(session.shown(), fresh.shown(capture, **PREFERENCES), fields)
