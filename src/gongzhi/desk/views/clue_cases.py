"""What the page of a clue says, and of the two small processes beside it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.clues import companions, judging, queries, states
from gongzhi.clues.models import Clue, Likeness
from gongzhi.clues.numbers import number_of
from gongzhi.desk import clue_words, timelines, words
from gongzhi.desk.views.clue_guidance import GUIDES
from gongzhi.flow import queries as flow
from gongzhi.flow.queries import Standing
from gongzhi.org.access import elevated
from gongzhi.org.models import Department
from gongzhi.org.roles import Role

TEMPLATE = "desk/clue.html"
OWN_PAGES = frozenset({"revise"})
"""Acts that a page of their own makes: the graph's form would not ask enough."""
_LAST = (
    "release",
    "wrong_village",
    "object",
    "ask_extension",
    "ask_assistance",
    "add_department",
    "send_to_joint",
    "to_city",
    "alarm",
    "copy_to",
    "calm",
    "merge",
    "dismiss",
    "note",
)
"""Acts that are not the usual next step, in the order in which their buttons stand."""
_JUDGES = {Role.VILLAGE, Role.TOWN_OFFICE, Role.DEPARTMENT, Role.CITY_OFFICE, Role.COMMAND, Role.OFFICER}
_MERGERS = {Role.VILLAGE, Role.TOWN_OFFICE, Role.CITY_OFFICE}
_CANDIDATES = {states.TO_ROUTE: "send", states.OBJECTED: "reroute", states.TO_DESIGNATE: "designate"}
"""Where somebody has to name a department, by which act they do."""
_PURPOSES = {
    states.FOUND: "found",
    states.URGING: "corrected",
    states.OBJECTED: "objection",
    states.TO_CHECK: "handled",
}


def about(request: Any, standing: Standing) -> dict[str, Any]:
    """The context of a case's page. Raises Http404 where the post does not see what the case is about."""
    if standing.graph == companions.ASSISTANCE_NAME:
        return _about_letter(request, standing)
    if standing.graph == companions.REVISIT_NAME:
        return _about_revisit(request, standing)
    clue = queries.clue(standing.id)
    if clue is None:
        raise Http404
    return _about_clue(request, standing, clue)


def ordered(acts: Sequence[dict[str, Any]], standing: Standing) -> list[dict[str, Any]]:
    """A clue's acts with those first that move it on; ending it without work and side acts come last."""
    if standing.graph != states.NAME:
        return list(acts)
    return sorted(
        acts, key=lambda one: _LAST.index(one["edge"].action) + 1 if one["edge"].action in _LAST else 0
    )


def act_url(standing: Standing, action: str) -> str:
    """Where an act is sent: the plan of a joint operation is filled in with departments to tick."""
    if standing.graph == states.NAME and action == "plan":
        return reverse("clue_plan", args=[standing.id])
    return reverse("act", args=[standing.id, action])


def fields(asked: Sequence[Any], standing: Standing) -> list[Any]:
    """An act's fields as the page draws them: members of an operation are ticked, not typed."""
    if standing.graph != states.NAME:
        return list(asked)
    return [_members(field) if field.name == "members" else field for field in asked]


def _members(field: Any) -> dict[str, Any]:
    return {
        "name": field.name,
        "zh": field.zh,
        "en": field.en,
        "kind": "multi",
        "choices": [
            (row.code, words.Bilingual(row.name, row.name_en).said) for row in Department.objects.all()
        ],
    }


