"""A journal as a person reads it: what happened, who did it, when it is due, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gongzhi.catalog.queries import permits as permits_on
from gongzhi.catalog.queries import reasons
from gongzhi.clues.states import NO_DEPARTMENT
from gongzhi.desk import clue_words, items, words
from gongzhi.desk.machine_words import spoken
from gongzhi.flow.graph import Clock, Field, graph_named
from gongzhi.flow.moment import Moment
from gongzhi.flow.queries import Line
from gongzhi.notices.models import NoticePermit
from gongzhi.org.acting import Acting
from gongzhi.rulebooks import graph as rulebooks_graph

_TONES = {
    "feed_back": "good",
    "finish": "good",
    "return": "warn",
    "return_address": "warn",
    "return_grid": "warn",
    "pass_on": "bad",
    "withdraw": "rest",
    "guide": "warn",
    "alarm": "bad",
    "object": "warn",
    "redo": "warn",
    "confirm": "good",
    "correct": "good",
    "close_by_data": "good",
    "relapse": "bad",
}
_ELSEWHERE = frozenset({"words", "visit", "confidence", "candidates", "trial", "changed"})
"""What the page says of a line in its own place, or not at all."""
_FACTS = {
    "push_due": ("推送期限", "Push limit"),
    "receipt": ("送达方式", "Delivered by"),
    "result": ("走访结果", "Visit result"),
    "proof": ("证明数据", "Proving data"),
    "reason": ("原因", "Reason"),
    "cause": ("来由", "Cause"),
    "method": ("定位依据", "Placed by"),
    "stock": ("存量登记", "Registered earlier"),
    "title": ("名称", "Title"),
    "table": ("表", "Table"),
    "key": ("行", "Row"),
    "how": ("怎样", "How"),
}
_CODES = {
    "desk": ("工作台收件箱", "Desk inbox"),
    "registered": ("新登记", "New registration"),
    "permit_lapsed": ("许可证已过有效期", "A permit ran out"),
    "scope_changed": ("经营范围变更", "Change of scope"),
    "address_changed": ("地址变更", "Change of address"),
    "recently_visited": ("近期已走访", "Visited recently"),
    "permit_issued": ("许可信息", "A permit on record"),
    "proved_by_data": ("数据已证明", "Proved by data"),
    "cancelled": ("已注销", "Cancelled"),
    "revoked": ("已吊销", "Revoked"),
    "moved_out": ("已迁出", "Moved out"),
    "excused": ("无需走访", "No visit needed"),
    "rule_corrected": ("规则更正", "Correction of the rules"),
    "the_clue_ended": ("线索已办结", "The clue has ended"),
    "added": ("新增", "Added"),
    "changed": ("修改", "Changed"),
    "retired": ("停用", "Retired"),
    "taken_over": ("并入另一版", "Another version taken in"),
    "undone": ("取消改动", "Edit taken back"),
    "rules": ("判定规则", "Rules"),
    "synonyms": ("旧称和异写", "Old and other wording"),
    "not_the_thing": ("形似而不是", "Looks like it and is not"),
    "deeds": ("行为用语", "Words of doing"),
    "tails": ("词尾", "Endings"),
    "examples": ("存档示例", "Stored examples"),
}


def entries(
    lines: Sequence[Line],
    *,
    moment: Moment,
    why: Mapping[int, Sequence[Mapping[str, Any]]] | None = None,
    names: Mapping[int, str] | None = None,
) -> list[dict[str, Any]]:
    """Entries for the timeline, oldest first. `why` gives reasons by case, shown on its opening line; `names` the
    businesses that results speak of."""
    made = []
    departments: dict[int, str | None] = {}
    put_aside: dict[int, date | None] = {}
    for line in lines:
        due_from, due_to = _clock(line, put_aside.get(line.case_id))
        process = graph_named(line.graph)
        step = words.act(line.graph, line.source, line.action)
        first = (why or {}).get(line.case_id, ()) if line.seq == 1 else ()
        made.append(
            {
                "process": words.Bilingual(process.zh, process.en).said,
                "title": str(step),
                "at": line.at,
                "who": line.by if line.post_id else words.Bilingual("系统", "The system").said,
                "body": spoken(str(line.form.get("words", ""))),
                "tone": _TONES.get(line.action, "neutral"),
                "facts": _facts(line, moment, names or {}, before=departments.get(line.case_id)),
                "due_from": due_from,
                "due_to": due_to,
                "why": first[0] if first else None,
            }
        )
        departments[line.case_id] = line.department
        put_aside[line.case_id] = line.suspended_due
    return made


def _clock(line: Line, put_aside: date | None) -> tuple[date | None, date | None]:
    """The limit that a step stops or takes up again, and the one that runs after it; None where it changes nothing."""
    clock = line.edge.clock if line.edge else Clock.START
    if clock is Clock.PAUSE:
        return line.suspended_due, None
    return (put_aside if clock is Clock.RESUME else None), (None if clock is Clock.KEEP else line.due)


def why_permits(
    scope: str, found: Mapping[int, Sequence[NoticePermit]], *, moment: Moment
) -> dict[int, list[Any]]:
    """Why each notice exists: the words of the scope, the rule, its version, the law."""
    known = permits_on(moment.today)
    made: dict[int, list[Any]] = {}
    for case_id, permits in found.items():
        for permit in permits:
            row = known.get(permit.permit)
            name = words.Bilingual(row.name_zh, row.name_en).said if row else permit.permit
            made.setdefault(case_id, []).append(
                {
                    "text": scope,
                    "words": permit.words,
                    "rule": permit.rule,
                    "version": permit.book,
                    "basis": law(permit.basis or (row.basis if row else "")),
                    "certainty": permit.certainty,
                    "facts": [(_("许可事项"), f"{permit.permit} {name}")],
                }
            )
    return made


def with_rules(reasons: Sequence[Any], acting: Acting, case_id: int) -> list[Any]:
    """The same with a way to the rule behind each, for posts that may read the rules."""
    if acting.role not in rulebooks_graph.READERS:
        return list(reasons)
    address = reverse("rule_row", args=[0, "rules"])
    return [
        {**reason, "rule_url": f"{address}?{urlencode({'key': reason['rule'], 'case': case_id})}"}
        for reason in reasons
    ]


def law(stated: str) -> str:
    """A law as people read it: the rule book marks with GK what nobody has compared with the law's text yet."""
    return stated.replace("GK", words.Bilingual("待核实", "to be verified").said)


