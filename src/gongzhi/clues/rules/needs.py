"""What an operator's activities call for, and whether it is there. Each answer is yes, no, or not known (None)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gongzhi.clues.rules.exempt import Freed, freed
from gongzhi.clues.rules.knowing import Tri, all_of, answered, any_of, negated
from gongzhi.clues.rules.situation import Licence, Standing

if TYPE_CHECKING:
    from gongzhi.clues.rules.situation import Situation
    from gongzhi.clues.rules.tables import Day

ABSENT = frozenset({Standing.NONE, Standing.EXPIRED, Standing.REVOKED})


@dataclass(frozen=True, slots=True)
class Need:
    """A permit or filing that some activity calls for. `lead`: it comes first for its trade."""

    permit: str
    needed: Tri
    missing: Tri
    standing: Standing
    lead: bool
    filing: bool
    act: str


@dataclass(frozen=True, slots=True)
class Needs:
    """Everything an operator's activities call for. `known` is False where nobody could tell the trade."""

    needs: tuple[Need, ...]
    licence_needed: Tri
    licence_missing: Tri
    freed: tuple[Freed, ...]
    known: bool

    def missing(self, *, filing: bool) -> Tri:
        """Whether a permit (or a filing) is needed and not there."""
        said = any_of(need.missing for need in self.needs if need.filing is filing)
        # An activity that nobody could name may call for a permit; no list of ours speaks of it.
        return None if said is False and not self.known and not filing else said


def _licence_held(licence: Licence) -> Tri:
    if licence is Licence.HELD:
        return True
    return None if licence in {Licence.UNKNOWN, Licence.CLAIMED} else False


def _permit_missing(needed: Tri, standing: Standing) -> Tri:
    absent = None if standing is Standing.UNKNOWN else standing in ABSENT
    return all_of((needed, absent))


def needs_of(situation: Situation, day: Day) -> Needs:
    """What the trades and the words of the description call for on that day, beside what is there."""
    trades = [day.trades[code] for code in situation.trades if code in day.trades]
    ways = [freed(trade, situation, day) for trade in trades]
    called: dict[str, list[Tri]] = {}
    leads: set[str] = set()
    acts: dict[str, str] = {}
    for trade, way in zip(trades, ways, strict=True):
        rows = [row for row in day.trade_permits.get(trade.code, ()) if row.permit in day.permits]
        wanted = [(row, answered(row.answers, situation.answers)) for row in rows]
        for row, condition in wanted:
            called.setdefault(row.permit, []).append(all_of((condition, negated(way.both))))
            acts.setdefault(row.permit, row.act)
        first = next((row.permit for row, condition in wanted if condition is not False), None)
        if first:
            leads.add(first)
    all_free = all_of(way.both for way in ways) if ways else False
    for hit in situation.matched:
        if hit.permit in day.permits:
            sure = True if hit.sure else situation.answers.get(f"calls_for:{hit.permit}")
            called.setdefault(hit.permit, []).append(all_of((sure, negated(all_free))))
            if not trades and sure is not False:
                leads.add(hit.permit)
    needs = []
    for permit, parts in called.items():
        needed, standing = any_of(parts), situation.standing(permit, day.on)
        needs.append(
            Need(
                permit=permit,
                needed=needed,
                missing=_permit_missing(needed, standing),
                standing=standing,
                lead=permit in leads,
                filing=day.permits[permit].stage == "filing",
                act=situation.act or acts.get(permit, ""),
            )
        )
    # A trade that is none of ours still has to be registered: that is the rule, exemption its exception.
    licence_needed = any_of(negated(way.licence) for way in ways) if ways else True
    held = _licence_held(situation.licence)
    return Needs(
        needs=tuple(needs),
        licence_needed=licence_needed,
        licence_missing=all_of((licence_needed, negated(held))),
        freed=tuple(ways),
        known=bool(trades or situation.matched) and len(trades) == len(situation.trades),
    )
