"""What is wrong with an edited row, said politely and before anything is compiled. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gongzhi.rulebooks.tables import DEEDS, EXAMPLES, PERMITS, RULES, TABLES, Column, Row, cells, rows_of
from gongzhi.scopes.folding import fold

REQUIRED = "请填写此项"
UNKNOWN_PERMIT = "没有代码为“%(code)s”的许可或备案"
NOT_FROM_SCOPE = "%(code)s 不由经营范围触发，不能写进规则"
UNKNOWN_DEED = "没有“%(deed)s”这种行为"
NOT_A_CHOICE = "请从所列选项中选择"
NOT_A_DATE = "请填写日期，如 2026-09-21"
ENDS_BEFORE = "截止日期应晚于起始日期"
TAKEN = "“%(key)s”已经有了，请打开那一条来改"
NOT_THE_THING = "“%(word)s”已列为“形似而不是”，先把它从那里去掉"
RULED = "“%(word)s”是规则 %(rule)s 的词，不能同时列为“形似而不是”"
NO_RULE_KNOWS = "没有规则认得“%(word)s”"
STILL_NEEDED = "旧称“%(word)s”还指着这条规则的词，请先改旧称"
BOTH = "%(code)s 不能既应推送又待人判断"
TOO_LONG = "内容过长，请精简"
BAD_NUMBER = "编号只用字母、数字和“-”，至多 40 个字符"

LONGEST = 20_000
LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a column; `message` is a message id with `values` to fill in."""

    column: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The message in Chinese."""
        return self.message % self.values if self.values else self.message


def check_row(table: str, row: Row, texts: Mapping[str, str], *, was: str | None) -> list[Problem]:
    """What stands in the way of a row; `was` is the key under which it stood (None: it is new).

    Empty when the row can be taken into the tables `texts`.
    """
    described = TABLES[table]
    key = row.get(described.key, "")
    problems = [
        problem for column in described.columns for problem in _cell_problems(table, column.name, row, texts)
    ]
    if key and key != was and any(other[described.key] == key for other in rows_of(texts[table])):
        problems.append(Problem(described.key, TAKEN, {"key": key}))
    if not problems:
        problems += _day_problems(row)
    if not problems:
        problems += _between_tables(table, row, texts)
    return problems


def check_retired(table: str, key: str, texts: Mapping[str, str]) -> list[Problem]:
    """What stands in the way of retiring a row: an old wording that leads to a word which no rule knows any more."""
    if table != RULES:
        return []
    return _orphans([row for row in rows_of(texts[RULES]) if row["rule"] != key], texts)


def _orphans(rules: list[Row], texts: Mapping[str, str]) -> list[Problem]:
    """The old wordings that lead nowhere when these are all the rules."""
    known = {fold(word).text for row in rules for word in cells(row["objects"])}
    return [
        Problem("objects", STILL_NEEDED, {"word": row["old"]})
        for row in rows_of(texts["synonyms"])
        if fold(row["today"]).text not in known
    ]


def _cell_problems(table: str, name: str, row: Row, texts: Mapping[str, str]) -> list[Problem]:
    column = TABLES[table].column(name)
    cell = row.get(name, "")
    if not cell:
        return [Problem(name, REQUIRED)] if column.required else []
    if len(cell) > LONGEST:
        return [Problem(name, TOO_LONG)]
    if column.kind == "permits":
        return _permit_problems(table, name, cell, texts)
    if column.kind == "deeds":
        known = {deed for one in rows_of(texts["deeds"]) for deed in cells(one["deeds"])} | set(DEEDS)
        return [Problem(name, UNKNOWN_DEED, {"deed": deed}) for deed in cells(cell) if deed not in known]
    message = _plain_problem(column, cell)
    return [Problem(name, message)] if message else []


def _plain_problem(column: Column, cell: str) -> str:
    if column.kind == "choice" and cell not in {code for code, _, _ in column.choices}:
        return NOT_A_CHOICE
    if column.kind == "day" and _day(cell) is None:
        return NOT_A_DATE
    if column.kind == "words" and not cells(cell):
        return REQUIRED
    number = cell.replace("-", "")
    if column.name == "rule" and not (len(cell) <= LONGEST_NUMBER and cell.isascii() and number.isalnum()):
        return BAD_NUMBER
    return ""


def _permit_problems(table: str, name: str, cell: str, texts: Mapping[str, str]) -> list[Problem]:
    permits = {row["code"]: row for row in rows_of(texts[PERMITS])}
    problems = []
    for code in cells(cell):
        if code not in permits:
            problems.append(Problem(name, UNKNOWN_PERMIT, {"code": code}))
        elif table == RULES and name == "permits" and permits[code]["trigger"].startswith("非经营范围触发"):
            problems.append(Problem(name, NOT_FROM_SCOPE, {"code": code}))
    return problems


def _day_problems(row: Row) -> list[Problem]:
    since, until = _day(row.get("valid_from", "")), _day(row.get("valid_to", ""))
    return [Problem("valid_to", ENDS_BEFORE)] if since and until and until <= since else []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _between_tables(table: str, row: Row, texts: Mapping[str, str]) -> list[Problem]:
    if table == RULES:
        other = {fold(word).text for one in rows_of(texts["not_the_thing"]) for word in cells(one["phrase"])}
        taken = [
            Problem("objects", NOT_THE_THING, {"word": word})
            for word in cells(row["objects"])
            if fold(word).text in other
        ]
        rest = [one for one in rows_of(texts[RULES]) if one["rule"] != row["rule"]]
        return taken or _orphans([*rest, row], texts)
    if table == "not_the_thing":
        ruled = {
            fold(word).text: one["rule"] for one in rows_of(texts[RULES]) for word in cells(one["objects"])
        }
        return [
            Problem("phrase", RULED, {"word": word, "rule": ruled[fold(word).text]})
            for word in cells(row["phrase"])
            if fold(word).text in ruled
        ]
    if table == "synonyms":
        known = {fold(word).text for one in rows_of(texts[RULES]) for word in cells(one["objects"])}
        return (
            []
            if fold(row["today"]).text in known
            else [Problem("today", NO_RULE_KNOWS, {"word": row["today"]})]
        )
    if table == EXAMPLES:
        both = set(cells(row["应推送"])) & set(cells(row["待人判断"]))
        return [Problem("待人判断", BOTH, {"code": code}) for code in sorted(both)]
    return []
