"""Whose a clue is: the law that names somebody, the permit's department, the trade's, or the market regulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongzhi.clues.rules.findings import Kind, Party, Responsibility
from gongzhi.clues.rules.said import reason
from gongzhi.clues.rules.shares import Share, shares_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from gongzhi.clues.rules.findings import Finding, Mode, Reason, Unclear
    from gongzhi.clues.rules.situation import Situation
    from gongzhi.clues.rules.tables import Day, Tables

DUTIES = "1"
"""Changes with the way the duty rules are read, so that the journal names how a department was found."""
_LOCAL = frozenset({"town", "city"})


def responsible(finding: Finding, situation: Situation, tables: Tables, on: date) -> Responsibility:
    """Which departments act on a clue, in which way, and by which step of the duty rules.

    Where the class is open but every class that is possible leads to the same departments, they are named all the
    same. A new trade, several departments of which none leads, nobody at all, or an open class that matters leave
    it to the town, above which the city or the area designates (广东省市场监管条例 第8条、第41条).
    """
    day = tables.day(on)
    answers = [_answer(kind, finding, situation, day) for kind in finding.possible]
    first = answers[0]
    if all(_same(first, other) for other in answers[1:]):
        return first
    return _undecided(answers)


def _same(one: Responsibility, other: Responsibility) -> bool:
    """Whether it makes no difference to anybody which of two classes it is."""
    return _acting(one) == _acting(other)


def _acting(answer: Responsibility) -> tuple[object, ...]:
    acting = {
        (party.function, party.department, party.role) for party in answer.parties if party.role != "told"
    }
    first = answer.receives.function if answer.receives else ""
    return frozenset(acting), first, answer.mode, answer.certainty, answer.unclear


def _answer(kind: Kind, finding: Finding, situation: Situation, day: Day) -> Responsibility:
    if kind is Kind.NOT_UNLICENSED:
        return Responsibility(
            parties=(),
            mode="none",
            step="none",
            certainty="sure",
            unclear="",
            decides="",
            designates="",
            articles=(),
            reasons=(reason("act_nobody"),),
            version=_version(day),
            verified=True,
        )
    shares = shares_of(kind, finding, situation, day)
    parties = _parties(shares, finding, situation, day)
    unclear = _unclear(shares, parties, finding, situation, day)
    handling = {party.function for party in parties if party.role == "handles"}
    mode = _mode(shares, handling)
    return Responsibility(
        parties=parties,
        mode=mode,
        step=shares[0].rule.applies if shares else "none",
        certainty="unclear" if unclear else "sure",
        unclear=unclear,
        decides="town" if unclear else "",
        designates=shares[0].rule.designates if shares else "",
        articles=tuple(dict.fromkeys(article for share in shares for article in share.articles)),
        reasons=tuple(dict.fromkeys(_reasons(shares, parties, mode, unclear, day))),
        version=_version(day),
        verified=all(share.verified for share in shares),
    )


def _version(day: Day) -> str:
    return f"{DUTIES}/{day.version}"


def _undecided(answers: Sequence[Responsibility]) -> Responsibility:
    """Nobody can be told yet: everybody who might be is a candidate, once."""
    candidates: dict[tuple[str, str, str], Party] = {}
    for party in (party for answer in answers for party in answer.parties):
        candidates.setdefault((party.function, party.department, party.role), party)
    unclear: Unclear = (
        "new_trade" if any(answer.unclear == "new_trade" for answer in answers) else "class_open"
    )
    return Responsibility(
        parties=tuple(candidates.values()),
        mode="none",
        step="none",
        certainty="unclear",
        unclear=unclear,
        decides="town",
        designates=next((answer.designates for answer in answers if answer.designates), ""),
        articles=tuple(dict.fromkeys(article for answer in answers for article in answer.articles)),
        reasons=(reason(f"unclear_{unclear}"),),
        version=answers[0].version,
        verified=all(answer.verified for answer in answers),
    )


def _parties(shares: Sequence[Share], finding: Finding, situation: Situation, day: Day) -> tuple[Party, ...]:
    """Who asks, who acts and who is told, the leading ones first; each once, with everything it acts on."""
    found: dict[tuple[str, str, str], list[str]] = {}
    handling = {function for share in shares for function in share.functions}
    area = situation.where.area
    for share in shares:
        if share.asked_by:
            _add(found, (share.asked_by, "requests"), share.permit, area, day)
        role = "told" if share.rule.who == "filing" else "handles"
        for function in share.functions:
            _add(found, (function, role), share.permit, area, day, share.rule.who)
    told = [permit for share in shares if (permit := share.permit)] + list(finding.filings)
    for permit in dict.fromkeys(told):
        for function in day.permits[permit].departments:
            asking = any(share.asked_by == function for share in shares)
            if function not in handling and not asking:
                _add(found, (function, "told"), permit, area, day)
    return tuple(
        Party(function, department, role, tuple(permits))  # type: ignore[arg-type]
        for (function, department, role), permits in found.items()
    )


def _add(
    found: dict[tuple[str, str, str], list[str]],
    part: tuple[str, str],
    permit: str,
    area: str,
    day: Day,
    who: str = "",
) -> None:
    function, role = part
    permits = found.setdefault((function, local_department(function, permit, area, day, who), role), [])
    if permit and permit not in permits:
        permits.append(permit)


def local_department(function: str, permit: str, area: str, day: Day, who: str = "") -> str:
    """Who does here what the law calls `function`: the town's own routing first, then the city's departments.

    By a rule whose `who` is `supervising` it is whoever supervises the permit; a bureau that only approves never gets
    a clue, whatever the routing says. Where the answer is an authority above the city, the local department that
    receives the permit's notices stands in for it, because a clue has to lie with somebody who can be reached. Empty
    where nobody is known.
    """
    covering = day.covering.get(function)
    department = covering.code if covering else ""
    route = day.route(permit, area) if permit else None
    if route is None:
        return department
    routed = route.supervising if who == "supervising" else route.enforcement
    named = day.permits[permit].enforcement
    if function in named and len(named) == len(routed):
        there = routed[named.index(function)]
        department = department if there in day.approval_bureaus else there
    if day.department_levels.get(department, "") not in _LOCAL:
        return next(iter(route.notice), department)
    return department


def _mode(shares: Sequence[Share], handling: set[str]) -> Mode:
    modes = {share.mode for share in shares}
    if not shares:
        return "none"
    if len(modes) == 1 and len({share.functions for share in shares}) == 1:
        return shares[0].mode
    return "single" if len(handling) == 1 else "each"


def _unclear(
    shares: Sequence[Share], parties: Sequence[Party], finding: Finding, situation: Situation, day: Day
) -> Unclear:
    if not any(party.department for party in parties):
        return "none" if _known(situation, day) else "new_trade"
    emerging = any(day.trades[code].emerging for code in situation.trades if code in day.trades)
    if not finding.missing and (emerging or not _known(situation, day)):
        return "new_trade"
    if any(share.act_open for share in shares):
        return "act_open"
    firsts = {share.receives for share in shares}
    leading = {share.receives for share in shares if share.lead}
    if len(firsts) > 1 and not finding.missing and any(share.permit for share in shares):
        return "class_open"
    return "several" if len(leading or firsts) > 1 else ""


def _known(situation: Situation, day: Day) -> bool:
    return bool(situation.matched or situation.trades) and all(
        code in day.trades for code in situation.trades
    )


_WHO = {
    "named": "act_special_law",
    "licensing": "act_permit",
    "supervising": "act_supervising",
    "industry": "act_industry",
    "market": "act_market",
    "filing": "act_filing",
}


def _reasons(
    shares: Sequence[Share], parties: Sequence[Party], mode: Mode, unclear: Unclear, day: Day
) -> Iterator[Reason]:
    for share in shares:
        yield reason(_WHO[share.rule.who])
    if mode != "none":
        yield reason(f"share_{mode}")
    for party in parties:
        covering = day.covering.get(party.function)
        if covering is not None and covering.level not in _LOCAL and party.role != "told":
            yield reason("higher_authority")
    if unclear:
        yield reason(f"unclear_{unclear}")
