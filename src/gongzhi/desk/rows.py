"""Cases as lists show them: what it is about, how it stands, when it is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.catalog.queries import permit_names
from gongzhi.desk import clue_rows, clue_words, words
from gongzhi.flow.moment import Moment
from gongzhi.flow.queries import Standing
from gongzhi.flow.rules import Lamp
from gongzhi.notices import graph as notices_graph
from gongzhi.notices import queries as notices
from gongzhi.rulebooks import graph as rulebooks_graph
from gongzhi.rulebooks import queries as rulebooks
from gongzhi.visits import graph as visits_graph
from gongzhi.visits import queries as visits

TONES = {Lamp.GREEN: "info", Lamp.YELLOW: "warn", Lamp.RED: "bad", Lamp.PAUSED: "rest", Lamp.DONE: "good"}

COLUMNS = (
    {"key": "about", "label": "事项", "kind": "link"},
    {"key": "detail", "label": "内容", "kind": "text"},
    {"key": "place", "label": "属地", "kind": "place"},
    {"key": "state", "label": "状态", "kind": "status"},
    {"key": "lamp", "label": "期限", "kind": "lamp"},
)

FILE_COLUMNS = (
    {"key": "process", "label": "流程", "kind": "link"},
    {"key": "detail", "label": "内容", "kind": "text"},
    {"key": "state", "label": "状态", "kind": "status"},
    {"key": "lamp", "label": "期限", "kind": "lamp"},
)
"""In a business's own file its name and place need not be said again on each line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One case in a list."""

    case: Standing
    url: str
    about: str
    detail: str
    place: str
    state: tuple[str, str]
    lamp: dict[str, Any]
    names: tuple[str, ...]
    more: int
    process: str


def lamp_of(case: Standing) -> dict[str, Any]:
    """The arguments of the deadline lamp for a case."""
    return {
        "level": case.lamp.value,
        "due": case.due if case.is_open else None,
        "days_left": case.days_left,
        "provisional": case.provisional,
        "reason": words.state(case.graph, case.state).said if case.suspended_on else "",
    }


def rows(cases: Sequence[Standing], *, moment: Moment) -> list[Row]:
    """Rows for a page of cases; two queries however many there are."""
    notice_rows = notices.rows([case.id for case in cases if case.graph == notices_graph.NAME])
    visit_rows = visits.rows([case.id for case in cases if case.graph == visits_graph.NAME])
    versions = rulebooks.titles([case.id for case in cases if case.graph == rulebooks_graph.NAME])
    clues = clue_rows.told([case.id for case in cases if case.graph in clue_words.GRAPHS], moment)
    permit_words = permit_names(moment.today)
    made = []
    for case in cases:
        about, detail, names, more = str(case.id), "", (), 0
        if notice := notice_rows.get(case.id):
            about = notice.business
            permits = [words.Bilingual(w.zh, w.en).said for c in notice.permits if (w := permit_words.get(c))]
            detail = _("、").join(permits) or _("经营范围未对应到许可事项")
        elif visit := visit_rows.get(case.id):
            about, names, more = visit.address, visit.names, visit.more
            detail = _("、").join(names) + (_(" 等 %(n)s 户") % {"n": len(names) + more} if more else "")
        elif clue := clues.get(case.id):
            about, detail = clue.about, clue.detail
        elif version := versions.get(case.id):
            about = _("第 %(number)s 版 %(title)s") % version
        made.append(
            Row(
                case=case,
                url=reverse("case", args=[case.id]),
                about=about,
                detail=detail,
                place=words.place(case.area),
                state=(words.state(case.graph, case.state).said, TONES[case.lamp]),
                lamp=lamp_of(case),
                names=names,
                more=more,
                process=words.Bilingual(case.process.zh, case.process.en).said,
            )
        )
    return made


def cards(made: Sequence[Row]) -> list[dict[str, Any]]:
    """The same as an officer's list: one door a card."""
    return [_card(row) for row in made]


def _card(row: Row) -> dict[str, Any]:
    lead, place = words.split_address(row.about, row.case.area)
    return {
        "lead": lead,
        "place": place,
        "url": row.url,
        "grid": row.place,
        "lamp": row.lamp,
        "status": row.state,
        "items": list(row.names) or [row.detail],
        "more": row.more,
    }
