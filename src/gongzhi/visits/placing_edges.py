"""Where a visit goes: placed by a person, and moved along when grids are redrawn."""

from __future__ import annotations

from gongzhi.flow.graph import Clock, Edge, Field, Form
from gongzhi.visits import forms
from gongzhi.visits.states import DONE, PLACERS, SYSTEM, TO_ASSIGN, TO_VISIT


def placing(source: str, clock_in_grid: Clock) -> tuple[Edge, ...]:
    """A person names the grid, or only the village, which then gives it to a grid while the same days run."""
    return (
        Edge(
            action="place_in_grid",
            source=source,
            target=TO_VISIT,
            zh="确定网格",
            en="Name the grid",
            who=PLACERS,
            clock=clock_in_grid,
            form=forms.TO_GRID,
        ),
        Edge(
            action="place_in_village",
            source=source,
            target=TO_ASSIGN,
            zh="确定村（社区）",
            en="Name the village",
            who=PLACERS,
            clock=clock_in_grid,
            form=forms.TO_VILLAGE,
        ),
        Edge(
            action="not_found",
            source=source,
            target=DONE,
            zh="查无此址",
            en="No such address",
            who=PLACERS,
            clock=Clock.STOP,
            form=Form(
                fields=(
                    Field(
                        name="words",
                        zh="查找经过",
                        en="What was tried",
                        kind="textarea",
                        max_length=500,
                        hint_zh="写明查找经过；结果会告知登记机关和相关部门。",
                        hint_en="The registrar and the departments will be told.",
                    ),
                )
            ),
        ),
    )


def moved_along(source: str, action: str = "rematch", target: str = "") -> Edge:
    """Grids were redrawn: what is open follows, on the day, with the same days left."""
    return Edge(
        action=action,
        source=source,
        target=target or source,
        zh="网格调整，随之移转",
        en="Grids redrawn: moved along",
        who=SYSTEM,
        clock=Clock.KEEP,
    )
