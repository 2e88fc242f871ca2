"""Reads the table of situations, which is written for a lawyer, into what the rules take."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from gongzhi.clues.rules import (
    Licence,
    Matched,
    PermitFact,
    Situation,
    Standing,
    Tables,
    Where,
)
from gongzhi.packs import load_pack
from gongzhi.packs.clue_rows import DesignatedPlace

DAY = date(2026, 9, 21)
_FILE = Path(__file__).parents[1] / "situations.csv"
_CITIES = {"东莞": "dongguan", "珠海": "zhuhai", "朝阳": "chaoyang"}
_AREAS = {"东莞": "441900003001", "珠海": "440402001001", "朝阳": "211302001001"}
_LICENCES = {
    "有": Licence.HELD,
    "无": Licence.NONE,
    "号码不明": Licence.CLAIMED,
    "注销": Licence.CANCELLED,
    "吊销": Licence.REVOKED,
    "未查": Licence.UNKNOWN,
}
_STANDINGS = {
    "有": Standing.HELD,
    "无": Standing.NONE,
    "过期": Standing.EXPIRED,
    "吊销": Standing.REVOKED,
    "未查": Standing.UNKNOWN,
}
_CHINA = timezone(timedelta(hours=8))
_INSIDE = {"指定早市": (113.755, 23.045), "夜市": (113.805, 23.045), "早市外": (113.9, 23.2)}
_DAYS = {"周六": 19, "周日": 20}


@dataclass(frozen=True)
class Line:
    """One situation with what a lawyer expects of it."""

    number: int
    city: str
    words: str
    situation: Situation
    kind: str
    handlers: str
    told: str
    mode: str
    way: str
    article: str
    asks: tuple[str, ...]


@cache
def tables(city: str) -> Tables:
    """The real pack of a city, with a morning and a night market that no pack has, for the places and times."""
    found = Tables.of(load_pack(_CITIES[city]))
    return replace(found, designated_places=tuple(_markets(_AREAS[city][:9])))


def _markets(area: str) -> list[DesignatedPlace]:
    common = {
        "name_en": "Market",
        "area": area,
        "exemptions": ("designated_goods",),
        "basis": "测试用",
        "verified": False,
        "valid_from": date(2017, 10, 1),
        "valid_to": None,
    }
    return [
        DesignatedPlace(
            code="morning",
            name_zh="早市",
            outline=("113.75 23.04", "113.76 23.04", "113.76 23.05", "113.75 23.05"),
            opens="06:00",
            closes="09:00",
            **common,
        ),
        DesignatedPlace(
            code="night",
            name_zh="夜市",
            outline=("113.80 23.04", "113.81 23.04", "113.81 23.05", "113.80 23.05"),
            weekdays=("5", "6"),
            opens="18:00",
            closes="01:00",
            **common,
        ),
    ]


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("；") if part.strip()]


def _names(city: str) -> tuple[dict[str, str], dict[str, str]]:
    day = tables(city).day(DAY)
    return (
        {row.name_zh: row.code for row in day.permits.values()},
        {row.name_zh: row.code for row in day.trades.values()},
    )


def _standing(written: str) -> PermitFact:
    word, _, until = written.partition("@")
    return PermitFact(_STANDINGS[word], date.fromisoformat(until) if until else None)


def _where(cell: str, city: str) -> Where:
    if not cell:
        return Where(area=_AREAS[city])
    place, when = cell.split()
    lon, lat = _INSIDE[place]
    clock = when[-5:]
    day = _DAYS.get(when[:-5], 21)
    at = datetime.fromisoformat(f"2026-09-{day:02}T{clock}:00").replace(tzinfo=_CHINA)
    return Where(area=_AREAS[city], lon=lon, lat=lat, at=at.astimezone(UTC))


def _line(row: dict[str, str]) -> Line:
    city = row["城市"]
    permits, trades = _names(city)
    facts = dict(part.split("=") for part in _listed(row["许可与备案"]))
    otherwise = _standing(facts.pop("其余", "未查")).standing
    situation = Situation(
        trades=tuple(trades[name] for name in _trades(row["行业"], trades)),
        matched=tuple(
            Matched(permits[name.removesuffix("？")], not name.endswith("？"))
            for name in _listed(row["描述涉及的许可"])
        ),
        answers={code: said == "是" for code, said in (part.split("=") for part in _listed(row["已答问题"]))},
        permits={permits[name]: _standing(said) for name, said in facts.items()},
        otherwise=otherwise,
        licence=_LICENCES[row["营业执照"]],
        individual={"": None, "是": True, "否": False}[row["个人手艺"]],
        where=_where(row["地点与时间"], city),
        act=row["行为"],
        found_by=row["发现部门"],
    )
    return Line(
        number=int(row["序号"]),
        city=city,
        words=row["情形"],
        situation=situation,
        kind=row["判断"],
        handlers=row["查处部门"],
        told=row["告知部门"],
        mode=row["方式"],
        way=row["去向"],
        article=row["依据"],
        asks=tuple(part for part in row["须查明"].split("、") if part),
    )


def _trades(cell: str, known: dict[str, str]) -> list[str]:
    """The trades named in a cell; their own names hold commas, so the longest known names are looked for."""
    if not cell:
        return []
    if cell in known:
        return [cell]
    for end in range(len(cell) - 1, 0, -1):
        if cell[end] == "、" and cell[:end] in known:
            return [cell[:end], *_trades(cell[end + 1 :], known)]
    raise KeyError(cell)


@cache
def lines() -> tuple[Line, ...]:
    """Every situation of the table."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_line(row) for row in csv.DictReader(file))