def _about_clue(request: Any, standing: Standing, clue: Clue) -> dict[str, Any]:
    moment, acting = request.moment, request.acting
    on = moment.today
    family = queries.family(clue.pk)
    photos = queries.photos(family)
    finding, duty = clue.finding, clue.duty
    may_judge = standing.is_open and acting.role in _JUDGES
    return {
        "clue": clue,
        "number": number_of(clue.part_of_id or clue.pk, clue.found_on.year),
        "title": clue.operator.sign or clue.operator.address or _("无招牌"),
        "kind": clue_words.kind_tag(clue.kind),
        "finding": {
            "reasons": clue_words.said(finding.get("reasons", ())),
            "articles": [timelines.law(one) for one in finding.get("articles", ())],
            "asks": clue_words.said(finding.get("asks", ())),
            "version": finding.get("version", ""),
            "verified": finding.get("verified", True),
        },
        "duty": _duty(duty),
        "hazards": [clue_words.hazard(code, on) for code in clue.hazards],
        "facts": _facts(request, standing, clue),
        "operator_facts": _operator_facts(request, clue),
        "linked": _linked(clue, family),
        "photos": [(photo, clue_words.purpose(photo.purpose)) for photo in photos],
        "photo_purposes": [(code, clue_words.purpose(code)) for code in _photo_purposes(standing)],
        "likenesses": _likenesses(clue, standing, acting),
        "objections": [_objection(row, moment) for row in queries.objections(family)],
        "alerts": [(clue_words.level(row.level), row) for row in queries.alerts_of(clue.pk)],
        "copies": [
            (words.department(row.department), row)
            for row in clue.copies.order_by("id")
            if not clue.part_of_id
        ],
        "revisits": [
            (clue_words.revisit(row.reason), row)
            for row in (queries.revisits(clue.pk) if not clue.part_of_id else ())
        ],
        "operations": [link.operation for link in clue.operations.select_related("operation")],
        "revise_url": reverse("clue_revise", args=[clue.pk]) if may_judge else "",
        "guidance_url": reverse("clue_guidance", args=[clue.pk])
        if standing.is_open and acting.role in GUIDES
        else "",
        "suggestions": _suggestions(request, standing, clue),
        "evidence": _evidence(request, standing),
        "timeline": timelines.entries(flow.journal_of(family), moment=moment),
        "client_key": uuid.uuid4().hex,
    }


def _duty(duty: Any) -> dict[str, Any]:
    return {
        "parties": [
            {
                "department": words.department(party["department"])
                if party["department"]
                else party["function"],
                "part": clue_words.part_played(party["role"]),
                "lead": number == 0 and party["role"] != "told",
            }
            for number, party in enumerate(duty.get("parties", ()))
        ],
        "mode": clue_words.mode(duty.get("mode", "none")),
        "step": clue_words.step(duty.get("step", "none")),
        "sure": duty.get("certainty") == "sure",
        "reasons": clue_words.said(duty.get("reasons", ())),
        "articles": [timelines.law(one) for one in duty.get("articles", ())],
    }


def _facts(request: Any, standing: Standing, clue: Clue) -> list[tuple[Any, ...]]:
    on = request.moment.today
    owner = words.role(Role(standing.owner_role)) if standing.owner_role else "—"
    return [
        (_("线索编号"), number_of(clue.part_of_id or clue.pk, clue.found_on.year), "code"),
        (_("来源"), clue_words.source(clue.source, on)),
        (_("发现日期"), clue.found_on, "day"),
        (_("属地"), words.place(clue.area)),
        (_("由谁办理"), owner),
        (
            _("部门"),
            "—" if standing.department == states.NO_DEPARTMENT else words.department(standing.department),
        ),
        (_("缺少的许可"), clue_words.permits(clue.permits, on)),
        (_("结果"), clue_words.coded("clue_result", clue.result, on) if clue.result else ""),
        (_("办结"), standing.closed_on, "day"),
    ]


def _operator_facts(request: Any, clue: Clue) -> list[tuple[Any, ...]]:
    operator = clue.operator
    known = queries.person(clue, request.acting)
    person = " ".join(filter(None, (known.get("name", ""), known.get("phone", "")))) or operator.person_shown
    facts: list[tuple[Any, ...]] = [
        (_("招牌"), operator.sign),
        (_("地址"), operator.address),
        (_("行业"), clue_words.trade(clue.trade, request.moment.today)),
        (_("经营者"), person),
    ]
    if clue.words:
        facts.append((_("发现时的描述"), clue.words))
    return facts


def _linked(clue: Clue, family: Sequence[int]) -> list[tuple[str, str, str]]:
    """Other clues that belong to this one: what they are to it, their address, their number."""
    found = []
    known = {row.pk: row for row in Clue.objects.filter(pk__in=family)}
    for other in known.values():
        if other.pk == clue.pk:
            continue
        if other.part_of_id == clue.pk:
            what = _("同时办理的部门：%(who)s") % {"who": words.department(other.department)}
        elif clue.part_of_id == other.pk:
            what = _("主线索")
        elif other.merged_into_id == clue.pk:
            what = _("已并入本线索")
        elif clue.merged_into_id == other.pk:
            what = _("本线索已并入")
        elif other.relapse_of_id == clue.pk:
            what = _("复发后另立的线索")
        elif clue.relapse_of_id == other.pk:
            what = _("此前的线索")
        else:
            continue
        found.append((what, reverse("case", args=[other.pk]), number_of(other.pk, other.found_on.year)))
    return found


