"""What to propose to a town that has to decide: how similar clues ended."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gongzhi.clues.rules.findings import Reason, Suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gongzhi.clues.rules.findings import Ending, Kind

HALF_LIFE = 365
"""Days after which an ending counts half: duties move between departments, and old endings should fade."""


def suggest(
    endings: Iterable[Ending],
    *,
    most: int = 3,
    town: str = "",
    kind: Kind | None = None,
    trades: Collection[str] = (),
) -> tuple[Suggestion, ...]:
    """The departments that similar clues ended with, the likeliest first, at most `most`.

    An ending counts half for each year it lies back. It counts double in the same `town`, double for the same `kind`,
    double for one of the `trades`, and double where an objection had been upheld on the way, since somebody looked
    hard. Shares add up to 1 over all departments, shown or not; of
    equal shares the function's code decides, so that the same endings always give the same order.
    """
    weight: defaultdict[str, float] = defaultdict(float)
    count: defaultdict[str, int] = defaultdict(int)
    upheld: defaultdict[str, int] = defaultdict(int)
    for ending in endings:
        counts = 0.5 ** (max(ending.days_ago, 0) / HALF_LIFE)
        counts *= 2 if town and ending.town == town else 1
        counts *= 2 if ending.upheld else 1
        counts *= 2 if ending.kind is kind else 1
        counts *= 2 if set(trades) & set(ending.trades) else 1
        weight[ending.function] += counts
        count[ending.function] += 1
        upheld[ending.function] += ending.upheld
    total = sum(weight.values())
    if not total:
        return ()
    ranked = sorted(weight, key=lambda function: (-weight[function], function))
    return tuple(
        Suggestion(
            function=function,
            share=weight[function] / total,
            clues=count[function],
            reasons=_reasons(count[function], upheld[function]),
        )
        for function in ranked[:most]
    )


def _reasons(clues: int, upheld: int) -> tuple[Reason, ...]:
    said = [Reason("ended_so", f"{clues} 条同类线索由其办结", f"{clues} similar clues ended with it")]
    if upheld:
        said.append(
            Reason(
                "after_objection",
                f"其中 {upheld} 条经异议后确定",
                f"{upheld} of them after an objection was upheld",
            )
        )
    return tuple(said)
