"""What an operator's activities call for, and whether it is there. Each answer is yes, no, or not known (None)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gongzhi.clues.rules.exempt import Freed, freed, freed_by_permit
from gongzhi.clues.rules.knowing import Tri, all_of, answered, any_of, negated
from gongzhi.clues.rules.situation import Licence, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gongzhi.clues.rules.situation import Situation
    from gongzhi.clues.rules.tables import Day

ABSENT = frozenset({Standing.NONE, Standing.EXPIRED, Standing.REVOKED})


@dataclass(frozen=True, slots=True)
class Need:
    """A permit or filing that some activity calls for or may call for."""

    permit: str
    needed: Tri
    missing: Tri
    standing: Standing
    filing: bool


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


def needs_of(situation: Situation, day: Day) -> Needs:
    """What the trades and the words of the description call for on that day, beside what is there."""
    trades = [day.trades[code] for code in situation.trades if code in day.trades]
    ways = tuple(freed(trade, situation, day) for trade in trades)
    called: dict[str, list[Tri]] = {}
    for way in ways:
        for row in day.trade_permits.get(way.trade, ()):
            if row.permit in day.permits:
                condition = answered(row.answers, situation.answers)
                called.setdefault(row.permit, []).append(all_of((condition, negated(way.both))))
    registered = [negated(way.licence) for way in ways]
    for permit, said in _read(situation, day):
        # Words name what is really sold there: an exemption of the trade does not reach beyond the trade, and a
        # question that somebody answered with no is not overruled by them.
        if any_of(called.get(permit, [None])) is not False:
            called.setdefault(permit, []).append(said)
        if not any(permit in trade.permits for trade in trades):
            to_register = negated(freed_by_permit(permit, situation, day))
            # Beside a trade a doubtful reading may be nothing; alone it is a trade all the same, of whatever kind.
            alone = to_register if said else any_of((to_register, None))
            registered.append(all_of((said, to_register)) if trades else alone)
    # A trade that is none of ours still has to be registered: that is the rule, exemption its exception.
    licence_needed = any_of(registered) if registered else True
    return Needs(
        needs=tuple(_need(permit, any_of(parts), situation, day) for permit, parts in called.items()),
        licence_needed=licence_needed,
        licence_missing=all_of((licence_needed, negated(_licence_held(situation.licence)))),
        freed=ways,
        known=bool(registered) and len(trades) == len(situation.trades),
    )


def _read(situation: Situation, day: Day) -> Iterator[tuple[str, Tri]]:
    """The permits that the description's words call for, doubtful readings as somebody settled them."""
    for hit in situation.matched:
        said = True if hit.sure else situation.answers.get(f"calls_for:{hit.permit}")
        if said is not False and hit.permit in day.permits:
            yield hit.permit, said


def _need(permit: str, needed: Tri, situation: Situation, day: Day) -> Need:
    standing = situation.standing(permit, day.on)
    absent = None if standing is Standing.UNKNOWN else standing in ABSENT
    filing = day.permits[permit].stage == "filing"
    return Need(permit, needed, all_of((needed, absent)), standing, filing)


def _licence_held(licence: Licence) -> Tri:
    if licence is Licence.HELD:
        return True
    return None if licence in {Licence.UNKNOWN, Licence.CLAIMED} else False
