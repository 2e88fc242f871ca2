"""Co-governed markets (共治市场): a manager reports what they find among the stalls, and sees that it has ended.

The manager is no administrative body: they see what they reported, and nothing of the file (74号 art. 24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import QuerySet

from gongzhi.clues.actions import Reported, report_clue
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.models import Market, MarketReport
from gongzhi.clues.rules.situation import Situation
from gongzhi.flow.errors import NotAllowedError
from gongzhi.flow.moment import Moment
from gongzhi.org.access import elevated
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role


def market_of(acting: Acting) -> Market:
    """The market that this post manages. Raises NotAllowedError for any other post."""
    market = Market.objects.filter(pk=acting.area).first() if acting.role is Role.MARKET_MANAGER else None
    if market is None:
        raise NotAllowedError("only a market's manager reports for it")
    return market


def report_from_market(
    stall: str,
    situation: Situation,
    words: str,
    *,
    sign: str = "",
    client_key: str = "",
    acting: Acting,
    moment: Moment,
    photos: Sequence[bytes] = (),
) -> Reported:
    """A market's manager reports a stall, inside the caller's transaction; `client_key` names the form it came by.

    Raises NotAllowedError, PhotoRefusedError.
    """
    market = market_of(acting)
    discovery = Discovery(
        source="market",
        source_ref=f"market:{client_key}" if client_key else market.code,
        area=market.area,
        found_on=moment.today,
        situation=replace(situation, where=replace(situation.where, area=market.area)),
        address=f"{market.address}{market.name}{stall}",
        sign=sign,
        words=words,
        facts={"market": market.code},
    )
    with elevated():
        reported = report_clue(discovery, acting=acting, moment=moment, photos=photos)
    MarketReport.objects.create(
        market=market.code,
        stall=stall[:120],
        words=words[:1000],
        reported_at=moment.at,
        clue_id=reported.case_id,
    )
    return reported


def reports_of_market(acting: Acting) -> QuerySet[MarketReport]:
    """What this market's manager has reported, latest first."""
    return MarketReport.objects.filter(market=acting.area).order_by("-id")
