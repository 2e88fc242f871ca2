"""Acts on a notice that are possible wherever it stands, as long as it is open."""

from __future__ import annotations

from collections.abc import Sequence

from gongzhi.flow.graph import Clock, Edge, Form
from gongzhi.notices import forms
from gongzhi.org.roles import Role

_SYSTEM = frozenset({Role.SYSTEM})
CORRECTORS = frozenset({Role.REGISTRAR, Role.CITY_OFFICE})
"""Who decides what a new version of the rules touches."""


def edges(
    *, waiting: Sequence[str], with_section: Sequence[str], withdrawn: str, pushed: str
) -> tuple[Edge, ...]:
    """Withdrawn, corrected or moved along from each of `waiting`; sent on to another town from `with_section`."""
    made: list[Edge] = []
    for source in waiting:
        made += [
            Edge(
                action="withdraw",
                source=source,
                target=withdrawn,
                zh="撤回",
                en="Withdraw",
                who=_SYSTEM,
                clock=Clock.STOP,
            ),
            Edge(
                action="retract",
                source=source,
                target=withdrawn,
                zh="规则更正，撤回",
                en="Withdraw after a correction of the rules",
                who=CORRECTORS,
                clock=Clock.STOP,
                form=Form(fields=(forms.REASONED,)),
            ),
            Edge(
                action="uphold",
                source=source,
                target=source,
                zh="规则更正，维持",
                en="Uphold after a correction of the rules",
                who=CORRECTORS,
                clock=Clock.KEEP,
                form=Form(fields=(forms.REASONED,)),
                quiet=True,
            ),
            Edge(
                action="move",
                source=source,
                target=source,
                zh="随地址变更属地",
                en="Moved with the address",
                who=_SYSTEM,
                clock=Clock.KEEP,
                quiet=True,
            ),
        ]
    made += [
        Edge(
            action="relocate",
            source=source,
            target=pushed,
            zh="转到所在镇街",
            en="On to the town where it lies",
            who=_SYSTEM,
            clock=Clock.START,
        )
        for source in with_section
    ]
    return tuple(made)
