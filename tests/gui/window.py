# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's window, read and worked as a screen reader does: through the accessibility bus.

No step waits for a time; each waits for what it needs to see. That must be something which was not to be seen before:
what is asked for is begun, not done, when the question is answered, and a window that still shows the state before
must not pass for one that shows the state after. So a file is closed before the next is opened, and a filter that
would leave as many packets as there are comes after one that leaves none."""

import contextlib
import csv
import itertools
import subprocess
import time
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from desktop import PROFILE, stop  # noqa: E402

# Their successors are not in every version of the library that is around.
warnings.filterwarnings("ignore", "Atspi.*deprecated", DeprecationWarning)

PATIENCE = 60       # a slow machine's; reached only when a test fails
ANSWER = 30000      # ms that a busy window may take to answer a question
# What Wireshark itself says here whatever the plugin does.
USUAL = ("nl80211 not found", "QStandardPaths", "qt.qpa", "QObject::connect: Cannot connect (nullptr)",
         "QAccessible", "AtSpi", "Could not find accessible", "QThreadStorage")
KEYS = {"Escape": 0xff1b, "Home": 0xff50, "Right": 0xff53, "Down": 0xff54, "Return": 0xff0d}
# Where nothing that is searched for is, and much of it.
CLOSED = {"menu bar", "tree", "table", "list", "combo box"}
NOTHING = "frame.number == 0"   # a filter

Atspi.set_timeout(ANSWER, 0)


class Broken(AssertionError):
    """Wireshark ended, or complained."""


def wait_for(what, condition, patience=PATIENCE):
    """The first value of condition that counts as true."""
    end = time.monotonic() + patience
    while True:
        silent = ""
        try:
            if value := condition():
                return value
        except GLib.Error as error:     # what was asked has gone meanwhile
            silent = f"; at last: {error.message}"
        # the accessibility bus tells there what came and went
        while GLib.MainContext.default().iteration(False):
            pass
        if time.monotonic() > end:
            raise Broken(f"waited {patience} s for {what}{silent}")
        time.sleep(0.03)


def role_of(node):
    """Newer libraries say just "button"."""
    role = node.get_role_name()
    return "push button" if role == "button" else role


def children(node):
    found = (node.get_child_at_index(index) for index in range(node.get_child_count()))
    return [child for child in found if child is not None]


def search(node, role, name=None, closed=CLOSED):
    """All nodes of this role (and name) below, nearest first. Does not look into what is closed."""
    level = [node]
    while level:
        below = []
        for parent in level:
            for child in children(parent):
                is_role = role_of(child)
                if is_role == role and name in (None, child.get_name()):
                    yield child
                if is_role not in closed:
                    below.append(child)
        level = below


def find(node, role, name=None, closed=CLOSED):
    return next(search(node, role, name, closed), None)


def is_in(node, state):
    return node.get_state_set().contains(state)


def is_showing(node):
    return is_in(node, Atspi.StateType.SHOWING)


def is_sensitive(node):
    return is_in(node, Atspi.StateType.SENSITIVE)


def act(node, *names):
    """What a click does."""
    def chosen():
        for index in range(Atspi.Action.get_n_actions(node)):
            if Atspi.Action.get_action_name(node, index) in (names or ("Press", "Toggle")):
                return index + 1
        return 0
    number = wait_for(f"{node.get_role_name()} {node.get_name()!r} usable", chosen)
    # if this opens a modal dialog, the answer comes when that is closed
    Atspi.set_timeout(300, 0)
    with contextlib.suppress(GLib.Error):
        Atspi.Action.do_action(node, number - 1)
    Atspi.set_timeout(ANSWER, 0)


def click(node, times="b1c"):
    """With the mouse; what is clicked has the keyboard, too. b1d is a double-click."""
    place = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN)
    Atspi.generate_mouse_event(place.x + min(place.width // 2, 40), place.y + place.height // 2, times)


def click_until(what, cell, condition, times="b1c"):
    """Clicks on cell() until it has the effect: where a line was a moment ago, another one can be now."""
    def clicked():
        click(cell(), times)
        with contextlib.suppress(Broken):
            return wait_for(what, condition, patience=3)
        return None
    return wait_for(what, clicked)


def key(name):
    Atspi.generate_keyboard_event(KEYS[name], None, Atspi.KeySynthType.SYM)


def write_keys(text):
    Atspi.generate_keyboard_event(0, text, Atspi.KeySynthType.STRING)


def choices(combo):
    return [item.get_name() for item in children(find(combo, "list", closed=set()))]


def pick(combo, name):
    """Chooses from a combo box, by mouse and keyboard. Without its list, Return would be the dialog's."""
    items = children(find(combo, "list", closed=set()))
    click_until(f"the list with {name!r}", lambda: combo,
                lambda: any(is_in(item, Atspi.StateType.FOCUSED) for item in items))
    key("Home")
    for _ in range(choices(combo).index(name)):
        key("Down")
    key("Return")
    wait_for(f"{name!r} chosen", lambda: combo.get_name() == name)


