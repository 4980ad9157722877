# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin costs Wireshark: CPU and peak memory with it, divided by those without. See run.sh.

Memory is that of one reading of a long capture: it does not vary. CPU time does, by more than the plugin takes, as
whoever else uses the machine, or another virtual machine on it, fills its caches. So readings of a short capture by
Wireshark as it is and by all variants run at the same moment on the same processor, which turns from one to the other
every few milliseconds: what others do hits all alike. The other processor does the same with the variants started in
opposite order. What Wireshark's start takes is measured in the same way, with a capture of few packets, and
subtracted."""

import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import count
import report

KINDS = ["bulk", "flood", "one", "mix"]
WAYS = ["one pass", "two passes", "sharkd"]
STOCK = "stock"
# more processors would not make the result better
PROCESSORS = sorted(os.sched_getaffinity(0))[:2]
# packets of the capture whose reading takes little but Wireshark's start
FEW = 10
# what is added to stock Wireshark: a plugin of this benchmark's build, or options
PLUGINS = {"simtcp": "plugins/*/epan/simtcp.so", "wanting": "wanting.so", "idle": "idle.so"}
OPTIONS = {"transum": ["--enable-protocol", "transum", "-o", "transum.tcp_port_ranges:25,80,443,1433,5001"],
           "lua": ["-X", "lua_script:first_answer.lua"]}
VARIANTS = ["simtcp", "wanting", "idle", *OPTIONS]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


class Failure(Exception):
    """Something that makes the measurement worthless."""


class Stage:
    """A folder that anybody may read: as root Wireshark ignores WIRESHARK_PLUGIN_DIR, so there it runs as nobody.

    WIRESHARK_PLUGIN_DIR replaces Wireshark's own plugin folder, so each variant has a folder with Wireshark's own
    plugins, and with one more. A simtcp that is installed already is left out of them."""

    def __init__(self, folder, build):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        self.home = self.folder / "home"
        self.home.mkdir()
        self.home.chmod(0o777)
        self.prefix = NOBODY if os.getuid() == 0 else []
        shutil.copy(pathlib.Path(__file__).with_name("first_answer.lua"), self.folder)
        (self.folder / "first_answer.lua").chmod(0o644)
        own = self.own_plugins()
        self.stage_plugins(STOCK, own)
        for variant, pattern in PLUGINS.items():
            self.stage_plugins(variant, own, one(build, pattern))

    def own_plugins(self):
        """Wireshark's own plugin folder; its name ends in the version."""
        listed = subprocess.run(["tshark", "-G", "folders"], capture_output=True, text=True, check=True).stdout
        folders = [line.partition(":")[2].strip() for line in listed.splitlines()
                   if line.startswith("Global Plugins")]
        if len(folders) != 1:
            raise Failure("tshark -G folders does not name one folder of global plugins")
        return pathlib.Path(folders[0])

    def stage_plugins(self, variant, own, plugin=None):
        version = self.folder / variant / own.name
        for path in own.glob("*/*.so"):
            if path.name != "simtcp.so":
                link = version / path.parent.name / path.name
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(path)
        (version / "epan").mkdir(parents=True, exist_ok=True)
        if plugin:
            copy = shutil.copy(plugin, version / "epan" / plugin.name)
            os.chmod(copy, 0o755)

    def environment(self, variant):
        known = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "WIRESHARK"))}
        return dict(known, HOME=str(self.home), TZ="UTC",
                    WIRESHARK_PLUGIN_DIR=str(self.folder / (variant if variant in PLUGINS else STOCK)))

    def spend(self, variant, command, text=""):
        """Runs the command as the variant's user: its CPU time in seconds and its peak memory in bytes."""
        with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as said:
            question.write(text.encode())
            question.seek(0)
            # pylint: disable-next=consider-using-with
            process = subprocess.Popen([*self.prefix, *command], stdin=question, stdout=said, stderr=subprocess.STDOUT,
                                       env=self.environment(variant), cwd=self.folder)
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                process.kill()
                raise
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            answer = said.read().decode(errors="replace")
        if process.returncode != 0 or '"error"' in answer:
            raise Failure(f"{' '.join(command)}: {process.returncode}: {answer}")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024

    def load(self, variant, way, capture, processor):
        """What one reading of the capture takes on this processor."""
        pinned = ["taskset", "-c", str(processor)]
        if way == "sharkd":
            request = {"jsonrpc": "2.0", "id": 1, "method": "load", "params": {"file": str(capture)}}
            return self.spend(variant, [*pinned, "sharkd", "-"], json.dumps(request) + "\n")
        passes = ["-2"] if way == "two passes" else []
        return self.spend(variant, [*pinned, "tshark", "-q", "-z", "io,stat,0", *passes, *OPTIONS.get(variant, []),
                                    "-r", str(capture)])

    def load_together(self, variants, way, capture):
        """For each processor, {variant: what it takes}, while all run at the same moment on that processor."""
        with concurrent.futures.ThreadPoolExecutor(len(variants) * len(PROCESSORS)) as pool:
            running = [{variant: pool.submit(self.load, variant, way, capture, processor)
                        for variant in (variants if number % 2 == 0 else reversed(variants))}
                       for number, processor in enumerate(PROCESSORS)]
            return [{variant: future.result() for variant, future in batch.items()} for batch in running]

    def output(self, variant, *arguments):
        return subprocess.run([*self.prefix, "tshark", *arguments], cwd=self.folder, env=self.environment(variant),
                              capture_output=True, text=True, check=True).stdout

    def shows(self, variant, capture, display_filter):
        """Do any of the capture's frames pass the filter?"""
        return self.output(variant, *OPTIONS.get(variant, []), "-2", "-r", str(capture), "-Y", display_filter) != ""

    def verify(self, variants, capture):
        """Each variant has what it should have and nothing else; otherwise ratios of 1 would mean nothing."""
        for variant in [STOCK, *variants]:
            lines = self.output(variant, "-G", "plugins").splitlines()
            plugins = {line.split()[0] for line in lines if line.strip()}
            for name in PLUGINS:
                if (f"{name}.so" in plugins) != (name == variant):
                    raise Failure(f"{variant}: tshark -G plugins lists {sorted(plugins)}")
            fields = {"simtcp": "simtcp.connection", "transum": "transum", "lua": "first_answer.simopen"}
            found = {name: self.shows(variant, capture, field) for name, field in fields.items()
                     if name in (variant, "transum")}
            wrong = [name for name, shown in found.items() if shown != (name == variant)]
            if wrong:
                raise Failure(f"{variant}: {wrong[0]} {'shows' if found[wrong[0]] else 'does not show'} its fields")


