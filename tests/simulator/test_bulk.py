# SPDX-License-Identifier: GPL-2.0-or-later
"""More than a hundred thousand simulated connections, in every condition, judged through the core alone; and the
core alone says what tshark says."""

import collections
import os

import bulk
import compare
import pytest
from conftest import SHARES, SIMULATOR, simulate

TOOLS = SIMULATOR.parent
pytestmark = pytest.mark.skipif(not (TOOLS / "simtcp-bulk").exists(), reason="simtcp-bulk needs libpcap-dev to be built")

CONNECTIONS = 100000
# of processor time; measured: a third of it
MOST_SECONDS = 90
ORDINARY = ["clean path", "rough path"]


@pytest.fixture(scope="module")
def judged():
    before = bulk.processor_seconds()
    found, wrong = bulk.judge_all(CONNECTIONS, 1000, TOOLS)
    seconds = bulk.processor_seconds() - before
    for condition, comparison in found.items():
        SHARES[f"in bulk: {condition}"] = comparison.table()
    SHARES["in bulk: all"] = f"{bulk.total(found).table()}\n  {seconds:.0f} s of processor time"
    return found, wrong, seconds


def test_never_wrong(judged):
    found, wrong, _ = judged
    assert bulk.total(found).matched > CONNECTIONS
    assert not wrong, "\n".join(wrong)


def test_takes_less_than_a_minute_or_two(judged):
    assert judged[2] < MOST_SECONDS


@pytest.mark.parametrize("condition", ORDINARY)
def test_most_is_decided(judged, condition):
    """Being never wrong is no merit of one who says nothing."""
    counts = judged[0][condition].counts
    for name in ("open", "close", "holders"):
        assert counts[name]["right"] > 0.85 * sum(counts[name].values()), judged[0][condition].table()


@pytest.mark.parametrize("condition", ORDINARY)
def test_what_is_completed_is_said(judged, condition):
    counts = judged[0][condition].counts
    for name in ("open completed", "close completed"):
        assert counts[name]["right"] > 0.99 * sum(counts[name].values()), judged[0][condition].table()


@pytest.mark.parametrize("condition", bulk.CONDITIONS)
def test_the_core_alone_says_what_tshark_says(tshark, tmp_path, condition):
    capture, _ = simulate(tmp_path, "--connections", 400, "--seed", 30, *bulk.CONDITIONS[condition])
    alone = bulk.ask_core(capture, TOOLS)
    copy = tshark.stage / f"bulk-{len(os.listdir(tshark.stage))}.pcapng"
    capture.rename(copy)
    copy.chmod(0o644)
    shown = compare.from_tshark(tshark.fields(copy, tuple(compare.FIELDS)))
    assert alone.keys() == shown.keys() and len(alone) > 300
    for number, verdict in alone.items():
        assert verdict.same_words(shown[number])


def test_a_wrong_word_is_noticed(tmp_path):
    """What each word of the truth would be judged as, were it said of a connection that was another."""
    capture, truth = simulate(tmp_path, "--connections", 300, "--behaviour", "dial", *bulk.CLEAN)
    known = bulk.ask_core(capture, TOOLS)
    for verdict in known.values():
        verdict.open, verdict.close, verdict.simopen = "Simultaneous", "Simultaneous", True
        verdict.holders = {"192.0.2.1:1"}
    comparison = compare.compare(truth, known, capture)
    for name in ("open", "close", "holders", "flags"):
        assert comparison.counts[name]["wrong"] == comparison.matched


@pytest.mark.parametrize("flag", ["open_completed", "close_completed"])
def test_a_wrong_claim_of_completion_is_noticed(tmp_path, flag):
    """Both a claim that is not so and one that is missing, of all that the capture shows."""
    capture, truth = simulate(tmp_path, "--connections", 300, *bulk.CLEAN)
    known = bulk.ask_core(capture, TOOLS)
    for verdict in known.values():
        setattr(verdict, flag, not getattr(verdict, flag))
    comparison = compare.compare(truth, known, capture)
    reasons = collections.Counter(why for _, why, _, _ in comparison.wrong)
    assert comparison.counts[flag.replace("_", " ")]["wrong"] == comparison.matched == sum(reasons.values())
    assert reasons["claimed, and not so"] > 20 and reasons["shown, and not claimed"] > 100


def test_a_claim_that_nothing_captured_shows_is_noticed(tmp_path):
    capture, truth = simulate(tmp_path, "--connections", 300, *bulk.CLEAN, "--capture-loss", 0.3)
    known = bulk.ask_core(capture, TOOLS)
    for verdict in known.values():
        verdict.open_completed = verdict.close_completed = True
    reasons = {why for _, why, _, _ in compare.compare(truth, known, capture).wrong}
    assert "claimed, and nothing shows it" in reasons


def test_not_a_capture(tmp_path):
    (tmp_path / "x").write_text("x")
    with pytest.raises(RuntimeError):
        bulk.ask_core(tmp_path / "x", TOOLS)
