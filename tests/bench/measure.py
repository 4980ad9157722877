# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin costs Wireshark: CPU and peak memory with it, divided by those without. See run.sh."""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import report

KINDS = ["bulk", "flood", "one", "mix"]
WAYS = ["one pass", "two passes", "sharkd"]
STOCK = "stock"
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

    def load(self, variant, way, capture):
        """What one reading of the capture takes."""
        if way == "sharkd":
            request = {"jsonrpc": "2.0", "id": 1, "method": "load", "params": {"file": str(capture)}}
            return self.spend(variant, ["sharkd", "-"], json.dumps(request) + "\n")
        passes = ["-2"] if way == "two passes" else []
        return self.spend(variant, ["tshark", "-q", "-z", "io,stat,0", *passes, *OPTIONS.get(variant, []),
                                    "-r", str(capture)])

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


def captures(arguments, build):
    """The captures' files, made unless they are there already."""
    folder = pathlib.Path(arguments.cache)
    folder.mkdir(parents=True, exist_ok=True)
    generator = build / "bench-captures"
    made = {}
    for kind in arguments.captures:
        path = folder / f"{kind}-{arguments.packets}.pcap"
        # made anew when the program that makes them is newer
        if not path.exists() or path.stat().st_mtime < generator.stat().st_mtime:
            part = path.with_suffix(".part")
            subprocess.run([generator, kind, str(arguments.packets), part], check=True)
            part.chmod(0o644)
            part.rename(path)
        made[kind] = path
    return made


def variants_of(way, variants):
    """sharkd takes no options, so it has the variants that are plugins."""
    return [variant for variant in variants if way != "sharkd" or variant in PLUGINS]


def measure(stage, files, arguments):
    """{(kind, way): {variant: [(CPU, memory) of each round]}}. The variants take turns, and every other round goes
    through them backwards, so that what the machine does meanwhile hits them alike."""
    samples = {(kind, way): {variant: [] for variant in [STOCK, *variants_of(way, arguments.variants)]}
               for kind in files for way in arguments.ways}
    for number in range(arguments.rounds):
        for (kind, way), taken in samples.items():
            for variant in list(taken) if number % 2 == 0 else reversed(taken):
                taken[variant].append(stage.load(variant, way, files[kind]))
            progress(f"round {number + 1} of {arguments.rounds}: {kind}, {way}: " + ", ".join(
                f"{variant} {cpu[-1][0]:.2f} s {cpu[-1][1] / 2**20:.0f} MiB" for variant, cpu in taken.items()))
    return samples


def ratio(taken, variant, what):
    """Median, least and greatest of the rounds' ratios of CPU (0) or memory (1) to those of stock Wireshark."""
    ratios = [with_it[what] / without[what] for with_it, without in zip(taken[variant], taken[STOCK])]
    return statistics.median(ratios), min(ratios), max(ratios)


def summarise(samples):
    rows = []
    for (kind, way), taken in samples.items():
        rows.append({"capture": kind, "way": way,
                     "stock": tuple(statistics.median(sample[what] for sample in taken[STOCK]) for what in (0, 1)),
                     "ratios": {variant: (ratio(taken, variant, 0), ratio(taken, variant, 1))
                                for variant in taken if variant != STOCK}})
    return rows


def core_lines(build, many, *what):
    """Of what bench-core prints: the name of each line and its numbers."""
    printed = subprocess.run([build / "bench-core", str(many), *what], capture_output=True, text=True,
                             check=True).stdout
    for line in printed.splitlines():
        name, *numbers = line.split("\t")
        yield name, [float(number) for number in numbers]


def instructions(build, many, load):
    """Instructions a segment, counted by valgrind; None without it."""
    if not shutil.which("valgrind"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--toggle-collect=observe_all",
                               f"--callgrind-out-file={folder}/out", build / "bench-core", str(many), "run", load],
                              capture_output=True, text=True, check=True)
    collected = [line.split(":")[-1] for line in done.stderr.splitlines() if "Collected" in line]
    if len(collected) != 1:
        raise Failure(f"callgrind says nothing of what it collected: {done.stderr}")
    return int(collected[0]) / int(done.stdout.split("\t")[1])


def measure_core(build, arguments):
    progress("the core alone")
    many = max(arguments.packets // 20, 1)
    times = [(name, numbers, instructions(build, many, name))
             for name, numbers in core_lines(build, many, "time", str(3 * arguments.rounds))]
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
    parser.add_argument("--packets", type=int, default=1000000, help="packets of each capture (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default %(default)s); the "
                        "core alone three times as often")
    parser.add_argument("--captures", type=words(KINDS), default=KINDS, help=f"of {','.join(KINDS)} (default all)")
    parser.add_argument("--ways", type=words(WAYS), default=WAYS, help=f"of '{','.join(WAYS)}' (default all)")
    parser.add_argument("--variants", type=words(VARIANTS), default=VARIANTS,
                        help=f"of {','.join(VARIANTS)} (default all)")
    parser.add_argument("--no-core", action="store_true", help="leave the core alone out")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cache", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.packets < 1 or arguments.rounds < 1:
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
        files = captures(arguments, build)
        # of a capture with simultaneous opens, so that the Lua script too has something to show
        probe = pathlib.Path(folder) / "probe.pcap"
        subprocess.run([build / "bench-captures", "mix", "5000", probe], check=True)
        probe.chmod(0o644)
        stage.verify(arguments.variants, probe)
        rows = summarise(measure(stage, files, arguments))
    core = None if arguments.no_core else measure_core(build, arguments)
    return rows, core, report.conditions(arguments, other.share())


def main():
    arguments = parse()
    try:
        rows, core, conditions = run(arguments)
        text = report.markdown(rows, core, conditions) if arguments.markdown or arguments.update else report.plain(
            rows, core, conditions)
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