def one(folder, pattern):
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise Failure(f"{pattern} is not once in {folder}")
    return found[0]


class OtherWork:
    """How much of this machine's processors others use meanwhile, as far as /proc/stat tells."""

    def __init__(self):
        self.begun = self.read()

    @staticmethod
    def read():
        line = pathlib.Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0]
        fields = [int(field) for field in line.split()[1:9]]
        own = os.times()
        idle = fields[3] + fields[4]
        return sum(fields), sum(fields) - idle, own.user + own.system + own.children_user + own.children_system

    def share(self):
        """Of all processors together, from 0 to 1."""
        total, busy, own = (after - before for before, after in zip(self.begun, self.read()))
        ticks = os.sysconf("SC_CLK_TCK")
        return max(0.0, (busy - own * ticks) / total) if total else 0.0


def captures(arguments, build, packets):
    """The captures' files, made unless they are there already."""
    folder = pathlib.Path(arguments.cache)
    folder.mkdir(parents=True, exist_ok=True)
    generator = build / "bench-captures"
    made = {}
    for kind in arguments.captures:
        path = folder / f"{kind}-{packets}.pcap"
        # made anew when the program that makes them is newer
        if not path.exists() or path.stat().st_mtime < generator.stat().st_mtime:
            part = path.with_suffix(".part")
            subprocess.run([generator, kind, str(packets), part], check=True)
            part.chmod(0o644)
            part.rename(path)
        made[kind] = path
    return made


