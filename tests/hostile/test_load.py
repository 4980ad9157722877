# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile loads cost time in proportion to their segments, and a stated number of bytes.

Time is counted in instructions, by valgrind, so that the result does not depend on the machine or on what else
it does. Each load is played in two sizes, one four times the other: what is linear costs four times as much."""

import re
import subprocess

import pytest
from conftest import TIMEOUT

# The most that four times the load may cost, in times.
GROWTH = 5
SMALL = 400

# The most bytes that a step of each load may cost. A SYN that is never answered costs its connection, one of its
# two halves and a note; a whole connection two halves, what its close needs, and seven notes; a data segment nothing,
# unless it shows that the 4-tuple has turned to another incarnation.
MEMORY = {
    "syn-flood": 400, "half-open": 570, "refused": 750, "connections": 1280, "time-waits": 1280, "data": 0,
    "middle": 0, "reuse": 1280, "reuse-refused": 400, "new-attempts": 340, "syn-again": 64, "syn-ack-again": 64,
    "fin-again": 128, "rsts": 64, "assassinations": 192, "hole-punch": 400, "hole-punch-both": 680, "turns": 48,
    "strays": 0, "time-stands": 1280, "time-goes-back": 1280, "colliding": 400,
}

# One connection with many notes: where a user scrolls up, the search for states must not begin anew each time.
MANY_NOTES = ["syn-again", "syn-ack-again", "fin-again", "rsts", "assassinations"]


def count(load, name, size, use):
    """Instructions and bytes."""
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", load, name, str(size), use],
                          capture_output=True, text=True, timeout=TIMEOUT, check=True)
    return (int(re.search(r"Collected : (\d+)", done.stderr).group(1)),
            int(re.search(r"(\d+) bytes", done.stdout).group(1)))


def played(load, name, use, size):
    """Growth, and bytes for each step."""
    small, large = count(load, name, size, use), count(load, name, 4 * size, use)
    growth, memory = large[0] / small[0], (large[1] - small[1]) / (3 * size)
    print(f"{name}, {use}: {small[0]} and {large[0]} instructions, times {growth:.2f}; {memory:.0f} bytes a step")
    return growth, memory


@pytest.mark.parametrize("use", ["again", "statistics"])
@pytest.mark.parametrize("name", MEMORY)
def test_a_load_is_linear(load, name, use):
    growth, memory = played(load, name, use, SMALL)
    assert growth <= GROWTH
    assert memory <= MEMORY[name]


@pytest.mark.parametrize("name", MANY_NOTES)
def test_frames_can_be_looked_at_from_the_last_to_the_first(load, name):
    growth, _ = played(load, name, "backwards", 5 * SMALL)
    assert growth <= GROWTH
