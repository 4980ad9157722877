# SPDX-License-Identifier: GPL-2.0-or-later
"""The fuzzers over what they know: scenarios and earlier findings. New inputs are for tests/fuzz/run.sh SECONDS, because a
test must not fail today for what was there yesterday."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 0

# What the corpus alone reaches, and a little less: a fuzzer that does not get into what it tests finds nothing.
LEAST_COVERAGE = 85


def has_libfuzzer(folder):
    """Is there a clang with its runtime libraries?"""
    clang = os.environ.get("CLANG", "clang")
    if not shutil.which(clang):
        return False
    source = folder / "empty.c"
    source.write_text("#include <stddef.h>\nint LLVMFuzzerTestOneInput(const char *b, size_t n);\n"
                      "int LLVMFuzzerTestOneInput(const char *b, size_t n) { (void)b; (void)n; return 0; }\n")
    done = subprocess.run([clang, "-fsanitize=fuzzer,address,undefined", source, "-o", folder / "empty"],
                          capture_output=True, check=False, timeout=120)
    return done.returncode == 0


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    if not has_libfuzzer(folder):
        pytest.skip("needs clang with its runtime libraries (Debian: clang, libclang-rt-14-dev or the like, llvm)")
    done = subprocess.run([HERE / "run.sh", str(SECONDS), folder], capture_output=True, text=True, errors="replace",
                          timeout=850, check=False)
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_nothing_is_found(printed):
    executed = dict(re.findall(r"fuzz-(\w+): (\d+) executions", printed))
    assert set(executed) == {"core", "script", "segment"}
    assert all(int(count) > 100 for count in executed.values()), printed


def test_the_core_is_covered(printed):
    if "no line coverage" in printed:
        pytest.skip("needs llvm-cov")
    total = re.search(r"^TOTAL\s+([\d.]+)%", printed, re.MULTILINE)
    assert total and float(total.group(1)) >= LEAST_COVERAGE, printed