def variants_of(way, variants):
    """sharkd takes no options, so it has the variants that are plugins."""
    return [STOCK, *(variant for variant in variants if way != "sharkd" or variant in PLUGINS)]


def measure_cpu(stage, files, few, arguments):
    """{(kind, way): {variant: [CPU of each round on each processor]}}, and the same of Wireshark's start."""
    cases = [(kind, way) for kind in files for way in arguments.ways]
    spent, started = ({case: {variant: [] for variant in variants_of(case[1], arguments.variants)} for case in cases}
                      for _ in range(2))
    for number in range(arguments.rounds):
        for kind, way in cases:
            for taken, capture in ((spent, files[kind]), (started, few[kind])):
                for batch in stage.load_together(list(taken[kind, way]), way, capture):
                    for variant, (cpu, _) in batch.items():
                        taken[kind, way][variant].append(cpu)
            progress(f"round {number + 1} of {arguments.rounds}: {kind}, {way}: " + ", ".join(
                f"{variant} {cpu[-1]:.2f} s" for variant, cpu in spent[kind, way].items()))
    return spent, started


def measure_memory(stage, files, arguments):
    """{(kind, way): {variant: peak memory}}, of one reading each."""
    with concurrent.futures.ThreadPoolExecutor(len(PROCESSORS)) as pool:
        cases = {}
        for kind, path in files.items():
            for way in arguments.ways:
                cases[kind, way] = {variant: pool.submit(stage.load, variant, way, path, ",".join(map(str, PROCESSORS)))
                                    for variant in variants_of(way, arguments.variants)}
        taken = {}
        for (kind, way), running in cases.items():
            taken[kind, way] = {variant: future.result()[1] for variant, future in running.items()}
            progress(f"memory: {kind}, {way}: " + ", ".join(
                f"{variant} {size / 2**20:.0f} MiB" for variant, size in taken[kind, way].items()))
        return taken


def interval(values):
    """Their median, and the two of them between which the true one lies with a confidence of 95 %; of few values, the
    least and the greatest."""
    ordered = sorted(values)
    beyond = max(0, int((len(ordered) - 1.96 * len(ordered) ** 0.5) / 2) - 1)
    return statistics.median(ordered), ordered[beyond], ordered[-1 - beyond]


def cpu_ratio(spent, started, variant):
    """Each variant's start is nearly the same in all rounds: one median of them is steadier than each."""
    start = {which: statistics.median(started[which]) for which in (variant, STOCK)}
    return interval([(with_it - start[variant]) / max(without - start[STOCK], 1e-6)
                     for with_it, without in zip(spent[variant], spent[STOCK])])


def summarise(spent, started, memory):
    rows = []
    for case, taken in spent.items():
        stock = statistics.median(taken[STOCK]) - statistics.median(started[case][STOCK])
        rows.append({"capture": case[0], "way": case[1], "stock": (stock, memory[case][STOCK]),
                     "ratios": {variant: (cpu_ratio(taken, started[case], variant),
                                          (memory[case][variant] / memory[case][STOCK],) * 3)
                                for variant in taken if variant != STOCK}})
    return rows


def core_lines(build, many, *what):
    """Of what bench-core prints: the name of each line and its numbers."""
    printed = subprocess.run([build / "bench-core", str(many), *what], capture_output=True, text=True,
                             check=True).stdout
    for line in printed.splitlines():
        name, *numbers = line.split("\t")
        yield name, [float(number) for number in numbers]


