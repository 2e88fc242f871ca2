"""Business scopes (经营范围) as they are worded: today's standard form, and the freer form before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

    from gongzhi.demo.trades import Phrase, Trade

_ORDERS = 97  # shuffled orders kept of each trade's further phrases
_GENERAL_TAIL = "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
_LICENSED_TAIL = (
    "（依法须经批准的项目，经相关部门批准后方可开展经营活动，具体经营项目以相关部门批准文件或许可证件为准）"
)
_OLD_TAILS = (
    "（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
    "（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
    "（依法须经批准的项目，经相关部门批准后方可开展经营活动。）",
    "。",
    "",
)
DRAWS = 6  # random numbers that one scope uses


class ScopeWriter:
    """Writes scopes of the given trades; shuffles once and then only looks up, for speed."""

    def __init__(self, trades: Sequence[Trade], rng: Generator) -> None:
        """Prepare the shuffled orders of every trade's further phrases."""
        self._trades = list(trades)
        self._orders: list[list[list[Phrase]]] = [
            [[trade.more[k] for k in rng.permutation(len(trade.more))] for _ in range(_ORDERS)]
            for trade in self._trades
        ]

    def lengths(self, firm: np.ndarray, rng: Generator) -> list[int]:
        """How many further phrases each scope carries: few for a sole trader, up to twenty for a firm."""
        mean = np.where(firm, 5.5, 1.3)
        counts: list[int] = np.minimum(
            rng.poisson(mean * rng.lognormal(0, 0.45, size=len(firm))), 22
        ).tolist()
        return counts

    def standard(self, trade: int, further: int, draws: list[int], lead: Phrase | None = None) -> str:
        """A scope in today's wording; `draws` are DRAWS random integers.

        `lead` is the phrase that the business's name promises; it takes the place of the frequent ones.
        """
        own = self._trades[trade]
        phrases = list(own.always)
        if lead:
            phrases.insert(0, lead)
        else:
            phrases += [phrase for k, phrase in enumerate(own.often) if draws[0] >> k & 1]
        if not phrases:
            usual = own.often or own.more
            phrases.append(usual[draws[0] % len(usual)])
        phrases += self._orders[trade][draws[1] % _ORDERS][:further]
        if further > 6 and draws[2] % 100 < 30:
            # A firm that asked for much usually asked for something of another trade as well.
            other = self._orders[draws[3] % len(self._orders)][draws[1] % _ORDERS]
            phrases += other[: 1 + draws[2] % 3]
        return _standard_form(phrases, draws[4] % 100)

    def old(self, trade: int, draws: list[int], lead: Phrase | None = None) -> str:
        """A scope in the wording before the standard catalogue; `lead` as in `standard`."""
        if lead:
            permitted = "（凭有效许可证经营）" if lead.licensed and draws[2] % 2 else ""
            return lead.text + permitted + _OLD_TAILS[draws[3] % len(_OLD_TAILS)]
        own = self._trades[trade].old
        text = own[draws[0] % len(own)]
        second = own[draws[1] % len(own)]
        if draws[2] % 100 < 25 and second != text:
            text = f"{text}；{second}"
        return text + _OLD_TAILS[draws[3] % len(_OLD_TAILS)]


def _standard_form(phrases: list[Phrase], chance: int) -> str:
    """Sort phrases under 一般项目 and 许可项目; each once, each part with its closing words."""
    general: list[str] = []
    licensed: list[str] = []
    for text, needs_licence in phrases:
        (licensed if needs_licence else general).append(text)
    tails = (_GENERAL_TAIL, _LICENSED_TAIL) if chance < 90 else ("", "")
    parts = []
    if general:
        parts.append(f"一般项目：{'；'.join(dict.fromkeys(general))}。{tails[0]}")
    if licensed:
        parts.append(f"许可项目：{'；'.join(dict.fromkeys(licensed))}。{tails[1]}")
    if chance % 10 == 0:
        parts.reverse()
    return "".join(parts)
