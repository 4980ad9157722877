# SPDX-License-Identifier: GPL-2.0-or-later
"""What every file must be like, and what clang-format, clang-tidy and shellcheck say where they are installed."""

import concurrent.futures
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
TIMEOUT = 600
CLANG = 14              # the version of clang-format and clang-tidy that the settings are for
LONGEST = 125           # characters of a line of C
LARGEST = 10**6         # bytes of a file
SOURCES = {".c", ".h", ".py", ".sh", ".cmake", ".pkt", ".lab", ".lua"}
# Where a developer's machine would show; words such as /tmp/ alone are what users type, too.
PRIVATE = re.compile(rb"/(?:work|tmp)/(?:main|shared|roots|helpers|b-|bash_jobs|src/wireshark)|/home/(?!user\b)\w+/")


def listed():
    """The files that git knows; without git, there is nothing to check."""
    if not shutil.which("git") or not (TOP / ".git").exists():
        pytest.skip("this is no git checkout")
    command = ["git", "-c", f"safe.directory={TOP}", "ls-files", "-z"]
    names = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True, timeout=TIMEOUT).stdout
    return [TOP / name for name in names.split("\0") if name and (TOP / name).is_file()]


def in_c():
    return [path for path in listed() if path.suffix in (".c", ".h")]


def scripts():
    return [path for path in listed() if path.suffix == ".sh"
            or (not path.suffix and path.read_bytes()[:30].startswith((b"#!/usr/bin/env bash", b"#!/bin/sh")))]


def need(tool):
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")


def name(path):
    return str(path.relative_to(TOP))


def run(*command):
    return subprocess.run(list(map(str, command)), cwd=TOP, capture_output=True, text=True, timeout=TIMEOUT,
                          check=False)


def test_sources_name_their_licence():
    sources = [path for path in listed() if path.suffix in SOURCES or path.name == "CMakeLists.txt"]
    bare = [name(path) for path in sources if not any(
        "SPDX-License-Identifier: GPL-2.0-or-later" in line
        for line in path.read_text(encoding="utf-8").splitlines()[:12])]
    assert len(sources) > 100 and bare == []


def test_no_file_is_large():
    assert [name(path) for path in listed() if path.stat().st_size > LARGEST] == []


def test_no_folder_of_a_developers_machine_is_named():
    found = [(name(path), match[0].decode()) for path in listed() if path != pathlib.Path(__file__).resolve()
             for match in [PRIVATE.search(path.read_bytes())] if match]
    assert found == []


def test_file_names_are_plain():
    odd = [name(path) for path in listed() if not re.fullmatch(r"[A-Za-z0-9._/-]+", name(path))]
    assert odd == []


def test_lines_of_c_are_not_too_long():
    long = [f"{name(path)}:{number}" for path in in_c()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if len(line) > LONGEST]
    assert long == []


def test_shell_scripts_are_shell():
    wrong = {name(path): done.stderr for path in scripts() for done in [run("bash", "-n", path)] if done.returncode}
    assert wrong == {}


def test_shellcheck_finds_no_error():
    need("shellcheck")
    done = run("shellcheck", "-s", "bash", "-S", "error", *scripts())
    assert done.returncode == 0, done.stdout


def need_of_clang(program):
    """Other versions lay out, and find, something else."""
    need(program)
    version = int(re.search(r"version (\d+)", run(program, "--version").stdout)[1])
    if version != CLANG:
        pytest.skip(f"this is {program} {version}; {CLANG} is what the settings are for")


def test_c_is_as_the_formatter_has_it():
    need_of_clang("clang-format")
    done = run("clang-format", "--dry-run", "-Werror", *in_c())
    assert done.returncode == 0, done.stderr


def test_clang_tidy_finds_nothing(tmp_path):
    """In what the plugin and the programs are made of, with the options of the build."""
    need_of_clang("clang-tidy")
    if not shutil.which("cmake"):
        pytest.skip("cmake is not installed")
    # the build that is tested may have no list of its commands
    made = run("cmake", "-S", TOP, "-B", tmp_path, "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DSIMTCP_BUILD_TESTS=OFF")
    assert made.returncode == 0, made.stderr
    commands = json.loads((tmp_path / "compile_commands.json").read_text(encoding="utf-8"))
    files = sorted({command["file"] for command in commands})
    assert len(files) > 60
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(lambda file: run("clang-tidy", "-p", tmp_path, "--quiet", file), files))
    said = [one.stdout for one in done if one.returncode]
    assert said == [], "\n".join(said)


def test_each_mutation_has_its_place():
    """Breaking every rule takes minutes and is not done here; that each can still be broken is seen at once."""
    specification = importlib.util.spec_from_file_location("mutation_run", TOP / "tests/mutation/run.py")
    mutation_run = importlib.util.module_from_spec(specification)
    sys.path.insert(0, str(TOP / "tests/mutation"))
    specification.loader.exec_module(mutation_run)
    lost = [rule for rule, file, text, _ in mutation_run.MUTATIONS
            if len(mutation_run.places(text, (TOP / "plugin/core" / file).read_text(encoding="utf-8"))) != 1]
    assert len(mutation_run.MUTATIONS) > 90 and lost == []
