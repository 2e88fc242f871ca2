"""What a clue is: the law's table, read with everything that is known and nothing that is not."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from gongzhi.clues.rules.exempt import DESIGNATED
from gongzhi.clues.rules.findings import Ask, Duty, Finding, Kind, Reason
from gongzhi.clues.rules.needs import Need, Needs, needs_of
from gongzhi.clues.rules.said import ask, reason
from gongzhi.clues.rules.situation import Licence, PermitFact, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from gongzhi.clues.rules.knowing import Tri
    from gongzhi.clues.rules.situation import Situation
    from gongzhi.clues.rules.tables import Day, Tables
    from gongzhi.packs.clue_rows import ClueDecision
    from gongzhi.packs.rows import Permit

_ORDER = (Kind.NEITHER, Kind.NO_PERMIT, Kind.NO_LICENCE, Kind.NOT_FILED, Kind.NOT_UNLICENSED)
DECISIONS = "1"
"""Changes with the way the table is read, so that the journal names how a class was found."""


class NoDecisionError(LookupError):
    """No line of the table speaks of such a case on that day."""


def classify(situation: Situation, tables: Tables, on: date) -> Finding:
    """Which class of Decree 684 a clue is, with reasons, articles, and what to find out where it cannot be told.

    A permit that expired or was withdrawn counts as none (市场主体登记管理条例实施细则); a missing filing is never a
    missing permit. Raises NoDecisionError where the pack's table has no line for the day.
    """
    day = tables.day(on)
    needs = needs_of(situation, day)
    lines = _lines(_columns(needs), day)
    possible = tuple(kind for kind in _ORDER if any(line.kind == kind for line in lines))
    kind = possible[0] if len(possible) == 1 else Kind.UNKNOWN
    return Finding(
        kind=kind,
        possible=possible,
        called=tuple(need.permit for need in needs.needs if not need.filing and need.needed is not False),
        missing=_permits(needs, missing=True),
        may_miss=_permits(needs, missing=None),
        filings=tuple(need.permit for need in needs.needs if need.filing and need.missing),
        reasons=tuple(_reasons(situation, needs, day)),
        articles=tuple(dict.fromkeys(_articles(needs, lines, day))),
        asks=tuple(_asks(situation, needs, day)) if len(possible) > 1 else (),
        duties=tuple(_duties(situation, needs)),
        version=f"{DECISIONS}/{tables.version}",
        verified=_verified(situation, needs, lines, day),
    )


def _permits(needs: Needs, *, missing: bool | None) -> tuple[str, ...]:
    return tuple(need.permit for need in needs.needs if not need.filing and need.missing is missing)


def _articles(needs: Needs, lines: tuple[ClueDecision, ...], day: Day) -> Iterator[str]:
    """The law's table, the laws that call for what is missing, and those that free somebody."""
    for line in lines:
        yield from line.articles
    yield from (day.permits[need.permit].basis for need in needs.needs if need.missing)
    yield from (day.exemptions[code].basis for way in needs.freed for code in way.by)


def _columns(needs: Needs) -> tuple[Tri, Tri, Tri]:
    """What is missing: a permit, the licence, a filing."""
    return needs.missing(filing=False), needs.licence_missing, needs.missing(filing=True)


def _lines(columns: tuple[Tri, ...], day: Day) -> tuple[ClueDecision, ...]:
    """Every line of the table that what is known allows."""
    found = []
    for case in product(*(_either(column) for column in columns)):
        line = next((line for line in day.decisions if _speaks_of(line, case)), None)
        if line is None:
            raise NoDecisionError(f"the table of classes has no line for {case} on {day.on}")
        found.append(line)
    return tuple(dict.fromkeys(found))


def _either(missing: Tri) -> tuple[str, ...]:
    return ("missing", "in_order") if missing is None else ("missing" if missing else "in_order",)


def _speaks_of(line: ClueDecision, case: tuple[str, ...]) -> bool:
    return all(
        said in {"any", state}
        for said, state in zip((line.permits, line.licence, line.filings), case, strict=True)
    )


_STAGES = {
    "pre": ("前置许可", "before registration"),
    "post": ("后置许可", "after registration"),
    "filing": ("备案", "a filing"),
}


def _names(permit: Permit) -> tuple[str, str]:
    return permit.name_zh, permit.name_en


