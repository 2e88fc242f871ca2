"""Each missing permit, or the want of a licence, with the departments that act on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gongzhi.clues.rules.findings import Kind
from gongzhi.clues.rules.knowing import answered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gongzhi.clues.rules.findings import Finding, Mode
    from gongzhi.clues.rules.situation import Situation
    from gongzhi.clues.rules.tables import Day
    from gongzhi.packs.clue_rows import DutyRule, TradePermit


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Who acts on one permit (or, without one, on the want of a licence), and by which rule.

    `lead`: it comes first for its trade. `asked_by`: the function at whose request the others act. `act_open`: the
    law divides the duty by an act that nobody named yet.
    """

    functions: tuple[str, ...]
    mode: Mode
    rule: DutyRule
    permit: str = ""
    lead: bool = False
    asked_by: str = ""
    act_open: bool = False
    articles: tuple[str, ...]
    verified: bool

    @property
    def receives(self) -> str:
        """The function that gets the clue first."""
        return self.asked_by or self.functions[0]


def shares_of(kind: Kind, finding: Finding, situation: Situation, day: Day) -> tuple[Share, ...]:
    """The shares of a clue of one class, the leading ones first."""
    rules: dict[str, DutyRule] = {rule.applies: rule for rule in day.duty_rules.get(kind.value, ())}
    shares = list(_shares(kind, finding, situation, day, rules))
    return tuple(sorted(shares, key=lambda share: not share.lead))


def _shares(
    kind: Kind, finding: Finding, situation: Situation, day: Day, rules: Mapping[str, DutyRule]
) -> Iterator[Share]:
    if kind is Kind.NOT_FILED:
        yield from _filings(finding, day, rules)
        return
    if kind in {Kind.NO_PERMIT, Kind.NEITHER}:
        lacking = finding.missing or finding.may_miss
        leads = _leads(situation, lacking, day)
        for permit in lacking:
            share = _of_permit(permit, kind, situation, day, rules)
            if share is not None:
                yield replace(share, lead=permit in leads)
        if lacking:
            return
    yield from _without_permit(finding, situation, day, rules)


def _leads(situation: Situation, lacking: tuple[str, ...], day: Day) -> frozenset[str]:
    """The missing permits that come first for a trade: whoever answers for them leads."""
    if len(lacking) == 1:
        return frozenset(lacking)
    firsts = [
        next((row.permit for row in day.trade_permits.get(code, ()) if _called(row, situation)), "")
        for code in situation.trades
    ]
    return frozenset(permit for permit in firsts if permit in lacking)


def _called(row: TradePermit, situation: Situation) -> bool:
    return answered(row.answers, situation.answers) is not False


def _of_permit(
    code: str, kind: Kind, situation: Situation, day: Day, rules: Mapping[str, DutyRule]
) -> Share | None:
    permit = day.permits[code]
    named = rules.get("law") if permit.enforcement_basis else None
    rule = named or rules.get("permit")
    if rule is None:
        return None
    articles = (permit.enforcement_basis, *rule.articles) if named else rule.articles
    verified = rule.verified and (permit.enforcement_verified or named is None) and permit.verified
    functions, mode, act_open = permit.enforcement, permit.enforcement_mode, False
    if mode == "split":
        chosen = _by_act(code, kind, situation, day)
        functions, act_open = chosen or functions, not chosen
    if mode == "either" and situation.found_by in functions:
        functions = (situation.found_by, *(other for other in functions if other != situation.found_by))
    return Share(
        functions=functions,
        mode=mode,
        rule=rule,
        permit=code,
        asked_by=permit.departments[0] if mode == "on_request" else "",
        act_open=act_open,
        articles=articles,
        verified=verified,
    )


def _by_act(code: str, kind: Kind, situation: Situation, day: Day) -> tuple[str, ...]:
    """Who acts on what was done: on what somebody named, what such a trade does, or what is missing."""
    acts = {"no_permit"} | ({"no_licence"} if kind is Kind.NEITHER else set())
    if situation.act:
        acts.add(situation.act)
    else:
        acts |= {
            row.act
            for trade in situation.trades
            for row in day.trade_permits.get(trade, ())
            if row.permit == code
        }
    return tuple(dict.fromkeys(row.function for row in day.acts.get(code, ()) if row.act in acts))


def _filings(finding: Finding, day: Day, rules: Mapping[str, DutyRule]) -> Iterator[Share]:
    rule = rules.get("any")
    if rule is None:
        return
    for index, code in enumerate(finding.filings):
        permit = day.permits[code]
        yield Share(
            functions=permit.departments,
            mode="each" if len(permit.departments) > 1 else "single",
            rule=rule,
            permit=code,
            lead=index == 0,
            articles=rule.articles,
            verified=rule.verified and permit.verified,
        )


def _without_permit(
    finding: Finding, situation: Situation, day: Day, rules: Mapping[str, DutyRule]
) -> Iterator[Share]:
    """Only the licence is missing: the trade's own department where the city says so and no permit is called for
    (who holds the permit and lacks the licence is the market regulator's), otherwise the market regulator."""
    rule = None if finding.called else rules.get("industry")
    trades = [day.trades[code] for code in situation.trades if code in day.trades]
    industries = dict.fromkeys(trade.industry for trade in trades if trade.industry)
    if rule is not None and industries:
        for function in industries:
            yield _plain(function, rule, all(trade.verified for trade in trades))
        return
    rule = rules.get("any")
    if rule is not None:
        yield _plain("market", rule, verified=True)


def _plain(function: str, rule: DutyRule, verified: bool) -> Share:
    return Share(
        functions=(function,),
        mode="single",
        rule=rule,
        articles=rule.articles,
        verified=rule.verified and verified,
    )