def _photo_purposes(standing: Standing) -> list[str]:
    """What a photo taken now shows, likeliest first; none once the clue has ended."""
    if not standing.is_open:
        return []
    first = _PURPOSES.get(standing.state, "handled" if standing.state in states.WITH_DEPARTMENT else "found")
    return [first, *(code for code in ("found", "corrected", "handled", "objection") if code != first)]


def _likenesses(clue: Clue, standing: Standing, acting: Any) -> list[dict[str, Any]]:
    found = []
    for row in queries.likenesses(acting, case_id=clue.pk):
        other = row.other if row.clue_id == clue.pk else row.clue
        found.append(
            likeness_row(row, other)
            | {
                "may": standing.is_open and acting.role in _MERGERS,
                "url": reverse("clue_alike", args=[row.pk]),
            }
        )
    return found


def likeness_row(row: Likeness, other: Clue) -> dict[str, Any]:
    """One pair as a page shows it, with the other one of it and why."""
    return {
        "id": row.pk,
        "sign": other.operator.sign or _("无招牌"),
        "address": other.operator.address,
        "number": number_of(other.pk, other.found_on.year),
        "found_on": other.found_on,
        "case_url": reverse("case", args=[other.pk]),
        "probable": row.verdict == "probable",
        "reasons": clue_words.said(row.reasons),
    }


def _objection(row: Any, moment: Any) -> dict[str, Any]:
    return {
        "round": row.round,
        "department": words.department(row.department),
        "reason": clue_words.coded("clue_objection", row.reason, moment.today),
        "words": row.words,
        "proposed": words.department(row.proposed) if row.proposed else "",
        "made_on": row.made_on,
        "decision": clue_words.decision(row.decision),
        "decided_on": row.decided_on,
        "decided_to": words.department(row.decided_to) if row.decided_to else "",
        "decided_words": row.decided_words,
    }


def _suggestions(request: Any, standing: Standing, clue: Clue) -> dict[str, Any] | None:
    """For who has to name a department: those that similar clues ended with, one click each."""
    action = _CANDIDATES.get(standing.state)
    allowed = {one.edge.action for one in flow.acts_for(request.acting, standing, moment=request.moment)}
    if action is None or action not in allowed:
        return None
    with elevated():
        similar = queries.suggestions(clue.pk, moment=request.moment)
    parties = [party["department"] for party in clue.duty.get("parties", ()) if party["role"] != "told"]
    return {
        "options": [
            {
                "value": one.function,
                "label": words.department(one.function),
                "detail": "；".join(words.Bilingual(reason.zh, reason.en).said for reason in one.reasons),
                "confidence": one.share,
            }
            for one in similar
        ],
        "parties": [words.department(code) for code in dict.fromkeys(parties) if code],
        "url": reverse("act", args=[standing.id, action]),
        "one_click": action == "send",
        "hidden": {
            "expected_seq": standing.seq,
            "client_key": uuid.uuid4().hex,
            "reason": "similar_clue",
        },
    }


def _evidence(request: Any, standing: Standing) -> list[tuple[str, list[str]]]:
    """What an objection of each reason has to bring, for who may make one."""
    acts = {one.edge.action for one in flow.acts_for(request.acting, standing, moment=request.moment)}
    if "object" not in acts:
        return []
    on = request.moment.today
    return [
        (
            clue_words.coded("clue_objection", reason, on),
            [words.Bilingual(row.name_zh, row.name_en).said for row in evidence if row.required],
        )
        for reason, evidence in judging.tables().day(on).evidence.items()
    ]


def _about_letter(request: Any, standing: Standing) -> dict[str, Any]:
    letter = queries.letters([standing.id]).get(standing.id)
    if letter is None:
        raise Http404
    return {
        "title": _("%(who)s请求协助") % {"who": words.department(letter.asked_by)},
        "letter": letter,
        "timeline": timelines.entries(flow.journal_of([standing.id]), moment=request.moment),
    }


def _about_revisit(request: Any, standing: Standing) -> dict[str, Any]:
    found = queries.to_revisit([standing.id]).get(standing.id)
    if found is None:
        raise Http404
    clue = queries.clue(found.clue)
    return {
        "title": found.sign or found.address or _("无招牌"),
        "revisit": found,
        "revisit_reason": clue_words.revisit(found.reason),
        "clue_url": reverse("case", args=[found.clue]) if clue else "",
        "timeline": timelines.entries(flow.journal_of([standing.id]), moment=request.moment),
    }
