"""What a clue is: the law's table, read with everything that is known and nothing that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongzhi.clues.rules.asking import asks_for
from gongzhi.clues.rules.decisions import columns_of, lines_for
from gongzhi.clues.rules.findings import Duty, Finding, Kind, Reason
from gongzhi.clues.rules.needs import Need, Needs, needs_of
from gongzhi.clues.rules.said import names_of, reason
from gongzhi.clues.rules.situation import Licence, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from gongzhi.clues.rules.situation import Situation
    from gongzhi.clues.rules.tables import Day, Tables
    from gongzhi.packs.clue_rows import ClueDecision

_ORDER = (Kind.NEITHER, Kind.NO_PERMIT, Kind.NO_LICENCE, Kind.NOT_FILED, Kind.NOT_UNLICENSED)
DECISIONS = "1"
"""Changes with the way the table is read, so that the journal names how a class was found."""


def classify(situation: Situation, tables: Tables, on: date) -> Finding:
    """Which class of Decree 684 a clue is, with reasons, articles, and what to find out where it cannot be told.

    A permit that expired or was withdrawn counts as none (市场主体登记管理条例实施细则); a missing filing is never a
    missing permit. Raises NoDecisionError where the pack's table has no line for the day.
    """
    day = tables.day(on)
    needs = needs_of(situation, day)
    lines = lines_for(columns_of(needs), day)
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
        asks=tuple(asks_for(situation, needs, day)) if len(possible) > 1 else (),
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


_STAGES = {
    "pre": ("前置许可", "before registration"),
    "post": ("后置许可", "after registration"),
    "filing": ("备案", "a filing"),
}


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
    names, stage = names_of(permit), _STAGES[permit.stage]
    if need.needed is None:
        return reason("need_open", names, stage)
    if need.filing and need.missing:
        return reason("filing_missing", names)
    return reason(_PERMIT_REASONS[need.standing], names, stage)


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
