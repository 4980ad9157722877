# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark's tables, its budget, and what must be known of the machine to read them."""

import os
import pathlib
import platform
import subprocess

# The most that the ratios of simtcp may be: CPU, peak memory.
BUDGET = {"bulk": (1.03, 1.01), "flood": (1.15, 1.15), "one": (1.02, 1.02)}
CHECKED_WAYS = ["one pass", "two passes"]

BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"

NAMES = {"wanting": "empty, wants a field", "idle": "empty", "transum": "TRANSUM", "lua": "Lua"}


def exceeded(rows):
    """A line for each ratio that is over its budget; the medians count."""
    lines = []
    for row in rows:
        if row["way"] not in CHECKED_WAYS or row["capture"] not in BUDGET:
            continue
        for what, budget, measured in zip(("CPU", "memory"), BUDGET[row["capture"]], row["ratios"]["simtcp"]):
            if round(measured[0], 3) > budget:
                lines.append(f"{row['capture']}, {row['way']}: {what} {measured[0]:.3f} exceeds {budget:.2f}")
    return lines


def cell(measured):
    median, least, most = measured
    return f"{median:.3f} ({least:.3f} to {most:.3f})"


def overhead_table(rows):
    """Its head and its lines."""
    head = ["capture", "read by", "with", "CPU", "memory", "budget"]
    lines = []
    for row in rows:
        begin = [row["capture"], row["way"]]
        lines.append([*begin, "nothing", f"{row['stock'][0]:.2f} s", f"{row['stock'][1] / 2**20:.0f} MiB", ""])
        for variant, (cpu, memory) in row["ratios"].items():
            budget = ""
            if variant == "simtcp" and row["way"] in CHECKED_WAYS and row["capture"] in BUDGET:
                budget = " and ".join(f"{limit:.2f}" for limit in BUDGET[row["capture"]])
            lines.append(["", "", NAMES.get(variant, variant), cell(cpu), f"{memory[0]:.3f}", budget])
    return head, lines


def count_table(counts):
    """Instructions a packet, and what more of them there are."""
    head = ["capture", "instructions a packet", NAMES["wanting"], "simtcp", "simtcp's own"]
    return head, [[kind, f"{count['stock']:,.0f}", *(f"{count[variant] / count['stock']:.3f}"
                                                     for variant in ("wanting", "simtcp")),
                   f"{count['simtcp'] - count['wanting']:,.0f}"] for kind, count in counts.items()]


def core_tables(core):
    times, memory = core
    time_lines = [[name, f"{median:.0f} ({least:.0f} to {most:.0f})", f"{1000 / median:.1f}",
                   "-" if count is None else f"{count:.0f}"] for name, (median, least, most), count in times]
    memory_lines = [[name, f"{pieces:.0f}", f"{size:.0f}", f"{in_wireshark:.0f}"]
                    for name, (pieces, size, in_wireshark) in memory]
    return ((["segments", "nanoseconds each", "million a second", "instructions each"], time_lines),
            (["connection", "allocations", "bytes", "bytes in Wireshark"], memory_lines))


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def conditions(arguments, others):
    """Sentences on what was measured where; no host's name."""
    version = subprocess.run(["tshark", "--version"], capture_output=True, text=True,
                             check=True).stdout.splitlines()[0].split()[2]
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = ("Other work took" if others >= 0.05 else "The machine was quiet: other work took")
    return [f"Wireshark {version.rstrip('.')}, {system}, Linux {'.'.join(platform.release().split('.')[:2])}, "
            f"{os.cpu_count()} processors ({processor()}), {memory:.0f} GiB.",
            f"Memory: one reading of {arguments.packets:,} packets. CPU: {arguments.rounds} rounds of readings of "
            f"{arguments.cpu_packets:,} packets, all at the same moment on one processor, and at once on a second one "
            "if there is one, without what Wireshark's start takes: the median of the ratios, and in brackets the "
            "limits between which the true one lies with a confidence of 95 %.",
            f"{busy} {others:.0%} of all processors meanwhile."]


def plain_table(head, lines):
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip()
                     for line in [head, *lines])


def markdown_table(head, lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *lines])


def assemble(rows, counts, core, sentences, table):
    parts = [" ".join(sentences), table(*overhead_table(rows))]
    if counts:
        parts += ["Instructions of one pass, which other work does not change; without Wireshark's start:",
                  table(*count_table(counts))]
    if core:
        parts += [table(*part) for part in core_tables(core)]
    return "\n\n".join(parts)


def plain(rows, counts, core, sentences):
    return assemble(rows, counts, core, sentences, plain_table)


def markdown(rows, counts, core, sentences):
    return assemble(rows, counts, core, sentences, markdown_table)


def update(path, text):
    """Replaces what is between the two comments."""
    whole = path.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise OSError(f"{path} has no '{BEGIN}' and after it '{END}'")
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
