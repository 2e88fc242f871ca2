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


class Ending(NamedTuple):
    """What a name ends in, and the phrase that a business so called must have in its scope, if there is one."""

    text: str
    lead: Phrase | None


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade; `sole` and `firm` are relative weights among sole traders and among companies."""

    id: str
    sole: float
    firm: float
    sites: tuple[str, ...]
    shop: tuple[Ending, ...]
    company: tuple[Ending, ...]
    always: tuple[Phrase, ...]
    often: tuple[Phrase, ...]
    more: tuple[Phrase, ...]
    old: tuple[str, ...]
    coop: bool

    def ending(self, name: str) -> Ending:
        """The ending that an invented name of this trade carries; one without a phrase when none is found."""
        known = [ending for ending in (*self.shop, *self.company) if ending.text in name]
        return max(known, key=lambda ending: len(ending.text), default=Ending("", None))


def read_trades() -> list[Trade]:
    """All trades, in the order of the data file."""
    text = files("gongzhi.demo").joinpath("data/trades.toml").read_text(encoding="utf-8")
    return [
        Trade(
            id=row["id"],
            sole=row["sole"],
            firm=row["firm"],
            sites=tuple(row["sites"]),
            shop=tuple(_ending(written) for written in row["shop"]),
            company=tuple(_ending(written) for written in row["company"]),
            always=_phrases(row["always"]),
            often=_phrases(row["often"]),
            more=_phrases(row["more"]),
            old=tuple(row["old"]),
            coop=row.get("coop", False),
        )
        for row in tomllib.loads(text)["trade"]
    ]


def _phrases(marked: list[str]) -> tuple[Phrase, ...]:
    return tuple(_phrase(text) for text in marked)


def _phrase(marked: str) -> Phrase:
    return Phrase(marked.removeprefix("*"), marked.startswith("*"))


def _ending(written: str) -> Ending:
    text, _, lead = written.partition("=")
    return Ending(text, _phrase(lead) if lead else None)
