# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of Wireshark's window, by the means of tests/gui: take.py FOLDER MANY.pcap; make.sh calls it."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "gui"))

import desktop  # noqa: E402
from window import Atspi, Window, find, table  # noqa: E402

WIDTH, HEIGHT = 1200, 900
SAMPLES = desktop.SAMPLES
LAYOUT = """
gui.byte_view_show: FALSE
gui.geometry_main_upper_pane: {list_height}
"""
# Dialogs come this large; their lists are whole then.
DIALOGS = {"IOGraphDialog": (1000, 700), "SimTCP Connections": (1000, 260)}


def settle(stage, capture, height, list_height):
    """The profile as it comes, but no room for bytes; the window only as high as what is in it needs."""
    profile = stage.home / ".config" / "wireshark" / "profiles" / desktop.PROFILE
    profile.mkdir(parents=True, exist_ok=True)
    for file in (desktop.BUILD / "profiles" / desktop.PROFILE).iterdir():
        (profile / file.name).write_bytes(file.read_bytes())
    with open(profile / "recent", "a") as recent:
        recent.write(LAYOUT.format(list_height=list_height))
    stage.give_window(WIDTH, height)
    with open(stage.home / ".config" / "wireshark" / "recent_common", "a") as common:
        for name, size in DIALOGS.items():
            place = zip(("x", "y", "width", "height"), (0, 0, *size))
            common.writelines(f"gui.geom.{name}.{key}: {value}\n" for key, value in place)
    stage.hand_over()
    window = Window(stage, "-r", stage.place(capture))
    window.loaded(stage.place(capture))
    return window


def shoot(stage, path, node):
    """One window of the screen, once two pictures in a row are the same."""
    place = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN)
    crop = ["-crop", f"{place.width}x{place.height}+{place.x}+{place.y}", "+repage"]
    last = None
    for _ in range(20):
        done = subprocess.run(["import", "-window", "root", "-pause", "1", *crop, "ppm:-"], env=stage.environment,
                              capture_output=True, check=True, timeout=60)
        if done.stdout == last:
            break
        last = done.stdout
    subprocess.run(["convert", "ppm:-", "-strip", path], input=last, check=True, timeout=60)


def whole(window, part):
    """The last line of a part of the details is in sight, all of it."""
    pane = Atspi.Component.get_extents(window.pane("Packet details"), Atspi.CoordType.SCREEN)
    line = Atspi.Component.get_extents(window.line(part), Atspi.CoordType.SCREEN)
    assert line.y + line.height <= pane.y + pane.height, f"{part} is cut off: make the window higher"


def packet_list(stage, folder):
    window = settle(stage, SAMPLES / "article-simultaneous-open.pcapng", 450, 225)
    window.go_to(10)
    whole(window, "[Simultaneous TCP Analysis")
    shoot(stage, folder / "packet-list.png", window.frame)
    window.close()


def details(stage, folder):
    window = settle(stage, SAMPLES / "article-simultaneous-open.pcapng", 830, 225)
    window.go_to(9)
    window.open_part("Simultaneous TCP Analysis")
    whole(window, "[Group: Sequence]")
    shoot(stage, folder / "details.png", window.frame)
    window.close()


def connections(stage, folder):
    window = settle(stage, SAMPLES / "linux-time-wait-reuse-at-both.pcapng", 450, 225)
    with window.statistics("SimTCP Connections") as dialog:
        window.wait("the connections", lambda: len(table(find(dialog, "tree"))[1]) == 2)
        shoot(stage, folder / "connections.png", dialog)
    window.close()


def graph(stage, folder, capture):
    window = settle(stage, capture, 450, 225)
    with window.statistics("I/O Graphs") as dialog:
        # what it exports tells when it is drawn
        window.draws(dialog, "TIME-WAITs of one host", 1200)
        window.press("Reset", dialog)
        shoot(stage, folder / "time-wait-graph.png", dialog)
    window.close()


def main(folder, many):
    with desktop.desktop(WIDTH, HEIGHT) as stage:
        packet_list(stage, folder)
        details(stage, folder)
        connections(stage, folder)
        graph(stage, folder, many)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