def _facts(
    line: Line, moment: Moment, names: Mapping[int, str], *, before: str | None
) -> list[tuple[str, str]]:
    shown = []
    if line.suspended_due and line.due and line.edge and line.edge.clock is Clock.PAUSE:
        shown.append((words.Bilingual("处理期限", "To be settled by").said, line.due.isoformat()))
    if line.department and line.department not in {before, NO_DEPARTMENT}:
        shown.append((_("部门"), words.department(line.department)))
    asked = {field.name: field for field in line.edge.form.fields} if line.edge else {}
    for key, value in line.form.items():
        if _unsaid(line, key, value):
            continue
        if key == "results":
            # The file of one business says nothing of what was found at its neighbours'.
            shown += [
                (names[int(b)], _coded("visit_result", r, moment))
                for b, r in value.items()
                if int(b) in names
            ]
        elif key == "answers":
            shown += [
                fact for b, noted in value.items() if int(b) in names for fact in items.said(noted, moment)
            ]
        elif key in asked:
            field = asked[key]
            shown.append((words.Bilingual(field.zh, field.en).said, _answer(field, value, moment)))
        elif line.graph in clue_words.GRAPHS and (told := clue_words.told(key, value, moment)):
            shown.append(told)
        elif key in _FACTS:
            shown.append((words.Bilingual(*_FACTS[key]).said, _fact(key, value, moment)))
    return shown


def _unsaid(line: Line, key: str, value: Any) -> bool:
    """Whether a page says it elsewhere or not at all. Permits stand with the case, unless they are what proves."""
    return key in _ELSEWHERE or value in ("", None) or (key == "permits" and not line.form.get("proof"))


def _answer(field: Field, value: Any, moment: Moment) -> str:
    if field.kind == "department":
        return words.department(str(value))
    if field.kind in {"grid", "village", "division"}:
        return words.place(str(value))
    if field.name == "members":
        return _("、").join(words.department(code) for code in str(value).split("、"))
    if field.reasons:
        return _coded(field.reasons, str(value), moment)
    return words.Bilingual(*_CODES[value]).said if value in _CODES else str(value)


def _fact(key: str, value: Any, moment: Moment) -> str:
    if value is True:
        return _("是")
    if key == "result":
        return _coded("visit_result", str(value), moment)
    if key == "method":
        return method_words(str(value))
    return words.Bilingual(*_CODES[value]).said if value in _CODES else str(value)


def _coded(kind: str, code: str, moment: Moment) -> str:
    for reason in reasons(kind, moment.today):
        if reason.code == code:
            return words.Bilingual(reason.zh, reason.en).said
    return words.Bilingual(*_CODES[code]).said if code in _CODES else code


def result_words(row: Any, moment: Moment) -> str:
    """What a visit found at one business, in words; a dash until somebody called."""
    code = row.returned_result or row.result
    return _coded("visit_result", code, moment) if code else "—"


def method_words(method: str) -> str:
    """By which evidence an address was placed, in words."""
    spoken = {
        "stated-village": _("地址写明村（社区）"),
        "road-number": _("道路门牌"),
        "building": _("楼宇、园区或市场名称"),
        "road": _("道路"),
        "ngram": _("相近的已知地址"),
        "door": _("标准地址库同一门址"),
        "person": _("人工核定"),
        "coordinates": _("坐标与所写地址不符"),
        "none": _("未能定位"),
    }
    return spoken.get(method, method or "—")
