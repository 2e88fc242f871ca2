"""无证照线索 as a graph: found, urged, pushed, handled, checked, closed; and what may go otherwise on the way.

The states are in `states`, the acts in `edges`, what a clue's own history rules out in `guards`. Every way round
back is counted (objections, returns, extensions, letters, joint operations), so that each clue comes to an end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongzhi.clues import companions, guards
from gongzhi.clues.edges import edges
from gongzhi.clues.states import NAME, NO_DEPARTMENT, STATES
from gongzhi.flow.graph import CaseView, Changes, Graph, register
from gongzhi.org.acting import Acting

__all__ = ["ASSISTANCE", "GRAPH", "NAME", "REVISITS"]


def _to_named_department(_case: CaseView, form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(department=str(form["department"]), holder=0)


def _to_own_desk(_case: CaseView, _form: Mapping[str, Any], acting: Acting) -> Changes:
    return Changes(holder=acting.post_id)


def _to_nobody(_case: CaseView, _form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(holder=0)


def _to_no_department(_case: CaseView, _form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(department=NO_DEPARTMENT, holder=0)


def _to_area(_case: CaseView, form: Mapping[str, Any], _acting: Acting) -> Changes:
    return Changes(area=str(form["area"]), holder=0)


def _to_the_town(case: CaseView, _form: Mapping[str, Any], _acting: Acting) -> Changes:
    # Only the town knows which village it is; the village that said no does not see it any more.
    return Changes(area=case.area[:9], holder=0)


GRAPH = register(
    Graph(
        name=NAME,
        zh="无证照线索",
        en="Clues of unlicensed business",
        version=1,
        states=STATES,
        edges=edges(),
        guards={
            "send": guards.not_back_to_who_objected,
            "dispatch": guards.not_back_to_who_objected,
            "reroute": guards.not_back_to_who_objected,
            "object": guards.not_after_designation,
            "assign": guards.not_back_to_that_village,
            "ask_extension": guards.may_extend,
            "ask_assistance": guards.may_ask_assistance,
            "copy_to": guards.another_department,
            "add_department": guards.may_add,
            "redo": guards.may_redo,
            "send_to_joint": guards.may_join,
            "alarm": guards.may_alarm,
            "merge": guards.into_another,
        },
        changes={
            "push": _to_named_department,
            "send": _to_named_department,
            "reroute": _to_named_department,
            "dispatch": _to_named_department,
            "designate": _to_named_department,
            "take_on": _to_own_desk,
            "release": _to_nobody,
            "object": _to_nobody,
            "alarm": _to_no_department,
            "calm": _to_no_department,
            "name_town": _to_area,
            "name_village": _to_area,
            "assign": _to_area,
            "hand_over": _to_area,
            "wrong_village": _to_the_town,
            "move": _to_area,
            "relocate": _to_area,
        },
    )
)
ASSISTANCE = register(companions.ASSISTANCE_GRAPH)
REVISITS = register(companions.REVISIT_GRAPH)
