"""Rows of a rule book as a person reads them, and an edited row as a form asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from gongzhi.catalog.queries import permit_names
from gongzhi.desk import words
from gongzhi.rulebooks.checking import Problem
from gongzhi.rulebooks.tables import DEEDS, RULES, TABLES, Column, Row, Table, cells

_BETWEEN = re.compile(r"[\s,，;；|]+")
_LINES = re.compile(r"[\n|]+")
_BRIEF = 12
_MOST_LINES = 14


def table_name(name: str) -> str:
    """What a table is called."""
    return words.Bilingual(TABLES[name].zh, TABLES[name].en).said


def label(column: Column) -> str:
    """What a column is called."""
    return words.Bilingual(column.zh, column.en).said


def permit(code: str, on: date) -> str:
    """A permit by code and name."""
    named = permit_names(on).get(code)
    return f"{code} {words.Bilingual(named.zh, named.en).said}" if named else code


def permits(codes: Iterable[str], on: date) -> str:
    """Several permits in a line."""
    return _("、").join(permit(code, on) for code in codes)


def certainty(code: str) -> tuple[str, str]:
    """What happens with a permit that is called for so surely: words and tone; nothing is called for where empty."""
    if code == "sure":
        return _("直接推送"), "good"
    return (_("由人确认"), "warn") if code == "review" else (_("不涉及"), "rest")


def cell_said(column: Column, cell: str, on: date) -> str:
    """A cell in words; empty where nothing stands in it."""
    if not cell:
        return ""
    if column.kind == "permits":
        return permits(cells(cell), on)
    if column.kind == "deeds":
        return _("、").join(words.Bilingual(*DEEDS.get(deed, (deed, deed))).said for deed in cells(cell))
    if column.kind == "words":
        return _("、").join(cells(cell))
    for code, zh, en in column.choices:
        if code == cell:
            return words.Bilingual(zh, en).said
    return cell


def pairs(table: Table, row: Row, on: date) -> list[tuple[str, str]]:
    """A row as labels and what stands there; what is empty says nothing."""
    return [
        (label(column), said)
        for column in table.columns
        if (said := cell_said(column, row.get(column.name, ""), on))
    ]


def changes(table: Table, was: Row | None, row: Row | None, on: date) -> list[dict[str, str]]:
    """What an edit changes, column by column: label, before and after. Of several words only those that differ."""
    found = []
    for column in table.columns:
        before, after = (was or {}).get(column.name, ""), (row or {}).get(column.name, "")
        if before == after:
            continue
        if was and row and column.kind in {"words", "permits", "deeds"}:
            old, new = cells(before), cells(after)
            before = "|".join(word for word in old if word not in new)
            after = "|".join(word for word in new if word not in old)
        found.append(
            {
                "label": label(column),
                "before": cell_said(column, before, on),
                "after": cell_said(column, after, on),
            }
        )
    return found


def listed(table: str, row: Row, on: date) -> dict[str, Any]:
    """A row as a list shows it: its key, what it is about, and the tags that matter."""
    if table == RULES:
        known = cells(row["objects"])
        return {
            "title": row["meaning"],
            "detail": permits(cells(row["permits"]), on),
            "words": _("、").join(known[:_BRIEF]),
            "more": max(0, len(known) - _BRIEF),
            "tags": [certainty(row["certainty"]), _verified(row)],
        }
    described = TABLES[table]
    first, second, *_rest = described.columns
    return {
        "title": row[first.name],
        "detail": cell_said(second, row.get(second.name, ""), on) or "—",
        "words": "",
        "more": 0,
        "tags": [],
    }


def _verified(row: Row) -> tuple[str, str]:
    return (_("依据已核对"), "good") if row["verified"] == "yes" else (_("依据未核对"), "rest")


def matches(table: Table, row: Row, wanted: str) -> bool:
    """Whether a row speaks of what somebody looks for: a permit's code, a rule's number or any word."""
    wanted = wanted.strip().lower()
    return not wanted or any(wanted in row.get(column.name, "").lower() for column in table.columns)


def fields(table: Table, row: Row, *, new: bool) -> list[dict[str, Any]]:
    """The row's columns as a form asks for them, and why it is changed."""
    asked = [
        _field(column, row.get(column.name, ""))
        for column in table.columns
        if new or column.name != table.key
    ]
    why = {
        "name": "words",
        "zh": "为什么这样改",
        "en": "Why it is changed",
        "kind": "textarea",
        "rows": 2,
        "max_length": 1000,
    }
    return [*asked, why]


