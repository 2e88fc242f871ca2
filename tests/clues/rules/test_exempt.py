"""Who is free by place and time: tried against a slow walk over every minute of a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.clues.rules import Kind, Licence, Situation, Standing, Tables, Where, classify
from gongzhi.clues.rules.exempt import in_ring
from gongzhi.packs import load_pack
from gongzhi.packs.clue_rows import DesignatedPlace
from tests.clues.rules.table import DAY

_CHINA = timezone(timedelta(hours=8))
_CITY = Tables.of(load_pack("dongguan"))
_MONDAY = datetime(2026, 9, 21, tzinfo=_CHINA)


def _market(weekdays: tuple[str, ...], opens: str, closes: str) -> DesignatedPlace:
    return DesignatedPlace(
        code="market",
        name_zh="集市",
        name_en="Market",
        area="441900003",
        outline=("113.0 23.0", "114.0 23.0", "114.0 24.0", "113.0 24.0"),
        weekdays=weekdays,
        opens=opens,
        closes=closes,
        exemptions=("designated_goods",),
        basis="测试用",
        verified=False,
        valid_from=date(2020, 1, 1),
        valid_to=None,
    )


def _seen(at: datetime | None, lon: float = 113.5, lat: float = 23.5) -> Situation:
    return Situation(
        trades=("farm_goods",),
        licence=Licence.NONE,
        otherwise=Standing.NONE,
        where=Where(area="441900003001", lon=lon, lat=lat, at=at),
    )


def _kind(place: DesignatedPlace, situation: Situation) -> Kind:
    of = replace(_CITY, designated_places=(place,))
    return classify(situation, of, DAY).kind


def _open_minutes(place: DesignatedPlace) -> set[tuple[int, int]]:
    """Every minute of the week (weekday, minute) that is open, by walking from each opening to its closing."""

    def minute(clock: str) -> int:
        return int(clock[:2]) * 60 + int(clock[3:])

    length = (minute(place.closes) - minute(place.opens)) % 1440 or 1440
    found = set()
    for weekday in range(1, 8):
        if place.weekdays and str(weekday) not in place.weekdays:
            continue
        start = minute(place.opens) if place.opens != place.closes else 0
        for offset in range(length):
            passed = start + offset
            found.add(((weekday - 1 + passed // 1440) % 7 + 1, passed % 1440))
    return found


_CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from("1234567"), max_size=4, unique=True).map(tuple),
    _CLOCKS,
    _CLOCKS,
    st.lists(st.integers(0, 7 * 1440 - 1), min_size=1, max_size=6),
)
def test_a_market_frees_in_its_hours_and_at_no_other_minute(weekdays, opens, closes, minutes) -> None:
    place = _market(weekdays, opens, closes)
    inside = _open_minutes(place)
    for passed in minutes:
        at = (_MONDAY + timedelta(minutes=passed)).astimezone(UTC)
        local = at.astimezone(_CHINA)
        expected = (local.isoweekday(), local.hour * 60 + local.minute) in inside
        assert (_kind(place, _seen(at)) is Kind.NOT_UNLICENSED) == expected


def test_outside_its_outline_a_market_frees_nobody() -> None:
    place = _market((), "00:00", "00:00")
    assert _kind(place, _seen(_MONDAY)) is Kind.NOT_UNLICENSED
    assert _kind(place, _seen(_MONDAY, lon=114.5)) is Kind.NO_LICENCE


def test_what_somebody_on_the_spot_says_comes_before_the_outline() -> None:
    place = _market((), "00:00", "00:00")
    beside = replace(_seen(_MONDAY, lon=114.5), answers={"designated_place": True})
    assert _kind(place, beside) is Kind.NOT_UNLICENSED


def test_a_city_that_entered_no_market_has_not_said_that_there_is_none() -> None:
    finding = classify(_seen(_MONDAY), _CITY, DAY)
    assert set(finding.possible) == {Kind.NO_LICENCE, Kind.NOT_UNLICENSED}
    assert [ask.kind for ask in finding.asks] == ["place"]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(-20, 120), st.integers(-20, 120), st.integers(1, 80), st.integers(1, 80), st.integers(0, 3)
)
def test_a_point_lies_in_a_box_when_its_coordinates_do(x, y, width, height, turn) -> None:
    ring = [(10.0, 10.0), (10.0 + width, 10.0), (10.0 + width, 10.0 + height), (10.0, 10.0 + height)]
    ring = [*ring[turn:], *ring[:turn]]
    point = (x + 0.5, y + 0.5)
    assert in_ring(ring, *point) == (10 < point[0] < 10 + width and 10 < point[1] < 10 + height)


def test_who_is_free_of_both_needs_no_permit_of_that_trade_either() -> None:
    """A trade that would call for a permit outside the designated place does not inside it."""
    trade = _CITY.day(DAY).trades["farm_goods"]
    row = next(row for row in _CITY.trade_permits if row.trade == "catering")
    of = replace(
        _CITY,
        designated_places=(_market((), "00:00", "00:00"),),
        trades=(
            *(one for one in _CITY.trades if one.code != "farm_goods"),
            replace(trade, permits=("P001",)),
        ),
        trade_permits=(*_CITY.trade_permits, replace(row, trade="farm_goods")),
    )
    assert classify(_seen(_MONDAY), of, DAY).kind is Kind.NOT_UNLICENSED
    assert classify(_seen(_MONDAY, lon=114.5), of, DAY).kind is Kind.NEITHER


def test_a_skill_that_calls_for_a_permit_is_not_free() -> None:
    """The law frees one person's skills that need no permit."""
    trade = _CITY.day(DAY).trades["mending"]
    row = next(row for row in _CITY.trade_permits if row.trade == "catering")
    of = replace(
        _CITY,
        trades=(*(one for one in _CITY.trades if one.code != "mending"), replace(trade, permits=("P001",))),
        trade_permits=(*_CITY.trade_permits, replace(row, trade="mending")),
    )
    alone = Situation(trades=("mending",), licence=Licence.NONE, otherwise=Standing.HELD, individual=True)
    assert classify(alone, of, DAY).kind is Kind.NO_LICENCE
    assert classify(alone, _CITY, DAY).kind is Kind.NOT_UNLICENSED
