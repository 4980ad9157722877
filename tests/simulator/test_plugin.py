# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin in real tshark says of thousands of simulated connections is never wrong.

compare.py says what counts as right, undecided, a limit of the capture, and wrong. The shares are
printed at the end of the test run."""

import compare
import pytest
from bulk import CLEAN, CONDITIONS, POINTS, PROFILES, ROUGH, describe
from conftest import SHARES, simulate

CONNECTIONS = 2500


def judged(tshark, folder, *options):
    capture, truth = simulate(folder, "--connections", CONNECTIONS, *options)
    # each sample has the same file name, so it is placed in a folder of its own
    copy = tshark.stage / f"{folder.name}.pcapng"
    capture.rename(copy)
    copy.chmod(0o644)
    return compare.compare(truth, compare.from_tshark(tshark.fields(copy, tuple(compare.FIELDS))), copy)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("condition", list(CONDITIONS)[:4])
def test_never_wrong(tshark, tmp_path, condition, point):
    comparison = judged(tshark, tmp_path, "--seed", 20, "--point", point, *CONDITIONS[condition])
    SHARES[f"{condition}, at {point}"] = comparison.table()
    assert comparison.matched > 0.9 * CONNECTIONS
    assert not comparison.wrong, describe(comparison)


@pytest.mark.parametrize("profile", PROFILES[1:])
def test_never_wrong_about_one_stack(tshark, tmp_path, profile):
    comparison = judged(tshark, tmp_path, "--seed", 21, "--profile", profile, *ROUGH)
    SHARES[f"only {profile}"] = comparison.table()
    assert not comparison.wrong, describe(comparison)


def test_a_clean_capture_is_almost_always_decided(tshark, tmp_path):
    """Crossing SYNs of which one end never sent SYN+ACK aside, nothing is left undecided."""
    comparison = judged(tshark, tmp_path, "--seed", 22, "--behaviour", "dial", *CLEAN)
    for name in ("open", "close", "holders", "frames"):
        assert set(comparison.counts[name]) == {"right"}, comparison.table()


def test_simultaneous_closes_are_found(tshark, tmp_path):
    comparison = judged(tshark, tmp_path, "--seed", 23, "--behaviour", "simultaneous-close", *CLEAN)
    assert set(comparison.counts["close"]) == {"right"} == set(comparison.counts["holders"]), comparison.table()
