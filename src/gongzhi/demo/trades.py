"""The trades of the invented city, from `data/trades.toml`: how common they are and what their scopes say."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple


class Phrase(NamedTuple):
    """A standard phrase of a scope; `licensed` ones stand under 许可项目."""

    text: str
    licensed: bool


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade; `sole` and `firm` are relative weights among sole traders and among companies."""

    id: str
    sole: float
    firm: float
    sites: tuple[str, ...]
    shop: tuple[str, ...]
    company: tuple[str, ...]
    always: tuple[Phrase, ...]
    often: tuple[Phrase, ...]
    more: tuple[Phrase, ...]
    old: tuple[str, ...]
    coop: bool


def read_trades() -> list[Trade]:
    """All trades, in the order of the data file."""
    text = files("gongzhi.demo").joinpath("data/trades.toml").read_text(encoding="utf-8")
    return [
        Trade(
            id=row["id"],
            sole=row["sole"],
            firm=row["firm"],
            sites=tuple(row["sites"]),
            shop=tuple(row["shop"]),
            company=tuple(row["company"]),
            always=_phrases(row["always"]),
            often=_phrases(row["often"]),
            more=_phrases(row["more"]),
            old=tuple(row["old"]),
            coop=row.get("coop", False),
        )
        for row in tomllib.loads(text)["trade"]
    ]


def _phrases(marked: list[str]) -> tuple[Phrase, ...]:
    return tuple(Phrase(text.removeprefix("*"), text.startswith("*")) for text in marked)
