# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions, counted by valgrind: other work on the machine does not change them. See measure.py."""

import concurrent.futures
import pathlib
import shutil
import subprocess
import tempfile

# Of captures with so many packets the difference counts, so that what Wireshark's start takes does not.
FEWER, MORE = 1000, 11000
KINDS = ["bulk", "flood", "one"]
VARIANTS = ["stock", "wanting", "simtcp"]


def collected(said):
    """What callgrind says at its end."""
    found = [line.split(":")[-1] for line in said.splitlines() if "Collected" in line]
    if len(found) != 1:
        raise OSError(f"callgrind says nothing of what it collected: {said}")
    return int(found[0])


def of_core(build, many, load):
    """Instructions a segment of bench-core's; None without valgrind."""
    if not shutil.which("valgrind"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--toggle-collect=observe_all",
                               f"--callgrind-out-file={folder}/out", build / "bench-core", str(many), "run", load],
                              capture_output=True, text=True, check=True)
    return collected(done.stderr) / int(done.stdout.split("\t")[1])


def of_reading(stage, steady, variant, capture):
    """Instructions of tshark that reads the capture, with this library preloaded."""
    environment = dict(stage.environment(variant), LD_PRELOAD=str(steady))
    done = subprocess.run([*stage.prefix, "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "tshark",
                           "-q", "-z", "io,stat,0", "-r", capture], env=environment, cwd=stage.folder,
                          capture_output=True, text=True, check=True)
    return collected(done.stderr)


def of_packets(stage, build, kinds, workers):
    """{kind: {variant: instructions a packet}}; None without valgrind."""
    if not shutil.which("valgrind"):
        return None
    # once: who runs has it mapped
    steady = pathlib.Path(shutil.copy(build / "steady.so", stage.folder))
    steady.chmod(0o755)
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        counts = {}
        for kind in kinds:
            for packets in (FEWER, MORE):
                capture = stage.folder / f"counted-{kind}-{packets}.pcap"
                subprocess.run([build / "bench-captures", kind, str(packets), capture], check=True)
                capture.chmod(0o644)
                for variant in VARIANTS:
                    counts[kind, variant, packets] = pool.submit(of_reading, stage, steady, variant, capture)
        return {kind: {variant: (counts[kind, variant, MORE].result() - counts[kind, variant, FEWER].result())
                       / (MORE - FEWER) for variant in VARIANTS} for kind in kinds}
