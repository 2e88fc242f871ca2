"""Invents operators who trade without licence or permit, in plausible shares, for a demo and for benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from gongzhi.clues.discovering import Discovery
from gongzhi.clues.judging import Judged, judge
from gongzhi.clues.rules import Licence, Situation, Standing, Where
from gongzhi.demo.names import people_names

if TYPE_CHECKING:
    from datetime import date

    from numpy.random import Generator

TRADES = {
    "catering": (24, "小吃店"),
    "food_stall": (9, "早餐档"),
    "food_shop": (13, "便利店"),
    "tobacco_retail": (6, "烟酒店"),
    "hair_beauty": (7, "美发店"),
    "clothing": (9, "服装店"),
    "hardware": (6, "五金店"),
    "vehicle_repair": (4, "修车铺"),
    "light_industry": (5, "加工场"),
    "scrap": (3, "回收站"),
    "medical_care": (2, "诊所"),
    "training": (2, "培训班"),
    "entertainment": (2, "网咖"),
    "printing": (2, "印刷店"),
    "lodging": (2, "出租屋"),
    "gas_chemicals": (1, "煤气点"),
    "mending": (2, "修鞋档"),
    "charging": (1, "充电点"),
}
"""Trades with how common they are among clues and what a sign says."""
STANDINGS = (
    (0.36, Licence.NONE, Standing.NONE),
    (0.28, Licence.HELD, Standing.NONE),
    (0.28, Licence.NONE, Standing.HELD),
    (0.08, Licence.UNKNOWN, Standing.UNKNOWN),
)
"""Neither, no permit, no licence, and what nobody could tell on the spot."""
HAZARDS = ("gas_bottles", "school_side", "lodging_above", "blocked_exit", "hidden_gas")
SOURCES = ("patrol", "comparison", "hotline", "department", "market", "visit")
_SOURCE_ODDS = (0.56, 0.10, 0.12, 0.10, 0.04, 0.08)
SERIOUS = 0.03
WITHOUT_VILLAGE, WITHOUT_TOWN = 0.02, 0.005
_ROADS = ("东正路", "振兴路", "新风街", "沿河路", "育才路", "工业大道")


@lru_cache(maxsize=200_000)
def _judged(situation: _Hashable, on: date) -> Judged:
    return judge(situation.situation, on)


@dataclass(frozen=True, slots=True)
class _Hashable:
    """A situation by what the rules look at, so that equal ones are judged once."""

    key: tuple[object, ...]
    situation: Situation

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashable) and self.key == other.key


def judged_once(situation: Situation, on: date) -> Judged:
    """The rules' answer, remembered by trade, standing, hazards and town: invented operators differ in little else."""
    key = (
        situation.trades,
        situation.licence,
        situation.otherwise,
        situation.hazards,
        situation.where.area[:9],
    )
    return _judged(_Hashable(key, situation), on)


def invent_clues(
    count: int, grids: Sequence[str], rng: Generator, on: date, *, first: int = 0
) -> list[Discovery]:
    """So many operators found on a day in these grids; `first` numbers them on, so that signs differ."""
    trades = list(TRADES)
    odds = [weight for weight, _ in TRADES.values()]
    picked = rng.choice(len(trades), size=count, p=[weight / sum(odds) for weight in odds]).tolist()
    stands = rng.choice(len(STANDINGS), size=count, p=[share for share, _, _ in STANDINGS]).tolist()
    where = rng.integers(len(grids), size=count).tolist()
    sources = rng.choice(len(SOURCES), size=count, p=_SOURCE_ODDS).tolist()
    chance = rng.random((count, 3)).tolist()
    doors = rng.integers(1, 400, size=(count, 2)).tolist()
    names = people_names(count, rng)
    found = []
    for index in range(count):
        serious, unclear, named = chance[index]
        trade = trades[picked[index]]
        grid = grids[where[index]]
        area = grid[:4] if unclear < WITHOUT_TOWN else grid[:9] if unclear < WITHOUT_VILLAGE else grid
        _, licence, standing = STANDINGS[stands[index]]
        road, number = _ROADS[doors[index][0] % len(_ROADS)], doors[index][1]
        hazards = (HAZARDS[number % len(HAZARDS)],) if serious < SERIOUS else ()
        sign = f"{names[index][0]}记{TRADES[trade][1]}{first + index}"
        found.append(
            Discovery(
                source=SOURCES[sources[index]],
                source_ref=str(first + index),
                area=area,
                found_on=on,
                situation=Situation(
                    trades=(trade,),
                    licence=licence,
                    otherwise=standing,
                    hazards=hazards,
                    where=Where(area=area),
                ),
                address=f"{road}{number}号",
                door_key=f"{area[:12]}/{road}{number}号" if len(area) >= 12 else "",
                sign=sign,
                words="",
                person=names[index] if named < 0.3 else "",
                invented=True,
            )
        )
    return found
