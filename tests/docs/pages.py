"""Reading the project's own pages: tables, headings, links."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"


def sections(page: Path) -> dict[str, str]:
    """The text under each heading of a page, whatever the heading's level, up to the next heading."""
    found: dict[str, str] = {}
    title, fenced = "", False
    for line in page.read_text(encoding="utf-8").splitlines():
        fenced ^= line.startswith("```")
        if not fenced and (heading := re.match(r"#+ (.*)", line)):
            title = heading[1]
            assert title not in found, f"{page.name} has two headings {title!r}"
            found[title] = ""
        elif title:
            found[title] += line + "\n"
    return found


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows, without its head; tables that follow each other are read as one."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line, below in zip(lines, [*lines, ""][1:], strict=True)
        if not _rule(line) and not _rule(below)
    ]


def codes(cell: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


def _rule(line: str) -> bool:
    return bool(re.fullmatch(r"\|[-|: ]+\|", line))
