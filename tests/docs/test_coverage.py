"""The page of coverage has every requirement of the mission once, and everything that it names exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from gongzhi.desk.urls import urlpatterns
from gongzhi.portal.urls import urlpatterns as public_pages
from gongzhi.urls import urlpatterns as whole_site
from tests.docs.pages import DOCS, PROJECT, codes, rows, sections
from tests.docs.test_commands import PARSERS

LAST = {"A": 6, "B": 7, "C": 8, "D": 8, "E": 4, "F": 6, "G": 7, "H": 6, "I": 2, "L": 7}
"""How many requirements each chapter of the mission has."""

TABLE = [row for text in sections(DOCS / "coverage.md").values() for row in rows(text)]
EVIDENCE = [(row[0], named) for row in TABLE for named in codes(row[3])]


def test_every_requirement_is_there_once_and_in_order() -> None:
    ids = [f"{chapter}{number}" for chapter, last in LAST.items() for number in range(1, last + 1)]
    assert [row[0] for row in TABLE] == ids


ADDRESSES = (
    {str(address.pattern) for address in urlpatterns}
    | {f"report/{address.pattern}" for address in public_pages}
    | {str(address.pattern) for address in whole_site if address.callback}
)
"""What the desk and the public pages answer."""


def test_every_row_is_marked_and_says_something_in_both_languages() -> None:
    for row in TABLE:
        assert row[1] in {"☐", "☑"}, row
        zh, _, en = row[2].partition(" · ")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh), row
        assert en.isascii(), row


def test_what_is_done_has_something_to_show() -> None:
    assert [row[0] for row in TABLE if row[1] == "☑" and not codes(row[3])] == []


def test_what_is_open_says_so_in_both_languages() -> None:
    for row in TABLE:
        if row[1] == "☐":
            assert "还没有" in row[2], row
            assert "not built" in row[2].lower(), row


@pytest.mark.parametrize(
    ("requirement", "named"), EVIDENCE, ids=[f"{row}-{named}" for row, named in EVIDENCE]
)
def test_evidence_exists(requirement: str, named: str) -> None:
    if named.startswith("gongzhi "):
        assert named.removeprefix("gongzhi ") in PARSERS
    elif named.startswith("/"):
        assert named[1:] in ADDRESSES
    else:
        path, _, function = named.partition("::")
        file = PROJECT / path
        assert file.is_file(), f"{requirement} names a file that is not there"
        assert function in set(_functions(file.read_text(encoding="utf-8")))


def _functions(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            yield node.name
