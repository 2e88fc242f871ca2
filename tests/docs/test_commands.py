"""The page of commands names every command, option and variable that there is, and its examples are true."""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.db.migrations.loader import MigrationLoader

from gongzhi.cli.flow import processes
from gongzhi.cli.main import COMMANDS
from gongzhi.packs import load_pack
from tests.docs.pages import DOCS, PROJECT, codes, rows, sections

PAGE = DOCS / "commands.md"
COMMAND_PAGES = sections(PAGE)


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Every command and subcommand by its words, e.g. "registry import"."""
    root = argparse.ArgumentParser()
    commands = root.add_subparsers()
    for module, _ in COMMANDS.values():
        import_module(module).add(commands)
    return dict(_below("", root))


def _below(words: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield f"{words} {name}".strip(), child
                yield from _below(f"{words} {name}".strip(), child)


PARSERS = parsers()


def test_every_command_has_a_heading_and_no_heading_is_of_a_command_that_is_gone() -> None:
    headings = {heading[1:-1].removeprefix("gongzhi ") for heading in COMMAND_PAGES if heading[0] == "`"}
    assert headings == set(PARSERS)
    assert {words.split()[0] for words in PARSERS} == set(COMMANDS)


@pytest.mark.parametrize("words", sorted(PARSERS))
def test_every_option_of_a_command_is_explained_below_its_heading(words: str) -> None:
    there = {
        action.option_strings[-1] if action.option_strings else action.metavar
        for action in PARSERS[words]._actions
        if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    }
    table = rows(COMMAND_PAGES[f"`gongzhi {words}`"])
    assert all(len(row) == 2 and all(row) for row in table)
    assert {codes(row[0])[0].split()[0] for row in table} == there


def read_variables(folder: Path) -> set[str]:
    """The environment variables that the Python files below a folder ask for by name."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                where, name = node.func.value, node.args[0]
            elif isinstance(node, ast.Subscript):
                where, name = node.value, node.slice
            else:
                continue
            of = getattr(where, "attr", getattr(where, "id", ""))
            if of in {"environ", "environment"} and isinstance(name, ast.Constant):
                found.add(name.value)
    return {name for name in found if re.match(r"GONGZHI_|XDG_|DATABASE_URL", name)}


def test_every_variable_that_the_program_reads_is_explained() -> None:
    explained = {codes(row[0])[0] for row in rows(COMMAND_PAGES["环境变量 · Environment"])}
    read = read_variables(PROJECT / "src")
    assert {"GONGZHI_HOME", "DATABASE_URL"} <= read
    assert explained == read


def test_variables_of_the_tests_are_named() -> None:
    text = COMMAND_PAGES["环境变量 · Environment"]
    assert [name for name in sorted(read_variables(PROJECT / "tests")) if f"`{name}`" not in text] == []


def test_examples_answer_what_the_page_says(tmp_path: Path) -> None:
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    asked = [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line[0] == "$"]
    said = "".join(line + "\n" for block in blocks for line in block.splitlines() if line[0] != "$")
    assert len(asked) >= 6
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", "\n".join(asked)],
        cwd=tmp_path,
        env={
            **{name: text for name, text in os.environ.items() if name != "DATABASE_URL"},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "GONGZHI_HOME": str(tmp_path / "home"),
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout, done.returncode) == (said, 0), done.stderr


def test_what_init_is_said_to_have_done_is_what_it_does() -> None:
    (said,) = re.findall(r"^\{.*\}$", COMMAND_PAGES["`gongzhi init`"], re.MULTILINE)
    pack = load_pack("dongguan")
    shown = json.loads(said)
    assert {
        "migrations": len(MigrationLoader(None).graph.nodes),
        "edges": sum(len(graph.edges) for graph in processes()),
        "departments": len(pack.departments),
        "permits": len(pack.national.permits),
        "routing": len(pack.routing),
    }.items() <= shown.items()