_PERMIT_REASONS = {
    Standing.NONE: "permit_missing",
    Standing.EXPIRED: "permit_expired",
    Standing.REVOKED: "permit_revoked",
    Standing.HELD: "permit_held",
    Standing.UNKNOWN: "permit_open",
}
_LICENCE_REASONS = {
    Licence.HELD: "licence_held",
    Licence.NONE: "licence_none",
    Licence.CANCELLED: "licence_cancelled",
    Licence.REVOKED: "licence_revoked",
    Licence.CLAIMED: "licence_claimed",
    Licence.UNKNOWN: "licence_open",
}


def _reasons(situation: Situation, needs: Needs, day: Day) -> Iterator[Reason]:
    if not needs.known:
        yield reason("trade_unknown")
    for way in needs.freed:
        for code in (*way.by, *way.maybe):
            row = day.exemptions[code]
            yield reason("exempt" if code in way.by else "maybe_exempt", (row.name_zh, row.name_en))
    called = [need for need in needs.needs if need.needed is not False]
    for need in called:
        yield _about(need, day)
    if needs.known and not any(not need.filing for need in called):
        yield reason("no_permit_needed")
    if needs.licence_needed is not False:
        yield reason(_LICENCE_REASONS[situation.licence])


def _about(need: Need, day: Day) -> Reason:
    permit = day.permits[need.permit]
    names, stage = _names(permit), _STAGES[permit.stage]
    if need.needed is None:
        return reason("need_open", names, stage)
    if need.filing and need.missing:
        return reason("filing_missing", names)
    return reason(_PERMIT_REASONS[need.standing], names, stage)


def _asks(situation: Situation, needs: Needs, day: Day) -> Iterator[Ask]:
    """What would bring the answer nearer: each open fact is tried both ways, and asked when either way settles
    something on which the class hangs."""
    if not needs.known:
        yield ask("trade")
    hanging = _hanging(_columns(needs), day)
    open_now = _open_parts(needs, hanging)
    for question, ways in _open_facts(situation, needs, day):
        if any(_open_parts(needs_of(way, day), hanging) < open_now for way in ways):
            yield question


def _hanging(columns: tuple[Tri, ...], day: Day) -> tuple[bool, ...]:
    """For each column of the table whether it is open and settling it would leave fewer classes."""
    possible = {line.kind for line in _lines(columns, day)}
    found = []
    for place, column in enumerate(columns):
        ways = [(*columns[:place], way, *columns[place + 1 :]) for way in (True, False)]
        fewer = any({line.kind for line in _lines(way, day)} < possible for way in ways)
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
            names = _names(day.permits[hit.permit])
            yield (
                ask("reading", hit.permit, names),
                _answered_both_ways(situation, f"calls_for:{hit.permit}"),
            )
    for permit in _open_permits(situation, needs, day):
        held, none = (
            replace(situation, permits={**situation.permits, permit: PermitFact(standing)})
            for standing in (Standing.HELD, Standing.NONE)
        )
        yield ask("permit", permit, _names(day.permits[permit])), (held, none)
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


def _duties(situation: Situation, needs: Needs) -> Iterator[Duty]:
    """Whose permit lapsed has to have the registered scope changed by a limit that the law sets."""
    if situation.licence is not Licence.HELD:
        return
    for need in needs.needs:
        if need.standing in {Standing.EXPIRED, Standing.REVOKED} and need.needed and not need.filing:
            fact = situation.permits.get(need.permit)
            until = fact.until if fact else None
            yield Duty(
                code="change_scope",
                limit="registry.change_after_lapse",
                since=until.isoformat() if until else "",
                zh="许可失效的，应当自失效之日起在规定期限内申请变更登记",
                en="After a permit lapsed the registered scope has to be changed within the limit",
            )


def _verified(situation: Situation, needs: Needs, lines: tuple[ClueDecision, ...], day: Day) -> bool:
    """Whether every row that the answer rests on was compared with its source."""
    used = {need.permit for need in needs.needs if need.needed is not False}
    rows: list[object] = [line.verified for line in lines]
    rows += [day.permits[permit].verified for permit in used]
    rows += [
        row.verified
        for trade in situation.trades
        for row in day.trade_permits.get(trade, ())
        if row.permit in used
    ]
    rows += [day.exemptions[code].verified for way in needs.freed for code in (*way.by, *way.maybe)]
    return all(rows)
