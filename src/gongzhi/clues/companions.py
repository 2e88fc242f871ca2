"""Two small processes beside a clue: a department asked for assistance, and premises that are looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongzhi.clues import forms
from gongzhi.flow.graph import EMPTY_FORM, NEW, CaseView, Changes, Clock, Edge, Form, Graph, State
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

ASSISTANCE_NAME = "clue_assistance"
ASKED = "asked"
DELAYED = "delayed"
ANSWERED = "answered"
DECLINED = "declined"
RECALLED = "recalled"

REVISIT_NAME = "clue_revisits"
TO_REVISIT = "to_revisit"
KEPT = "kept"
RELAPSED = "relapsed"
NO_LONGER_NEEDED = "no_longer_needed"

_DEPARTMENT = frozenset({Role.DEPARTMENT})
_SYSTEM = frozenset({Role.SYSTEM})
_ON_THE_SPOT = frozenset({Role.VILLAGE, Role.OFFICER})


def _edge(
    action: str,
    source: str,
    target: str,
    words: tuple[str, str],
    who: frozenset[Role],
    clock: Clock,
    form: Form,
) -> Edge:
    return Edge(
        action=action,
        source=source,
        target=target,
        zh=words[0],
        en=words[1],
        who=who,
        clock=clock,
        form=form,
        quiet=source == target,
    )


ASSISTANCE_GRAPH = Graph(
    name=ASSISTANCE_NAME,
    zh="部门协助",
    en="Assistance between departments",
    version=1,
    states=(
        State(name=ASKED, zh="待协助", en="Asked for assistance", owner=Role.DEPARTMENT, limit="clue.assist"),
        State(
            name=DELAYED,
            zh="已说明延期，待协助",
            en="Delay announced",
            owner=Role.DEPARTMENT,
            limit="clue.assist",
        ),
        State(name=ANSWERED, zh="已协助", en="Answered", final=True),
        State(name=DECLINED, zh="已说明不能协助", en="Could not be done", final=True),
        State(name=RECALLED, zh="已撤回请求", en="Recalled", final=True),
    ),
    edges=(
        _edge(
            "ask",
            NEW,
            ASKED,
            ("发出协助函", "Send the letter"),
            _DEPARTMENT | _SYSTEM,
            Clock.START,
            EMPTY_FORM,
        ),
        _edge(
            "delay",
            ASKED,
            DELAYED,
            ("期满前说明延期", "Announce a delay before the end"),
            _DEPARTMENT,
            Clock.START,
            forms.WITH_REASONS,
        ),
        *(
            _edge(
                "answer",
                source,
                ANSWERED,
                ("答复协助结果", "Answer"),
                _DEPARTMENT,
                Clock.STOP,
                forms.ANSWER,
            )
            for source in (ASKED, DELAYED)
        ),
        *(
            _edge(
                "decline",
                source,
                DECLINED,
                ("说明不能协助", "Say why it cannot be done"),
                _DEPARTMENT,
                Clock.STOP,
                forms.WITH_REASONS,
            )
            for source in (ASKED, DELAYED)
        ),
        *(
            _edge("recall", source, RECALLED, ("撤回请求", "Recall"), _SYSTEM, Clock.STOP, EMPTY_FORM)
            for source in (ASKED, DELAYED)
        ),
    ),
)
"""The helping department's case, 15 working days from the letter (广东省市场监管条例 art. 42)."""


def _to_area(_case: CaseView, form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(area=str(form["area"]))


REVISIT_GRAPH = Graph(
    name=REVISIT_NAME,
    zh="办结后回访",
    en="Return visits after closing",
    version=1,
    states=(
        State(name=TO_REVISIT, zh="待回访", en="To be seen again", owner=Role.VILLAGE, limit="clue.revisit"),
        State(name=KEPT, zh="未复发", en="No relapse", final=True),
        State(name=RELAPSED, zh="复发，已另立线索", en="Relapsed, a new clue is open", final=True),
        State(name=NO_LONGER_NEEDED, zh="无需回访", en="No longer needed", final=True),
    ),
    edges=(
        _edge("plan", NEW, TO_REVISIT, ("到期回访", "The day has come"), _SYSTEM, Clock.START, EMPTY_FORM),
        _edge(
            "hand_over",
            TO_REVISIT,
            TO_REVISIT,
            ("交网格员", "Hand to a grid"),
            frozenset({Role.VILLAGE}),
            Clock.KEEP,
            forms.TO_GRID,
        ),
        _edge(
            "clear",
            TO_REVISIT,
            KEPT,
            ("回访未见复发", "Seen again: no relapse"),
            _ON_THE_SPOT,
            Clock.STOP,
            forms.REVISIT_CLEAR,
        ),
        _edge(
            "relapse",
            TO_REVISIT,
            RELAPSED,
            ("回访发现复发", "Seen again: relapsed"),
            _ON_THE_SPOT,
            Clock.STOP,
            forms.WITH_REASONS,
        ),
        _edge(
            "withdraw",
            TO_REVISIT,
            NO_LONGER_NEEDED,
            ("撤回回访", "Withdraw"),
            _SYSTEM,
            Clock.STOP,
            EMPTY_FORM,
        ),
    ),
    changes={"hand_over": _to_area},
)
"""Looking again at premises that were closed, and after ninety days for a relapse. Not an inspection: a look from
outside and a talk, as on any visit (走访核实)."""
