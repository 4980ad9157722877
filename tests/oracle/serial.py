# SPDX-License-Identifier: GPL-2.0-or-later
"""Sequence numbers, modulo 2^32 (RFC 9293 section 3.4)."""

NEAR = 2**30                    # the largest window there is: what lies further off belongs to something else


def difference(a, b):
    """How far a lies beyond b; negative if before it."""
    return (a - b + 2**31) % 2**32 - 2**31


def follow(number, amount):
    return (number + amount) % 2**32


def later(a, b):
    """The later of two numbers, either of which may be unknown (None)."""
    if a is None or b is None:
        return b if a is None else a
    return a if difference(a, b) > 0 else b
