"""What pages and processes never say: today's rules on checks, targets and field work (国办发〔2024〕54号)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from babel.messages.pofile import read_po

from gongzhi.cli.flow import processes
from gongzhi.desk.translations import CATALOGUE
from gongzhi.flow.graph import Edge, Graph, State
from gongzhi.org.roles import Role
from gongzhi.packs import load_pack

DAY = date(2026, 9, 21)

INSPECTION = r"检查|巡查|执法|处罚|查封|扣押|责令|取证|inspect|seiz|penalt|enforce"
RANKING = r"排名|排行|名次|考核|指标|得分|红黑榜|ranking|league|quota|target|score"
WATCHING = r"打卡|签到|考勤|积分|轨迹|在线时长|clock[- ]in|check[- ]in|points|trail|online time"


def spoken_by_pages(*names: str) -> list[str]:
    """Every text of the pages in both languages, or of the templates and views with these names."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    return [
        str(text)
        for message in catalogue
        if message.id and (not names or any(Path(path).name in names for path, _ in message.locations))
        for text in (message.id, message.string)
    ]


def words_of(parts: Iterable[State | Edge | Graph]) -> list[str]:
    said = []
    for part in parts:
        said += [part.zh, part.en]
        if isinstance(part, Edge):
            for field in part.form.fields:
                said += [field.zh, field.en, field.hint_zh, field.hint_en]
    return said


def spoken_by_processes() -> list[str]:
    return [words for graph in processes() for words in words_of([graph, *graph.states, *graph.edges])]


def spoken_to_officers() -> list[str]:
    """What stands before a grid officer: the visits' graph, the answers to choose from, the officer's role."""
    (visits,) = [graph for graph in processes() if graph.name == "visits"]
    hers = [edge for edge in visits.edges if Role.OFFICER in edge.who]
    reasons = [
        words
        for kind in ("visit_result", "wrong_address", "wrong_grid", "no_visit_needed")
        for row in load_pack("dongguan").national.reasons_for(kind, DAY)
        for words in (row.name_zh, row.name_en)
    ]
    return words_of([visits, *visits.states, *hers]) + reasons


def saying(pattern: str, texts: list[str]) -> list[str]:
    assert len(texts) > 20
    return [text for text in texts if re.search(pattern, text, re.IGNORECASE)]


def test_nothing_that_a_grid_officer_reads_or_chooses_speaks_of_an_inspection() -> None:
    assert saying(INSPECTION, spoken_to_officers()) == []
    assert saying(INSPECTION, spoken_by_pages("call.html", "calls.py", "case.html", "doors.html")) == []
    assert saying("执法|查封|扣押|接受检查|现场检查|inspect|seiz", spoken_by_pages()) == []


def test_no_page_ranks_anybody_or_sets_a_quota() -> None:
    assert saying(RANKING, spoken_by_pages() + spoken_by_processes()) == []


def test_nobody_is_asked_to_clock_in_to_collect_points_or_to_show_where_he_is() -> None:
    assert saying(WATCHING, spoken_by_pages() + spoken_by_processes()) == []
