# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile is chosen where users choose one: by a click on its name in the status bar."""

import shutil

import pytest

from desktop import BUILD, PROFILE, SAMPLES, stop

CAPTURE = SAMPLES / "article-simultaneous-close.pcapng"


@pytest.fixture
def plain(stage):
    """Wireshark without a profile, of a user who has not used ours."""
    from window import Window

    shutil.rmtree(stage.home / ".config" / "wireshark" / "profiles", ignore_errors=True)
    window = Window(stage, "-r", stage.place(CAPTURE), profile="Default")
    yield window
    stop(window.process)


def test_choose_profile(plain, stage):
    from window import click, key, search

    plain.loaded(stage.place(CAPTURE))
    assert "Step" not in plain.packets()[0]
    label = [label for label in search(plain.part("status bar"), "label")
             if label.get_name() == "Profile: Default"][0]
    # first the user's own profiles, which is the default one alone, then the global ones
    click(label)
    key("Down")
    key("Down")
    key("Return")
    plain.wait("the profile", lambda: f"Profile: {PROFILE}" in plain.status())
    plain.wait("its columns", lambda: "Step" in plain.packets()[0])
    assert plain.packets()[1][2][5:8] == ["2.ACK k+1", "CLOSING", "TIME-WAIT"]
    own = stage.home / ".config" / "wireshark" / "profiles" / PROFILE
    assert {path.name for path in own.iterdir()} >= {path.name for path in (BUILD / "profiles" / PROFILE).iterdir()}
    plain.close()
