# SPDX-License-Identifier: GPL-2.0-or-later
"""Each sample capture, opened one after the other in one Wireshark, shows what tshark says after reading it twice: in
the packet list, in the details, filtered, in the Flow Graph, the statistics and the I/O graph."""

import os

import pytest

from desktop import BUILD, SAMPLES

ALL = sorted(path.stem for path in SAMPLES.glob("*.pcapng"))
# one of each kind
CHOICE = [name for name in ALL if not name.startswith("linux-")] + [
    "linux-article", "linux-time-wait-assassinated", "linux-time-wait-refused", "linux-time-wait-reuse-at-both"]
# Wireshark 4.0 alone, also without any plugin: GLib complains when a Flow Graph with but one address becomes text.
ONE_ADDRESS = ["self-connect"] if (BUILD / "plugins" / "4.0").exists() else []
HELD = "[TIME-WAITs of the sender: "


@pytest.mark.parametrize("name", ALL if os.environ.get("SIMTCP_GUI_ALL") else CHOICE)
def test_capture(wireshark, reference, name):
    capture = SAMPLES / f"{name}.pcapng"
    asked = reference.ask(capture, flow=name not in ONE_ADDRESS)
    wireshark.open(capture)
    told = asked.result()
    wireshark.compare(lambda: wireshark.packets()[0][5:], ["Step", "Sender →", "→ Receiver", "Info"])
    wireshark.shows(told.rows)

    # the frame of which most is said
    most = max(told.details, key=len)
    assert most
    wireshark.go_to(told.details.index(most) + 1)
    wireshark.expanded(*most)

    simultaneous = told.having("[Opened simultaneously: True]")
    wireshark.filter("simtcp.simopen", len(simultaneous))
    wireshark.shows(simultaneous)
    wireshark.filter("", len(told.rows))

    with wireshark.statistics("Flow Graph") as graph:
        assert name in ONE_ADDRESS or wireshark.export(graph, "Export", "ASCII (*.txt)") == told.flow
    with wireshark.statistics("SimTCP Connections") as dialog:
        wireshark.lists(dialog, told.connections)
    held = [int(line[len(HELD):-1]) for details in told.details for line in details if line.startswith(HELD)]
    with wireshark.statistics("I/O Graphs") as graph:
        wireshark.draws(graph, "TIME-WAITs of one host", max(held, default=0))