def write(node, text):
    wait_for(f"{text!r} written", lambda: Atspi.EditableText.set_text_contents(node, text)
             and read(node) == text)


def read(node):
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def table(tree):
    """The header and rows of a tree or table, as texts."""
    cells = children(tree)
    heads = list(itertools.takewhile(lambda cell: cell.get_role_name() == "table column header", cells))
    width = max(len(heads), 1)
    texts = [cell.get_name() for cell in cells[len(heads):]]
    return [cell.get_name() for cell in heads], [texts[start:start + width] for start in range(0, len(texts), width)]


class Window:
    """One running Wireshark."""

    def __init__(self, stage, *arguments, profile=PROFILE):
        self.stage = stage
        self.log = stage.folder / "wireshark.log"
        with open(self.log, "w") as log:
            self.process = stage.start("wireshark", "-C", profile, *arguments, stdout=log,
                                       stderr=subprocess.STDOUT)
        try:
            self.application = wait_for("Wireshark's window", self.own_application)
            self.frame = self.wait("the main window", lambda: self.top_level("frame"))
            self.parts = {}
            self.menus = self.wait("the menu bar", lambda: find(self.frame, "menu bar"))
            self.wait("its menus", lambda: self.menu("Help", "About Wireshark"))
        except BaseException:
            stop(self.process)
            raise

    def own_application(self):
        self.check()
        screen = Atspi.get_desktop(0)
        # without a main loop nobody would tell the cache what changed
        screen.set_cache_mask(Atspi.Cache.NONE)
        for application in children(screen):
            if application.get_process_id() == self.process.pid:
                application.set_cache_mask(Atspi.Cache.NONE)
                return application
        return None

    def wait(self, what, condition, patience=PATIENCE):
        def careful():
            self.check()
            return condition()
        return wait_for(what, careful, patience)

    # --- what went wrong ---

    def complaints(self):
        return [line for line in self.log.read_text(errors="replace").splitlines()
                if line and not any(usual in line for usual in USUAL)]

    def check(self):
        """It runs, and has said nothing."""
        if self.process.poll() is not None:
            raise Broken(f"Wireshark ended with {self.process.returncode}: {self.complaints()}")
        if self.complaints():
            raise Broken(f"Wireshark said: {self.complaints()}")

    def close(self):
        """By its menu, as a user would; what it says to that counts too."""
        try:
            self.check()
            assert self.dialogs() == [], f"left open: {self.dialogs()}"
            with contextlib.suppress(GLib.Error):
                self.choose("File", "Quit")
            self.process.wait(timeout=PATIENCE)
            if self.process.returncode != 0 or self.complaints():
                raise Broken(f"quit with {self.process.returncode}: {self.complaints()}")
        finally:
            stop(self.process)

    # --- windows and menus ---

    def tops(self):
        return [top for top in children(self.application) if is_showing(top)]

    def top_level(self, role, part=""):
        for top in self.tops():
            if top.get_role_name() == role and part in top.get_name():
                return top
        return None

    def dialogs(self):
        return [top.get_name() for top in self.tops() if top.get_role_name() in ("dialog", "alert")]

    def dialog(self, part, patience=PATIENCE):
        """The window of this title, once it is there."""
        def opened():
            for top in self.tops():
                if part in top.get_name() and top != self.frame:
                    return top
            return None
        try:
            return self.wait(f"a window {part!r}", opened, patience)
        except Broken as broken:
            there = [(top.get_name(), top.get_role_name(), is_showing(top)) for top in children(self.application)]
            raise Broken(f"{broken}; there are {there}") from None

    def dialog_of(self, part, *path):
        """The window of this title, which the menu item at this path opens. Once in fifty times or so Qt 5 keeps one to
        itself: the screen has it, but it is not among the windows that Qt names to the accessibility bus. That one has
        the keyboard; it is closed, and another one asked for."""
        self.choose(*path)
        try:
            return self.dialog(part, PATIENCE / 2)
        except Broken:
            self.check()
            key("Escape")
        self.choose(*path)
        return self.dialog(part)

    def dismiss(self, dialog, *labels):
        for label in labels or ("Close", "Cancel", "OK"):
            if button := find(dialog, "push button", label):
                act(button)
                name = dialog.get_name()
                self.wait(f"{name!r} closed", lambda: name not in [top.get_name() for top in self.tops()])
                return
        raise AssertionError(f"{dialog.get_name()!r} has no button {labels}")

    def menu(self, *path):
        """The menu item at this path, or None. Items and their menus alternate."""
        level = self.menus
        for name in path:
            for item in children(level):
                if item.get_role_name() == "menu item" and item.get_name() == name:
                    break
            else:
                return None
            below = children(item)
            level = below[0] if below else item
        return item

    def choose(self, *path):
        item = self.wait(f"menu {path}", lambda: self.menu(*path))
        self.wait(f"menu {path} usable", lambda: is_sensitive(item))
        act(item)

    def press(self, name, within=None):
        act(self.wait(f"button {name!r}", lambda: find(within or self.frame, "push button", name)))

    # --- the main window ---

    def part(self, role, name=None):
        """A part of the main window that stays as long as the window."""
        if (role, name) not in self.parts:
            self.parts[role, name] = self.wait(f"{role} {name}", lambda: find(self.frame, role, name))
        return self.parts[role, name]

    def pane(self, name):
        return self.part("tree", name)

    def status(self):
        return [label.get_name() for label in search(self.part("status bar"), "label")]

    def displayed(self):
        """How many packets the status bar says there are, and are displayed; None while it loads. Without a filter
        newer Wiresharks give the first number alone."""
        for text in self.status():
            numbers = {name: number for name, _, number in (part.partition(": ") for part in text.split(" · "))}
            if "Packets" in numbers:
                return int(numbers["Packets"]), int(numbers.get("Displayed", numbers["Packets"]).split()[0])
        return None

    def close_file(self):
        item = self.menu("File", "Close")
        if is_sensitive(item):
            act(item)
            self.wait("no file open", lambda: not is_sensitive(item) and self.displayed() is None)

    def open(self, capture):
        """By the dialog that opens files."""
        capture = self.stage.place(capture)
        self.close_file()
        dialog = self.dialog_of("Open Capture File", "File", "Open")
        write(find(dialog, "text"), str(capture))
        self.press("Open", dialog)
        self.loaded(capture)

    def loaded(self, capture):
        self.wait(f"{capture.name} loaded", lambda: self.displayed() and capture.name in self.frame.get_name()
                  and self.row_count() == self.displayed()[1])

    def line(self, part):
        """The line of the details that has this part."""
        return self.wait(f"the line {part!r}", lambda: [cell for cell in children(self.pane("Packet details"))
                                                        if part in cell.get_name()])[0]

    def open_part(self, part):
        """Opens one part of the details, and closes the others, so that it is in sight."""
        self.choose("View", "Collapse All")
        item = self.menu("View", "Expand Subtrees")
        click_until(f"{part!r} selected", lambda: self.line(part), lambda: is_sensitive(item))
        act(item)

    def row_count(self):
        return Atspi.Table.get_n_rows(self.pane("Packet list"))

    def compare(self, look, expected):
        """Looks until it sees what is expected."""
        seen = []

        def same():
            seen[:] = [look()]
            return seen == [expected]
        try:
            self.wait("what is expected", same)
        except Broken as broken:
            raise Broken(f"{broken}: seen {seen}, expected {expected}") from None

    def packets(self):
        """The header and rows of the packet list."""
        return self.wait("the packet list", lambda: table(self.pane("Packet list")))

    def shows(self, rows):
        """The packet list has these rows, once it is up to date."""
        self.compare(lambda: self.packets()[1], rows)

    def details(self):
        rows = self.wait("the details", lambda: table(self.pane("Packet details")))[1]
        return [row[0] for row in rows]

    def filter(self, text, rows):
        """Applies a display filter, and waits until so many packets are displayed."""
        all_rows, shown = self.displayed()
        if rows == shown:
            self.filter(*((NOTHING, 0) if rows else ("", all_rows)))
        # a combo box is closed to a search from above, and newer ones are named after what is chosen there
        entry = self.wait("the display filter", lambda: [text for combo in search(self.frame, "combo box") if (
            text := find(combo, "text", "Display filter entry"))])[0]
        write(entry, text)
        bookmark, clear, apply = children(entry)
        act(apply if text else clear)
        self.wait(f"{rows} packets that are {text!r}", lambda: self.displayed() and self.displayed()[1] == rows
                  and self.row_count() == rows)

    def go_to(self, number):
        """Selects the packet of this number."""
        entry, button = self.go_to_bar()
        write(entry, str(number))
        act(button)
        self.wait(f"packet {number} selected", lambda: not is_showing(entry) and any(
            text.startswith(f"Frame {number}: ") for text in self.details()))

    def go_to_bar(self):
        self.choose("Go", "Go to Packet…")

        def bar():
            for label in search(self.frame, "label", "Packet:"):
                _, entry, button, *_ = children(label.get_parent())
                if is_showing(entry):
                    return entry, button
            return None
        return self.wait("Go to packet", bar)

    def expanded(self, *lines):
        """The details of the selected packet, all of them, once these lines are there."""
        self.choose("View", "Expand All")
        shown = []

        def complete():
            shown[:] = self.details()
            return set(lines) <= set(shown)
        try:
            self.wait("the details", complete)
        except Broken as broken:
            missing = [line for line in lines if line not in shown]
            raise Broken(f"{broken}; the details lack {missing} and have {shown}") from None
        return shown

    # --- statistics ---

    @contextlib.contextmanager
    def statistics(self, name):
        """The window that this item of the menu opens; it is closed at the end."""
        dialog = self.dialog_of(name.split(" Graph")[0], "Statistics", name)
        yield dialog
        self.dismiss(dialog)

    def export(self, dialog, button, kind):
        """Saves what a dialog shows as a file of this kind, and returns its text."""
        path = self.stage.home / f"export{next(self.stage.exports)}"
        self.press(button, dialog)
        saving = self.dialog("Save")
        kinds = self.wait("kinds of files", lambda: [combo for combo in search(saving, "combo box")
                                                     if kind in choices(combo)])
        pick(kinds[0], kind)
        write(find(saving, "text"), str(path))
        self.dismiss(saving, "Save")
        self.wait(f"{path.name} begun", path.exists)
        # who answers has done what it was at
        self.frame.get_name()
        return path.read_text()

    def lists(self, dialog, rows):
        """The dialog's table has these rows, once it is filled."""
        self.compare(lambda: table(find(dialog, "tree"))[1], rows)

    def draws(self, graph, name, top):
        """The line of this name reaches its top once the graph is drawn, and does not rise above it."""
        def highest():
            text = self.export(graph, "Save As…", "Comma Separated Values (*.csv)")
            values = [float(row[name]) for row in csv.DictReader(text.splitlines())]
            return max(values, default=None)
        # nothing else tells when
        self.compare(highest, top)
