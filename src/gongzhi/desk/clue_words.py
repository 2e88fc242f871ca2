"""What a clue's codes are called: class, trade, source, hazards, who acts and how, what a journal line says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gongzhi.catalog.queries import permit_names, reasons, trades
from gongzhi.clues import companions, judging, states
from gongzhi.clues.rules import Kind
from gongzhi.desk import words
from gongzhi.flow.moment import Moment

GRAPHS = frozenset({states.NAME, companions.ASSISTANCE_NAME, companions.REVISIT_NAME})
"""The processes that these words belong to."""

KIND_TONES = {
    "no_permit": "warn",
    "no_licence": "warn",
    "neither": "bad",
    "not_filed": "info",
    "not_unlicensed": "good",
    "unknown": "rest",
}


def kind(code: str) -> str:
    """What a class is called."""
    found = Kind(code)
    return words.Bilingual(found.zh, found.en).said


def kind_tag(code: str) -> tuple[str, str]:
    """A class as a status tag."""
    return kind(code), KIND_TONES.get(code, "neutral")


def kinds() -> list[tuple[str, str]]:
    """Every class as a choice."""
    return [(one.value, kind(one.value)) for one in Kind]


def trade(code: str, on: date) -> str:
    """A trade's name; words of its own for a trade that is in no list."""
    if not code:
        return _("行业未定")
    for row in trades(on):
        if row.code == code:
            return words.Bilingual(row.name_zh, row.name_en).said
    return code


def trade_names(on: date) -> Mapping[str, str]:
    """Every trade's name by its code."""
    return {row.code: words.Bilingual(row.name_zh, row.name_en).said for row in trades(on)}


def coded(list_name: str, code: str, on: date) -> str:
    """What a coded reason says."""
    for reason in reasons(list_name, on):
        if reason.code == code:
            return words.Bilingual(reason.zh, reason.en).said
    return code


def source(code: str, on: date) -> str:
    """How a clue came in."""
    return coded("clue_source", code, on)


def hazard(code: str, on: date) -> str:
    """A hazard in plain words."""
    row = judging.tables().day(on).hazards.get(code)
    return words.Bilingual(row.name_zh, row.name_en).said if row else code


def permits(codes: Iterable[str], on: date) -> str:
    """Permits by name, one after the other."""
    known = permit_names(on)
    names = [
        words.Bilingual(known[code].zh, known[code].en).said if code in known else code for code in codes
    ]
    return _("、").join(names)


def said(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sentences of a finding or a duty that were kept with both languages."""
    return [words.Bilingual(row["zh"], row["en"]).said for row in rows]


def mode(code: str) -> str:
    """How departments share the matter."""
    spoken = {
        "single": _("由一个部门处置"),
        "either": _("两个部门都可处置，先立案的办理"),
        "each": _("各部门按各自职责处置"),
        "on_request": _("由许可部门提请后处置"),
        "split": _("按行为分工处置"),
        "none": _("无须处置"),
    }
    return spoken.get(code, code)


def step(code: str) -> str:
    """By which step of the duty rules somebody was found."""
    spoken = {
        "law": _("法律另有规定"),
        "permit": _("按所缺许可"),
        "industry": _("按行业主管"),
        "any": _("一般规定"),
        "none": _("未能确定"),
    }
    return spoken.get(code, code)


def part_played(code: str) -> str:
    """What a department does in the matter."""
    spoken = {"handles": _("处置"), "requests": _("提请"), "told": _("抄告知晓")}
    return spoken.get(code, code)


def level(code: str) -> str:
    """Which of the three command centres."""
    spoken = {"city": _("市指挥中心"), "town": _("镇街指挥中心"), "village": _("村（社区）指挥室")}
    return spoken.get(code, code)


def decision(code: str) -> tuple[str, str]:
    """What became of an objection, as a status tag."""
    spoken = {
        "": (_("协调中"), "info"),
        "upheld": (_("异议成立"), "good"),
        "refused": (_("异议不成立"), "warn"),
        "designated": (_("市级指定"), "accent"),
        "closed": (_("线索已结案"), "rest"),
        "withdrawn": (_("已收回"), "rest"),
    }
    return spoken.get(code, (code, "neutral"))


def revisit(code: str) -> str:
    """Why premises are looked at again."""
    spoken = {"closed_premises": _("停业场所回访"), "relapse": _("办结后防复发回访")}
    return spoken.get(code, code)


def purpose(code: str) -> str:
    """At which step a photo was taken."""
    spoken = {
        "found": _("发现时"),
        "corrected": _("整改后"),
        "handled": _("处置时"),
        "objection": _("异议佐证"),
        "revisit": _("回访时"),
    }
    return spoken.get(code, code)


def told(key: str, value: Any, moment: Moment) -> tuple[str, str] | None:
    """What a journal line of a clue says beside its form, as a fact; None for what says nothing to a person."""
    if isinstance(value, list):
        label, several = _SEVERAL.get(key, ("", None))
        return (_(label), several(value, moment.today)) if several and value else None
    if key == "proof" and value not in _PROOFS:
        return None
    label, one = _ONE.get(key, ("", None))
    return (_(label), one(str(value), moment.today)) if one else None


def _permit(said: str, on: date) -> str:
    """A permit by its name, with its number where one is known."""
    code, _gap, number = said.partition(" ")
    return " ".join(filter(None, (permits([code], on), number)))


_PROOFS = {"registered": gettext_noop("已登记的主体"), "permit_issued": gettext_noop("许可信息")}
_ANSWERS = {"answer": gettext_noop("已协助"), "decline": gettext_noop("不能协助")}
_ONE: Mapping[str, tuple[str, Callable[[str, date], str]]] = {
    "source": (gettext_noop("来源"), source),
    "kind": (gettext_noop("判定"), lambda code, _on: kind(code)),
    "kind_before": (gettext_noop("此前判定"), lambda code, _on: kind(code)),
    "mode": (gettext_noop("处置方式"), lambda code, _on: mode(code)),
    "step": (gettext_noop("确定依据"), lambda code, _on: step(code)),
    "department": (gettext_noop("部门"), lambda code, _on: words.department(code)),
    "result": (gettext_noop("结果"), lambda code, on: coded("clue_result", code, on)),
    "rounds": (gettext_noop("异议轮次"), lambda text, _on: text),
    "order": (gettext_noop("工单编号"), lambda text, _on: text),
    "answer": (gettext_noop("协助结果"), lambda code, _on: _(_ANSWERS.get(code, code))),
    "proof": (gettext_noop("证明数据"), lambda code, _on: _(_PROOFS[code])),
}
_SEVERAL: Mapping[str, tuple[str, Callable[[list[Any], date], str]]] = {
    "permits": (
        gettext_noop("许可"),
        lambda codes, on: _("、").join(_permit(str(one), on) for one in codes),
    ),
    "guidance": (
        gettext_noop("告知的事项"),
        lambda codes, on: _("、").join(
            _("营业执照") if code == "licence" else permits([str(code)], on) for code in codes
        ),
    ),
    "hazards": (gettext_noop("隐患"), lambda codes, on: _("、").join(hazard(str(one), on) for one in codes)),
    "articles": (gettext_noop("法律依据"), lambda texts, _on: _("；").join(map(str, texts))),
}
