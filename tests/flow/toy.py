"""A small process that uses everything a graph can say, for tests of the kernel alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gongzhi.flow import events, graph
from gongzhi.flow.graph import (
    NEW,
    CaseView,
    Changes,
    Choice,
    Clock,
    Edge,
    Field,
    Form,
    Graph,
    State,
)
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

VILLAGE, OFFICER, TOWN = Role.VILLAGE, Role.OFFICER, Role.TOWN_OFFICE


def edge(action: str, source: str, target: str, who: set[Role], clock: Clock, **more: Any) -> Edge:
    """An edge whose names matter to nobody."""
    return Edge(
        action=action,
        source=source,
        target=target,
        zh=action,
        en=action,
        who=frozenset(who),
        clock=clock,
        **more,
    )


_REASON = Field(
    name="reason",
    zh="原因",
    en="Reason",
    kind="choice",
    choices=(
        Choice(code="unclear", zh="不清楚", en="Unclear"),
        Choice(code="other", zh="其他", en="Other", needs_words=True),
    ),
)
_WORDS = Field(name="words", zh="说明", en="Words", required=False, max_length=20)
_ON = Field(name="on", zh="日期", en="Day", kind="date", required=False)


def _only_with_words(_case: CaseView, form: Mapping[str, Any]) -> str | None:
    return None if form.get("words") else "请先写明结果"


def _to_area(_case: CaseView, form: Mapping[str, Any], acting: Acting) -> Changes:
    return Changes(area=str(form["area"]), holder=acting.post_id)


TOY = Graph(
    name="toy",
    zh="玩具",
    en="Toy",
    version=1,
    states=(
        State(name="waiting", zh="待办", en="Waiting", owner=VILLAGE, limit="toy.ten"),
        State(name="doing", zh="在办", en="Doing", owner=OFFICER, limit="toy.ten"),
        State(name="asked", zh="询问中", en="Asked", owner=TOWN, limit="toy.three"),
        State(name="done", zh="办结", en="Done", final=True),
        State(name="dropped", zh="撤销", en="Dropped", final=True),
    ),
    edges=(
        edge("open", NEW, "waiting", {VILLAGE, Role.SYSTEM}, Clock.START),
        edge("start", NEW, "doing", {Role.SYSTEM}, Clock.START),
        edge("take", "waiting", "doing", {OFFICER, VILLAGE}, Clock.START),
        edge("drop", "waiting", "dropped", {VILLAGE, Role.SYSTEM}, Clock.STOP),
        edge("ask", "doing", "asked", {OFFICER}, Clock.PAUSE, form=Form(fields=(_REASON, _WORDS, _ON))),
        edge("ask_again", "asked", "asked", {OFFICER, TOWN}, Clock.PAUSE),
        edge("answer", "asked", "doing", {TOWN}, Clock.RESUME),
        edge("note", "doing", "doing", {OFFICER}, Clock.KEEP, form=Form(fields=(_WORDS,)), quiet=True),
        edge(
            "hand_over",
            "doing",
            "doing",
            {VILLAGE},
            Clock.KEEP,
            form=Form(fields=(Field(name="area", zh="网格", en="Grid"),)),
        ),
        edge("finish", "doing", "done", {OFFICER, Role.SYSTEM}, Clock.STOP, form=Form(fields=(_WORDS,))),
    ),
    guards={"finish": _only_with_words},
    changes={"hand_over": _to_area},
)


@contextmanager
def registered(*graphs: Graph) -> Iterator[None]:
    """Let the kernel know these graphs for a while, and no reactions but those declared meanwhile."""
    known = dict(graph._graphs)
    by_class = {event: list(found) for event, found in events._by_class.items()}
    by_edge = {made: list(found) for made, found in events._by_edge.items()}
    try:
        events._by_class.clear()
        events._by_edge.clear()
        for one in graphs:
            graph.register(one)
        yield
    finally:
        for registry, before in (
            (graph._graphs, known),
            (events._by_class, by_class),
            (events._by_edge, by_edge),
        ):
            registry.clear()
            registry.update(before)