def _field(column: Column, cell: str) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "zh": column.zh,
        "en": column.en,
        "required": column.required,
        "hint_zh": column.hint_zh,
        "hint_en": column.hint_en,
    }
    if column.kind == "words":
        return field | {
            "kind": "textarea",
            "rows": min(_MOST_LINES, len(cells(cell)) + 2),
            "hint_zh": f"一行一个词。{column.hint_zh.replace('，一个词一段，用“|”隔开', '')}",
            "hint_en": f"One word a line. {column.hint_en.replace(', one word each, set apart by “|”', '')}".strip(),
        }
    if column.kind == "permits":
        return field | {
            "kind": "text",
            "hint_zh": f"许可代码，几个之间空一格，如 P001 P002。{column.hint_zh}",
            "hint_en": f"Codes of permits with a space between, such as P001 P002. {column.hint_en}".strip(),
        }
    if column.kind == "deeds":
        return field | {
            "kind": "multi",
            "choices": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in DEEDS.items()],
        }
    if column.kind == "choice":
        chosen = [{"code": code, "zh": zh, "en": en} for code, zh, en in column.choices]
        return field | {"kind": "radio", "choices": chosen}
    if column.kind == "day":
        return field | {"kind": "date"}
    return field | ({"kind": "textarea", "rows": 3} if column.kind == "long" else {"kind": "text"})


def shown(table: Table, row: Row) -> dict[str, Any]:
    """A row as the form's values."""
    values: dict[str, Any] = {}
    for column in table.columns:
        cell = row.get(column.name, "")
        if column.kind == "words":
            values[column.name] = "\n".join(cells(cell))
        elif column.kind == "permits":
            values[column.name] = " ".join(cells(cell))
        elif column.kind == "deeds":
            values[column.name] = cells(cell)
        else:
            values[column.name] = cell
    return values


def given(table: Table, post: Any) -> Row:
    """A form that was sent, as a row."""
    row: Row = {}
    for column in table.columns:
        if column.kind == "deeds":
            row[column.name] = "|".join(post.getlist(column.name))
        elif column.name in post:
            text = post.get(column.name, "").replace("\r", "")
            if column.kind == "words":
                text = "|".join(word.strip() for word in _LINES.split(text) if word.strip())
            elif column.kind == "permits":
                text = "|".join(code for code in _BETWEEN.split(text.upper()) if code)
            row[column.name] = text.strip()
    return row


def errors(problems: Sequence[Problem]) -> Mapping[str, list[str]]:
    """What is wrong by column, in the reader's language; under "" what is wrong as a whole."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        said = _(problem.message)
        found.setdefault(problem.column, []).append(said % problem.values if problem.values else said)
    return found


_REASONS = (
    noop("写在排除语“%(words)s”之内"),
    noop("后面的词使它成为另一种东西"),
    noop("前有“非”字"),
    noop("被“%(words)s”排除"),
    noop("未写明%(words)s"),
    noop("同一项写有“%(words)s”"),
    noop("所写行为另有规则"),
    noop("没有写明本许可所管的行为"),
    noop("只是咨询、管理、研发等，不是行为本身"),
)
"""What the matcher says when words that a rule knows call for nothing."""


def reason(said: str) -> str:
    """Why words call for nothing, in the reader's language: the matcher gives its reasons in Chinese."""
    for message in _REASONS:
        before, _gap, after = message.partition("%(words)s")
        if "%" not in message:
            if said == message:
                return gettext(message)
        elif said.startswith(before) and said.endswith(after):
            return gettext(message) % {"words": said[len(before) : len(said) - len(after)]}
    return said