def measure_core(build, arguments):
    progress("the core alone")
    many = max(arguments.packets // 20, 1)
    times = [(name, numbers, count.of_core(build, many, name))
             for name, numbers in core_lines(build, many, "time", str(2 * arguments.rounds))]
    return times, list(core_lines(build, many, "memory"))


def progress(text):
    print(text, file=sys.stderr, flush=True)


def parse():
    parser = argparse.ArgumentParser(prog="run.sh", description=(
        "Measures what the plugin costs: CPU and peak memory of tshark (one pass, and two with -2) and of sharkd that "
        "loads the same file, each as ratio to the same without the plugin; beside them post-dissectors that do "
        "nothing, Wireshark's own TRANSUM and one in Lua; and the core alone."))
    parser.add_argument("--check", action="store_true", help="fail if a ratio exceeds its budget")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    parser.add_argument("--update", metavar="FILE", help="replace the tables in this Markdown file, between its two "
                        "comments 'measured' and 'end of measured'")
    parser.add_argument("--packets", type=int, default=1000000, help="packets of each capture whose reading takes the "
                        "memory (default %(default)s)")
    parser.add_argument("--cpu-packets", type=int, default=100000, help="packets of each capture whose reading takes "
                        "the CPU time (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=8, help="how often CPU time is measured, on two processors if "
                        "there are as many (default %(default)s); the core alone twice as often")
    parser.add_argument("--captures", type=words(KINDS), default=KINDS, help=f"of {','.join(KINDS)} (default all)")
    parser.add_argument("--ways", type=words(WAYS), default=WAYS, help=f"of '{','.join(WAYS)}' (default all)")
    parser.add_argument("--variants", type=words(VARIANTS), default=VARIANTS,
                        help=f"of {','.join(VARIANTS)} (default all)")
    parser.add_argument("--no-core", action="store_true", help="leave the core alone out")
    parser.add_argument("--no-instructions", action="store_true", help="leave the instructions of a packet out")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cache", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if min(arguments.packets, arguments.cpu_packets, arguments.rounds) < 1:
        parser.error("there must be a packet and a round")
    if arguments.check and "simtcp" not in arguments.variants:
        parser.error("--check needs the variant simtcp")
    return arguments


def words(known):
    """Reads a list with commas of known words, for argparse."""
    def read(text):
        given = text.split(",")
        for word in given:
            if word not in known:
                raise argparse.ArgumentTypeError(f"'{word}' is none of {', '.join(known)}")
        return given
    return read


def run(arguments):
    build = pathlib.Path(arguments.build)
    other = OtherWork()
    with tempfile.TemporaryDirectory(prefix="simtcp-bench-") as folder:
        stage = Stage(folder, build)
        files = {packets: captures(arguments, build, packets)
                 for packets in {FEW, arguments.cpu_packets, arguments.packets}}
        # of a capture with simultaneous opens, so that the Lua script too has something to show
        probe = pathlib.Path(folder) / "probe.pcap"
        subprocess.run([build / "bench-captures", "mix", "5000", probe], check=True)
        probe.chmod(0o644)
        stage.verify(arguments.variants, probe)
        spent, started = measure_cpu(stage, files[arguments.cpu_packets], files[FEW], arguments)
        others = other.share()
        rows = summarise(spent, started, measure_memory(stage, files[arguments.packets], arguments))
        counts = None
        if not arguments.no_instructions:
            progress("instructions of a packet")
            counts = count.of_packets(stage, build, [kind for kind in count.KINDS if kind in arguments.captures],
                                      len(PROCESSORS))
    core = None if arguments.no_core else measure_core(build, arguments)
    return rows, counts, core, report.conditions(arguments, others)


def main():
    arguments = parse()
    try:
        rows, counts, core, conditions = run(arguments)
        write = report.markdown if arguments.markdown or arguments.update else report.plain
        text = write(rows, counts, core, conditions)
        if arguments.update:
            report.update(pathlib.Path(arguments.update), text)
        else:
            print(text)
    except (Failure, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"run.sh: {error}{getattr(error, 'stderr', None) or ''}")
    exceeded = report.exceeded(rows) if arguments.check else []
    for line in exceeded:
        print(line, file=sys.stderr)
    sys.exit(1 if exceeded else 0)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
