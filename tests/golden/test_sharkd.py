# SPDX-License-Identifier: GPL-2.0-or-later
"""One process that opens files, filters, looks at frames in any order and changes preferences, as Wireshark's
window does: sharkd, which dissects by the same calls."""

import json
import os
import subprocess

from conftest import SAMPLES, TIMEOUT

OPENED = SAMPLES / "article-simultaneous-open.pcapng"
CLOSED = SAMPLES / "article-simultaneous-close.pcapng"
ORDINARY = SAMPLES / "three-way-four-wave.pcapng"


def ask(tshark, *requests):
    """The results of the requests, in order, from one sharkd."""
    lines = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
             for number, (method, parameters) in enumerate(requests, 1)]
    environment = dict(os.environ, HOME=str(tshark.home), TZ="UTC", WIRESHARK_PLUGIN_DIR=str(tshark.stage / "plugins"),
                       WIRESHARK_DEBUG_WMEM_OVERRIDE="strict", WIRESHARK_ABORT_ON_DISSECTOR_BUG="1")
    environment.pop("XDG_CONFIG_HOME", None)
    done = subprocess.run([*tshark.prefix, "sharkd", "-"], input="\n".join(lines) + "\n", env=environment,
                          capture_output=True, text=True, timeout=TIMEOUT, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [answer["id"] for answer in answers] == list(range(1, len(requests) + 1)), done.stderr
    assert all("result" in answer for answer in answers), answers
    return [answer["result"] for answer in answers]


def load(tshark, capture):
    return "load", {"file": str(tshark.place(capture))}


def frames(**parameters):
    return "frames", parameters


def frame(number):
    return "frame", {"frame": number, "proto": True}


def numbers(answer):
    return [row["num"] for row in answer]


def infos(answer):
    return [row["c"][-1] for row in answer]


def note(answer):
    """The labels of the plugin's part of the tree, in order."""
    def labels(item):
        yield item["l"]
        for child in item.get("n", []):
            yield from labels(child)

    return [label for item in answer["tree"] if "Simultaneous TCP Analysis" in item["l"] for label in labels(item)]


def test_a_filter_selects_the_same_however_often_and_in_whatever_order(tshark):
    answers = ask(tshark, load(tshark, OPENED), frames(filter="simtcp.simopen"), frames(filter="simtcp.role.repeat"),
                  frames(filter="simtcp.simclose"), frames(filter="simtcp.simopen"), frames())
    everything = list(range(1, 11))
    assert [numbers(answer) for answer in answers[1:]] == [everything, [3, 4, 5, 6, 7, 8], [], everything, everything]


def test_frames_can_be_looked_at_in_any_order(tshark):
    order = [9, 1, 10, 2, 9, 5]
    answers = ask(tshark, load(tshark, OPENED), *map(frame, order))
    notes = dict(zip(order, map(note, answers[1:])))
    assert "2.SYN n, ACK k+1" in notes[9][0] and "1.SYN n" in notes[1][0] and "repeated" in notes[5][0]
    assert "Opened simultaneously: True" in notes[1]
    assert note(answers[1]) == note(answers[5])


def test_a_file_opened_again_gives_the_same(tshark):
    answers = ask(tshark, load(tshark, OPENED), frame(1), load(tshark, CLOSED), frame(1), load(tshark, ORDINARY), frame(1),
                  load(tshark, OPENED), frame(1))
    assert note(answers[1]) == note(answers[7])
    assert "opened simultaneously" in note(answers[1])[0]
    assert "closed simultaneously" in note(answers[3])[0]
    assert "opened by three-way handshake" in note(answers[5])[0]


def test_a_changed_preference_is_followed(tshark):
    def set_to(name, value):
        return "setconf", {"name": f"simtcp.{name}", "value": value}

    answers = ask(tshark, load(tshark, CLOSED), frames(), set_to("info_column", "off"), frames(),
                  set_to("info_column", "all"), frames(), frame(4), set_to("time_wait_seconds", "240"), frame(4))
    assert infos(answers[1])[0].startswith("[1.FIN n] ")
    assert infos(answers[3])[0].startswith("1982 ")
    assert infos(answers[5]) == infos(answers[1])
    minute, longer = note(answers[6]), note(answers[8])
    assert any("60 s" in label for label in minute) and any("240 s" in label for label in longer)
