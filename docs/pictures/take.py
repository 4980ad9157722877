# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of Wireshark's window, by the means of tests/gui: take.py FOLDER MANY.pcap; make.sh calls it."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "gui"))

import desktop  # noqa: E402
from window import Atspi, Window  # noqa: E402

WIDTH, HEIGHT = 1200, 750
SAMPLES = desktop.SAMPLES
LAYOUT = """
gui.byte_view_show: FALSE
gui.geometry_main_upper_pane: {list_height}
"""


def settle(stage, capture, list_height):
    """The profile as it comes, but no room for bytes."""
    profile = stage.home / ".config" / "wireshark" / "profiles" / desktop.PROFILE
    profile.mkdir(parents=True, exist_ok=True)
    for file in (desktop.BUILD / "profiles" / desktop.PROFILE).iterdir():
        (profile / file.name).write_bytes(file.read_bytes())
    with open(profile / "recent", "a") as recent:
        recent.write(LAYOUT.format(list_height=list_height))
    stage.hand_over()
    return Window(stage, "-r", stage.place(capture))


def shoot(stage, path, node=None):
    """The whole screen, or one window of it, once two pictures in a row are the same."""
    crop = []
    if node is not None:
        place = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN)
        crop = ["-crop", f"{place.width}x{place.height}+{place.x}+{place.y}", "+repage"]
    last = None
    for _ in range(20):
        done = subprocess.run(["import", "-window", "root", "-pause", "1", *crop, "ppm:-"], env=stage.environment,
                              capture_output=True, check=True, timeout=60)
        if done.stdout == last:
            break
        last = done.stdout
    subprocess.run(["convert", "ppm:-", "-colors", "128", "+dither", "-define", "png:compression-level=9", "-strip",
                    path], input=last, check=True, timeout=60)


def packet_list(stage, folder):
    window = settle(stage, SAMPLES / "article-simultaneous-open.pcapng", 300)
    window.loaded(stage.place(SAMPLES / "article-simultaneous-open.pcapng"))
    window.go_to(10)
    shoot(stage, folder / "packet-list.png")
    window.close()


def details(stage, folder):
    window = settle(stage, SAMPLES / "article-simultaneous-open.pcapng", 225)
    window.loaded(stage.place(SAMPLES / "article-simultaneous-open.pcapng"))
    window.go_to(9)
    window.open_part("Simultaneous TCP Analysis")
    window.line("[Opened simultaneously: True]")
    shoot(stage, folder / "details.png")
    window.close()


def graph(stage, folder, capture):
    window = settle(stage, capture, 300)
    window.loaded(stage.place(capture))
    window.choose("Statistics", "I/O Graphs")
    dialog = window.dialog("I/O Graphs")
    # what it exports tells when it is drawn
    window.draws(dialog, "TIME-WAITs of one host", 1200)
    window.press("Reset", dialog)
    shoot(stage, folder / "time-wait-graph.png", dialog)
    window.dismiss(dialog)
    window.close()


def main(folder, many):
    with desktop.desktop(WIDTH, HEIGHT) as stage:
        packet_list(stage, folder)
        details(stage, folder)
        graph(stage, folder, many)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
