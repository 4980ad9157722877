# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark works: its tables have all rows, its budget is checked, and what it compares is what it says. No
figure of it is a limit here: those are for run.sh --check, on a quiet machine."""

import collections
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

import pytest

import count
import measure
import report

RUN = pathlib.Path(__file__).with_name("run.sh")
SYN = 0x02


@pytest.fixture(scope="module", name="cache")
def make_cache():
    """Where run.sh builds, once for all tests. Not pytest's own folder, which nobody can't read."""
    with tempfile.TemporaryDirectory(prefix="simtcp-bench-") as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder)


def run(cache, *options):
    done = subprocess.run([RUN, "--rounds", "1", *options], env=dict(os.environ, SIMTCP_BENCH=str(cache)),
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", name="build")
def make_build(cache):
    """Built by run.sh, which has measured one capture with everything."""
    text = run(cache, "--packets", "300", "--cpu-packets", "300", "--captures", "mix", "--no-core",
               "--no-instructions", "--markdown")
    (cache / "table").write_text(text)
    return cache / "build"


def cells(text):
    """Of a Markdown table's lines, the cells of each."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.usefixtures("build")
def test_every_way_and_variant_has_its_row(cache):
    rows = cells((cache / "table").read_text())[2:]
    ways = [(row[1], row[2]) for row in rows]
    everything = ["nothing", "simtcp", "empty, wants a field", "empty", "TRANSUM", "Lua"]
    plugins = everything[:4]
    assert ways == [("one pass", "nothing"), *(("", name) for name in everything[1:]),
                    ("two passes", "nothing"), *(("", name) for name in everything[1:]),
                    ("sharkd", "nothing"), *(("", name) for name in plugins[1:])]
    for row in rows:
        # so few packets take less CPU than Wireshark's start varies by
        float(row[3].split()[0])
        assert float(row[4].split()[0]) > 0.9, row


@pytest.mark.usefixtures("build")
def test_every_capture_and_the_core_have_their_rows(cache):
    text = run(cache, "--packets", "4000", "--cpu-packets", "4000", "--variants", "simtcp", "--ways", "one pass",
               "--no-instructions", "--markdown")
    rows = cells(text)
    assert [row[0] for row in rows if row[1:3] == ["one pass", "nothing"]] == ["bulk", "flood", "one", "mix"]
    core = {row[0]: row[1:] for row in rows if len(row) == 4}
    for name in ("data, 1 connection", "data, many connections", "three-way handshake", "orderly close"):
        assert float(core[name][0].split()[0]) > 0
        assert not shutil.which("valgrind") or 20 < float(core[name][2]) < 100000
    # a connection's bytes grow with what it showed; they are cut from large pieces, to which Wireshark's allocator adds
    # little
    sizes = [float(core[name][1]) for name in ("SYN only", "opened, three-way", "ordinary, complete")]
    assert sizes == sorted(sizes) and float(core["SYN only"][2]) >= sizes[0] > 40


def write_probe(build, folder, kind, packets):
    path = folder / f"{kind}.pcap"
    subprocess.run([build / "bench-captures", kind, str(packets), path], check=True)
    path.chmod(0o644)
    return path


def read_packets(path):
    """Of each packet: 4-tuple, the same in both directions, and flags."""
    data = path.read_bytes()
    offset = 24
    while offset < len(data):
        length = struct.unpack_from("<I", data, offset + 8)[0]
        src, dst, src_port, dst_port = struct.unpack_from(">IIHH", data, offset + 16 + 14 + 12)
        yield frozenset([(src, src_port), (dst, dst_port)]), data[offset + 16 + 14 + 20 + 13]
        offset += 16 + length


