# SPDX-License-Identifier: GPL-2.0-or-later
"""Each sample capture, opened one after the other in one Wireshark, shows what tshark says after reading it twice."""

import os

import pytest

from desktop import SAMPLES

CHOICE = ["article-simultaneous-open", "article-simultaneous-close", "three-way-four-wave",
          "linux-time-wait-reuse-at-both", "self-connect", "split-handshake-five-segments"]
ALL = sorted(path.stem for path in SAMPLES.glob("*.pcapng"))


@pytest.mark.parametrize("name", ALL if os.environ.get("SIMTCP_GUI_ALL") else CHOICE)
def test_capture(wireshark, reference, name):
    capture = SAMPLES / f"{name}.pcapng"
    wireshark.open(capture)
    header, rows = wireshark.packets()
    assert header[5:] == ["Step", "Sender →", "→ Receiver", "Info"]
    assert rows == reference.rows(capture)

    last = len(rows)
    wireshark.go_to(last)
    details = reference.details(capture, last)
    assert details, "the last frame is of no connection"
    wireshark.expanded(*details)

    simultaneous = reference.rows(capture, "-Y", "simtcp.simopen")
    wireshark.filter("simtcp.simopen", len(simultaneous))
    assert wireshark.packets()[1] == simultaneous
    wireshark.filter("", len(rows))
