"""What to find out so that the class of a clue can be told, and nothing that would not bring it nearer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gongzhi.clues.rules.decisions import columns_of, lines_for
from gongzhi.clues.rules.exempt import DESIGNATED
from gongzhi.clues.rules.findings import Ask
from gongzhi.clues.rules.needs import Needs, needs_of
from gongzhi.clues.rules.said import ask, names_of
from gongzhi.clues.rules.situation import Licence, PermitFact, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gongzhi.clues.rules.knowing import Tri
    from gongzhi.clues.rules.situation import Situation
    from gongzhi.clues.rules.tables import Day


def asks_for(situation: Situation, needs: Needs, day: Day) -> Iterator[Ask]:
    """What would bring the answer nearer: each open fact is tried both ways, and asked when either way settles
    something on which the class hangs."""
    if not needs.known:
        yield ask("trade")
    hanging = _hanging(columns_of(needs), day)
    open_now = _open_parts(needs, hanging)
    for question, ways in _open_facts(situation, needs, day):
        if any(_open_parts(needs_of(way, day), hanging) < open_now for way in ways):
            yield question


def _hanging(columns: tuple[Tri, ...], day: Day) -> tuple[bool, ...]:
    """For each column of the table whether it is open and settling it would leave fewer classes."""
    possible = {line.kind for line in lines_for(columns, day)}
    found = []
    for place, column in enumerate(columns):
        ways = [(*columns[:place], way, *columns[place + 1 :]) for way in (True, False)]
        fewer = any({line.kind for line in lines_for(way, day)} < possible for way in ways)
        found.append(column is None and fewer)
    return tuple(found)


def _open_parts(needs: Needs, hanging: tuple[bool, ...]) -> set[str]:
    """The permits, filings and the licence of which it is not known whether they are missing, where that matters."""
    permits, licence, filings = hanging
    parts = {
        need.permit for need in needs.needs if need.missing is None and (filings if need.filing else permits)
    }
    if licence and needs.licence_missing is None:
        parts |= {f"licence:{part}" for part in _licence_parts(needs)}
    return parts


def _licence_parts(needs: Needs) -> Iterator[str]:
    """Why it is not known whether the licence is missing: for each trade that may be free, and for the licence."""
    yield "held"
    yield from (way.trade for way in needs.freed if way.licence is None)


def _open_facts(
    situation: Situation, needs: Needs, day: Day
) -> Iterator[tuple[Ask, tuple[Situation, Situation]]]:
    if situation.licence in {Licence.UNKNOWN, Licence.CLAIMED}:
        words = "licence_number" if situation.licence is Licence.CLAIMED else ""
        yield (
            ask("licence", words=words),
            (replace(situation, licence=Licence.HELD), replace(situation, licence=Licence.NONE)),
        )
    if situation.individual is None:
        yield (
            ask("individual"),
            (replace(situation, individual=True), replace(situation, individual=False)),
        )
    for code in _open_questions(situation, day):
        row = day.questions[code]
        yield Ask("question", code, row.name_zh, row.name_en), _answered_both_ways(situation, code)
    for hit in situation.matched:
        if not hit.sure and f"calls_for:{hit.permit}" not in situation.answers and hit.permit in day.permits:
            names = names_of(day.permits[hit.permit])
            yield (
                ask("reading", hit.permit, names),
                _answered_both_ways(situation, f"calls_for:{hit.permit}"),
            )
    for permit in _open_permits(situation, needs, day):
        held, none = (
            replace(situation, permits={**situation.permits, permit: PermitFact(standing)})
            for standing in (Standing.HELD, Standing.NONE)
        )
        yield ask("permit", permit, names_of(day.permits[permit])), (held, none)
    yield from _open_places(situation, needs, day)


def _answered_both_ways(situation: Situation, code: str) -> tuple[Situation, Situation]:
    yes, no = (replace(situation, answers={**situation.answers, code: answer}) for answer in (True, False))
    return yes, no


def _open_questions(situation: Situation, day: Day) -> Iterable[str]:
    """The questions of the operator's trades that nobody answered, in the trades' order."""
    wanted: dict[str, None] = {}
    for code in situation.trades:
        trade = day.trades.get(code)
        for row in day.trade_permits.get(code, ()):
            wanted.update(dict.fromkeys(part.partition("=")[0] for part in row.answers))
        for exemption in trade.exemptions if trade else ():
            if exemption in day.exemptions:
                wanted.update(
                    dict.fromkeys(part.partition("=")[0] for part in day.exemptions[exemption].answers)
                )
    return [code for code in wanted if code not in situation.answers and code in day.questions]


def _open_permits(situation: Situation, needs: Needs, day: Day) -> Iterable[str]:
    called = [need.permit for need in needs.needs if need.needed is not False]
    cards = [
        day.exemptions[code].permit
        for way in needs.freed
        for code in way.maybe
        if day.exemptions[code].needs == "holds"
    ]
    return [
        permit
        for permit in dict.fromkeys((*called, *cards))
        if situation.standing(permit, day.on) is Standing.UNKNOWN
    ]


def _open_places(
    situation: Situation, needs: Needs, day: Day
) -> Iterator[tuple[Ask, tuple[Situation, Situation]]]:
    """Whether somebody stands in a designated place is asked where that is open and would free them."""
    waiting = (code for way in needs.freed for code in way.maybe)
    if any(day.exemptions[code].needs == "designated" for code in waiting):
        yield ask("place", DESIGNATED), _answered_both_ways(situation, DESIGNATED)