@pytest.mark.parametrize("kind, flows", [("bulk", 200), ("flood", 4000), ("one", 1)])
def test_captures_hold_as_many_connections_as_they_say(build, tmp_path, kind, flows):
    packets = list(read_packets(write_probe(build, tmp_path, kind, 4000)))
    assert len(packets) == 4000
    # a hundred connections of bulk's are not over at its end
    found = collections.Counter(flow for flow, _ in packets)
    assert flows <= len(found) <= flows + (100 if kind == "bulk" else 0)
    assert max(found.values()) == (20 if kind == "bulk" else 4000 // flows)
    syns = sum(flags == SYN for _, flags in packets)
    assert syns == len(found)


def test_mix_reuses_4_tuples_and_is_the_same_again(build, tmp_path):
    path = write_probe(build, tmp_path, "mix", 20000)
    first = path.read_bytes()
    syns = collections.Counter(flow for flow, flags in read_packets(path) if flags == SYN)
    assert max(syns.values()) >= 3
    assert write_probe(build, tmp_path, "mix", 20000).read_bytes() == first


def test_a_plugin_that_is_not_loaded_is_noticed(cache, build):
    folder = cache / "stage"
    folder.mkdir()
    stage = measure.Stage(folder, build)
    probe = write_probe(build, folder, "mix", 2000)
    stage.verify(["simtcp"], probe)
    measure.one(folder, "simtcp/*/epan/simtcp.so").unlink()
    with pytest.raises(measure.Failure, match="simtcp: tshark -G plugins"):
        stage.verify(["simtcp"], probe)


@pytest.mark.skipif(not shutil.which("valgrind"), reason="needs valgrind")
def test_instructions_of_a_packet(build, monkeypatch):
    with tempfile.TemporaryDirectory(prefix="simtcp-bench-") as folder:
        monkeypatch.setattr(count, "FEWER", 100)
        monkeypatch.setattr(count, "MORE", 1100)
        # each takes half a minute
        monkeypatch.setattr(count, "VARIANTS", ["wanting", "simtcp"])
        counts = count.of_packets(measure.Stage(folder, build), build, ["one"], 2)
    # the plugin takes more than an empty one that wants the same field
    assert 10000 < counts["one"]["wanting"]
    assert 100 < counts["one"]["simtcp"] - counts["one"]["wanting"] < 5000


def test_instructions_have_a_table():
    counts = {"one": {"stock": 20000.0, "wanting": 22000.0, "simtcp": 23000.0}}
    line = cells(report.markdown([row(1, 1)], counts, None, []))[-1]
    assert line == ["one", "20,000", "1.100", "1.150", "1,000"]


def row(cpu, memory, capture="bulk", way="two passes"):
    return {"capture": capture, "way": way, "stock": (1.0, 2**20),
            "ratios": {"simtcp": ((cpu, cpu, cpu), (memory, memory, memory))}}


def test_what_exceeds_the_budget():
    assert report.exceeded([row(1.03, 1.01)]) == []
    assert report.exceeded([row(1.04, 1.01)]) == ["bulk, two passes: CPU 1.040 exceeds 1.03"]
    assert report.exceeded([row(1.0, 1.02)]) == ["bulk, two passes: memory 1.020 exceeds 1.01"]
    assert report.exceeded([row(9, 9, capture="mix"), row(9, 9, way="sharkd")]) == []


def test_what_stands_for_many_rounds():
    assert measure.interval([3, 1, 2]) == (2, 1, 3)
    # 16 values: between the fourth from below and the fourth from above
    assert measure.interval(range(16, 0, -1)) == (8.5, 4, 13)


def test_the_start_does_not_count():
    spent = {"stock": [2.5, 3.0], "simtcp": [2.7, 3.2]}
    started = {"stock": [0.4, 0.5, 0.6], "simtcp": [0.5, 0.5, 9.0]}
    assert measure.cpu_ratio(spent, started, "simtcp") == pytest.approx(((2.2 / 2 + 2.7 / 2.5) / 2, 1.08, 1.1))


@pytest.mark.parametrize("budget, code", [((-1e9, 0.0), 1), ((1e9, 1e9), 0)])
def test_check_fails_when_the_budget_is_exceeded(build, monkeypatch, budget, code):
    monkeypatch.setattr(report, "BUDGET", {"one": budget})
    captures = build.parent / "captures"
    monkeypatch.setattr(sys, "argv", ["run.sh", "--check", "--build", str(build), "--cache", str(captures),
                                      "--packets", "300", "--cpu-packets", "300", "--rounds", "1", "--captures", "one",
                                      "--ways", "one pass", "--variants", "simtcp", "--no-core", "--no-instructions"])
    with pytest.raises(SystemExit) as ended:
        measure.main()
    assert ended.value.code == code


def test_update_replaces_only_the_measured_part(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    report.update(page, "new")
    assert page.read_text(encoding="utf-8") == f"before\n{report.BEGIN}\nnew\n{report.END}\nafter\n"
    page.write_text("nothing to replace", encoding="utf-8")
    with pytest.raises(OSError):
        report.update(page, "new")
