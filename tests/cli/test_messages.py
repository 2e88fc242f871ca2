"""Whatever ends a command is said in both languages, the Chinese first."""

from __future__ import annotations

import ast
import errno
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import gongzhi
from gongzhi.cli.failure import of_file

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCE = Path(gongzhi.__file__).parent
_FOR_PEOPLE = {
    "CommandFailed",
    "GivenUp",
    "argparse.ArgumentTypeError",
    "HomeError",
    "ClusterError",
    "NoPackError",
    "OtherCityError",
    "NotRegistrationsError",
    "RunningAlreadyError",
    "UnreadableFileError",
    "NotALibraryError",
    "NotHotlineError",
    "NotAListError",
}
_HAN = re.compile("[\u4e00-\u9fff]")
_ENGLISH = re.compile("[a-z]+ [a-z]+")


def _literal(node: ast.AST, of_module: dict[str, str]) -> str:
    """All text that is written out in an expression; names of the module's own texts stand for these."""
    parts = []
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            parts.append(one.value)
        elif isinstance(one, ast.Name):
            parts.append(of_module.get(one.id, ""))
    return "".join(parts)


def _raised() -> Iterator[tuple[str, str]]:
    for path in sorted(_SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = {
            name.id: _literal(statement.value, {})
            for statement in tree.body
            if isinstance(statement, ast.Assign)
            for name in statement.targets
            if isinstance(name, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call) or not node.exc.args:
                continue
            # What was said further down is handed on as it is; so is what a function puts together.
            said = _literal(node.exc.args[0], texts)
            if ast.unparse(node.exc.func) in _FOR_PEOPLE and said.strip():
                yield f"{path.relative_to(_SOURCE)}:{node.lineno}", said


def test_what_ends_a_command_is_said_in_chinese_and_in_english() -> None:
    found = dict(_raised())
    assert len(found) > 50
    assert {
        where: said for where, said in found.items() if not _HAN.search(said) or not _ENGLISH.search(said)
    } == {}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EACCES, "Permission denied", "a.csv"), "a.csv：当前账户无权读写 / Permission denied"),
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满 / No space left on device"),
        (OSError(errno.EMFILE, "Too many open files", "a.csv"), "a.csv：文件无法读写 / Too many open files"),
        (OSError("it is gone"), "文件无法读写 / it is gone"),
    ],
)
def test_why_a_file_could_not_be_read_is_said_in_both_languages(error: OSError, said: str) -> None:
    assert of_file(error) == said
