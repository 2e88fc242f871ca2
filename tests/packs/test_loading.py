"""What reading a pack promises, tried on copies with one fault each."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gongzhi.packs
from gongzhi.packs import PackError, cities, in_force, load_pack
from gongzhi.packs.rows import Limit

SHIPPED = Path(gongzhi.packs.__file__).parent


@pytest.fixture
def root(tmp_path):
    """A copy of two cities and the national tables, to be spoilt."""
    for name in ("national", "dongguan", "zhuhai"):
        shutil.copytree(SHIPPED / name, tmp_path / name)
    return tmp_path


def _spoil(file: Path, old: str, new: str) -> int:
    """Replaces the first `old`; returns its line."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def _problems(root: Path, city: str = "dongguan") -> tuple[str, ...]:
    with pytest.raises(PackError) as caught:
        load_pack(city, root)
    return caught.value.problems


def test_an_unspoilt_copy_equals_the_shipped_pack(root):
    assert load_pack("dongguan", root) == load_pack("dongguan")
    assert cities(root) == ("dongguan", "zhuhai")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("national/permits.csv", ",police,公安,", ",polise,公安,", "department 'polise' is unknown"),
        ("national/permits.csv", ",post,", ",after,", "stage: 'after' is not one of"),
        ("national/permits.csv", "Drug production permit", "药品生产许可", "holds Chinese"),
        ("national/permits.csv", "Drug production permit", "", "name_en is blank"),
        ("national/permits.csv", ",20,working_days,", ",20,,", "go together"),
        ("national/permits.csv", ",20,working_days,", ",twenty,working_days,", "limit_days"),
        (
            "national/permits.csv",
            ",non_scope,equipment,",
            ",non_scope,,",
            "trigger_by is for every non_scope",
        ),
        ("national/permits.csv", ",culture|market,either,", ",culture|market,single,", "mode single names 2"),
        ("national/permits.csv", ",culture|market,either,", ",culture,either,", "mode either needs two"),
        (
            "national/permits.csv",
            ",culture|market,either,",
            ",culture|culture,either,",
            "empty or repeated part",
        ),
        ("national/permits.csv", ",province|state,", ",province|nation,", "tier 'nation' is unknown"),
        ("national/permits.csv", ",市场监管,", ", 市场监管,", "begins or ends with a space"),
        ("national/permits.csv", "School and staff canteens need it too", "", "note_en is blank beside"),
        ("national/limits.csv", "visit.first,", "notice.push,", "already holds from line"),
        ("national/limits.csv", ",10,working_days,", ",10,workdays,", "'workdays' is not one of"),
        ("national/limits.csv", ",yes,2017-10-01,", ",maybe,2017-10-01,", "neither yes nor no"),
        ("national/limits.csv", ",2017-10-01,", ",1 October 2017,", "is not a date"),
        ("national/limits.csv", ",2017-10-01,", ",2017-10-01,2017-10-01", "is not after valid_from"),
        ("national/limits.csv", ",2017-10-01,", ",2017-10-01,,x", "12 cells for 11 columns"),
        ("national/visit_items.csv", ",visit.first,", ",visit.never,", "limit 'visit.never' is unknown"),
        ("national/visit_items.csv", ",P009,", ",P999,", "permit 'P999' is unknown"),
        ("national/visit_items.csv", ",equipment,lift,", ",equipment,,", "applies_to is for permit"),
        ("national/visit_choices.csv", "lift,1,", "elevator,1,", "item 'elevator' is unknown"),
        ("national/trades.csv", ",P024,", ",P924,", "permit 'P924' is unknown"),
        ("national/trades.csv", ",P024,", ",P024|P025,", "does not say when P025 is called for"),
        ("national/trades.csv", ",stall_card,", ",stall_cart,", "exemption 'stall_cart' is unknown"),
        ("national/trades.csv", ",transport,", ",transprot,", "function 'transprot' is unknown"),
        ("national/trade_permits.csv", "tobacco_retail,P024", "tobacco,P024", "trade 'tobacco' is unknown"),
        ("national/trade_permits.csv", "tobacco_retail,P024", "tobacco_retail,P025", "does not list P025"),
        (
            "national/trade_permits.csv",
            "crowd_premises=yes",
            "crowd_premises=maybe",
            "is not question=yes or question=no",
        ),
        ("national/trade_permits.csv", "crowd_premises=yes", "crowds=yes", "is not question=yes"),
        ("national/exemptions.csv", ",holds,P007,", ",holds,,", "needs holds names no permit"),
        ("national/exemptions.csv", ",end_point=yes,", ",,", "answers are for needs answers"),
        ("national/clue_decisions.csv", "in_order,missing,any", "in_order,any,any", "2 lines speak of"),
        ("national/clue_decisions.csv", "missing,missing,any", "missing,missing,missing", "0 lines speak of"),
        (
            "national/enforcement_acts.csv",
            "P089,sale",
            "P024,sale",
            "permit 'P024' is not divided by the act",
        ),
        ("national/enforcement_acts.csv", "P089,sale,emergency", "P089,sale,fire", "'fire' does not act"),
        ("national/treatments.csv", "police,", "policed,", "clue_result 'policed' is unknown"),
        ("national/treatments.csv", ",clue.relapse,", ",clue.relaps,", "limit 'clue.relaps' is unknown"),
        ("national/treatments.csv", ",no_licence|neither,", ",no_license,", "class 'no_license' is unknown"),
        ("national/objection_evidence.csv", "exempt,site", "exempted,site", "clue_objection 'exempted'"),
        ("national/hazards.csv", ",ordinary,no,", ",ordinary,yes,", "an ordinary hazard bypasses nothing"),
        ("national/hazards.csv", ",P103,", ",P903,", "permit 'P903' is unknown"),
        ("dongguan/duty_rules.csv", ",market,", ",bazaar,", "who: 'bazaar' is not one of"),
        ("national/functions.csv", "tobacco,", "market,", "listed twice"),
        ("dongguan/departments.csv", ",tobacco,", ",tobaco,", "function 'tobaco' is unknown"),
        ("dongguan/departments.csv", ",water|drainage,", ",water,", "nobody covers 'drainage'"),
        ("dongguan/departments.csv", ",water|drainage,", ",water|drainage|gas,", "already holds from line"),
        ("dongguan/sections.csv", "police,town,", "militia,town,", "department 'militia' is unknown"),
        ("dongguan/sections.csv", "police,town,", "police,area,", "has no counties"),
        ("dongguan/routing.csv", "P001,,market", "P001,,bazaar", "department 'bazaar' is unknown"),
        ("dongguan/routing.csv", "P002,,", "P002,441900110,", "no general row for P002"),
        ("dongguan/routing.csv", "P002,,", "P002,441900999,", "town '441900999' is unknown"),
        ("dongguan/villages.csv", "441900003001,", "441900004001,", "does not lie in 441900003"),
        ("dongguan/villages.csv", "441900003001,", "44190000301,", "does not have 12 digits"),
        ("dongguan/villages.csv", ",东城街道,", ",附城街道,", "is not in the table above it"),
        ("dongguan/towns.csv", "441900401,与", "441900402,与", "no town with branches of its own"),
        ("dongguan/old_names.csv", "441900003", "441900033", "place '441900033' is unknown"),
        ("dongguan/centres.csv", "441900103", "441900133", "place '441900133' is unknown"),
        (
            "dongguan/former_villages.csv",
            ",441900121009,",
            ",441900121999,",
            "village '441900121999' is unknown",
        ),
        ("dongguan/villages.csv", ",东莞市,东莞市,", ",东莞市,广州市,", "city '广州市' is not 东莞市"),
        (
            "zhuhai/pack.toml",
            "has_counties = true",
            "has_counties = false",
            "has_counties and areas.csv disagree",
        ),
        ("dongguan/routing.csv", ",town,", ",area,", "has no counties; write town or city"),
        ("zhuhai/areas.csv", "440402,", "440502,", "'440502' is not in 珠海市"),
        ("zhuhai/towns.csv", ",440402,香洲区,", ",440403,香洲区,", "is not in the table above it"),
        ("zhuhai/sections.csv", ",all,", ",440402|440499,", "place '440499' is unknown"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line_and_what_to_do(root, file, old, new, says):
    line = _spoil(root / file, old, new)
    city = file.split("/")[0].replace("national", "dongguan")
    found = [problem for problem in _problems(root, city) if says in problem]
    assert found
    assert found[0].startswith(f"{file}:")
    assert f"{file}:{line}:" in found[0] or f"{file}:1:" in found[0] or "already holds" in found[0]
    assert len(found[0]) < 300


def test_every_fault_is_told_at_once(root):
    _spoil(root / "national/limits.csv", ",10,working_days,", ",10,workdays,")
    _spoil(root / "national/permits.csv", ",post,", ",after,")
    assert len(_problems(root)) == 2


def test_a_second_required_photo_is_refused(root):
    file = root / "national/visit_items.csv"
    for _ in range(2):
        _spoil(file, ",choice,optional,", ",choice,required,")
    assert any("one photo at most" in problem for problem in _problems(root))


@pytest.mark.parametrize("season", ["03-01", "3-1/6-30", "03-01/06-31", "spring", "03-01/06-30/07-01", "/"])
def test_a_season_that_is_no_part_of_a_year_is_refused(root, season):
    _spoil(root / "national/visit_items.csv", ",03-01/06-30,", f",{season},")
    assert any("is no part of a year" in problem for problem in _problems(root))


def test_an_item_that_nothing_can_be_in_order_for_is_refused(root):
    _spoil(root / "national/visit_choices.csv", "The label is in date,in_order", "The label is in date,note")
    (problem,) = _problems(root)
    assert problem.startswith("national/visit_items.csv:14: needs a choice that leads to in_order")


def test_a_column_that_is_missing_or_unknown_is_told(root):
    _spoil(root / "national/limits.csv", "amount,", "quantity,")
    (problem,) = _problems(root)
    assert problem.startswith("national/limits.csv:1: the header lacks ['amount']")


def test_a_file_in_another_encoding_is_told(root):
    file = root / "national/limits.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("gb18030"))
    assert any("is not UTF-8" in problem for problem in _problems(root))


def test_a_broken_quote_is_told(root):
    _spoil(root / "national/limits.csv", "notice.receive,", '"notice.receive"x,')
    assert any("mend the quotes" in problem for problem in _problems(root))


def test_a_table_that_a_pack_cant_do_without_is_missed(root):
    (root / "dongguan/towns.csv").unlink()
    assert "dongguan/towns.csv:1: absent or empty; a pack can't do without it" in _problems(root)


def test_an_unknown_city_is_answered_with_those_there_are(root):
    with pytest.raises(PackError, match="no pack 'atlantis'; choose one of dongguan, zhuhai"):
        load_pack("atlantis", root)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('city_code4 = "4419"\n', "", "city_code4"),
        ('"CGCS2000"', '"BD09"', "coordinates"),
        ('name_zh = "东莞市"', "name_zh = 东莞市", "TOML"),
        ('title_en = "', 'titel_en = "', "titel_en"),
        ("has_counties = false", 'has_counties = "no"', "['has_counties'] hold the wrong kind"),
        ("valid_from = 2017-10-01", 'valid_from = "2017-10-01"', "['valid_from'] hold the wrong kind"),
    ],
)
def test_a_fault_in_a_packs_head_is_told(root, old, new, says):
    _spoil(root / "dongguan/pack.toml", old, new)
    (problem,) = _problems(root)
    assert says in problem


def test_a_citys_own_limit_comes_before_the_national_one_while_it_holds(root):
    header = (root / "national/limits.csv").read_text(encoding="utf-8").splitlines()[0]
    row = "visit.first,首次走访,First visit,7,working_days,,,市规定,yes,2025-01-01,2026-01-01"
    (root / "dongguan/limits.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    pack = load_pack("dongguan", root)
    amounts = [pack.limit("visit.first", date(year, 1, 1)).amount for year in (2024, 2025, 2026)]
    assert amounts == [10, 7, 10]


def test_a_citys_own_limit_has_to_be_one_that_is_known(root):
    text = (root / "national/limits.csv").read_text(encoding="utf-8")
    (root / "dongguan/limits.csv").write_text(text.replace("visit.first,", "visit.frist,"), encoding="utf-8")
    (problem,) = _problems(root)
    assert problem.startswith("dongguan/limits.csv:")
    assert "limit 'visit.frist' is unknown" in problem


def test_a_row_for_a_town_comes_before_the_general_one(root):
    file = root / "dongguan/routing.csv"
    rows = file.read_text(encoding="utf-8").splitlines()
    general = next(row for row in rows if row.startswith("P001,,"))
    local = general.replace("P001,,market,market,", "P001,441900110,market,urban,")
    file.write_text("\n".join([*rows, local, ""]), encoding="utf-8")
    pack = load_pack("dongguan", root)
    day = date(2026, 9, 21)
    assert pack.route("P001", day, "441900110").approving == ("urban",)
    assert pack.route("P001", day, "441900111").approving == ("market",)
    assert pack.route("P001", day).approving == ("market",)
    assert pack.route("P999", day) is None


_DAYS = st.dates(date(2017, 1, 1), date(2030, 1, 1))


def _limit(start: date, end: date | None) -> Limit:
    return Limit(
        name="x",
        name_zh="甲",
        name_en="x",
        amount=1,
        unit="hours",
        basis="乙",
        verified=False,
        valid_from=start,
        valid_to=end,
    )


@given(st.lists(_DAYS, min_size=1, max_size=6, unique=True), _DAYS)
def test_rows_that_follow_each_other_leave_one_in_force_on_any_day_from_the_first(starts, day):
    starts.sort()
    rows = [_limit(start, end) for start, end in zip(starts, [*starts[1:], None], strict=True)]
    expected = [row for row in rows if row.valid_from == max((s for s in starts if s <= day), default=None)]
    assert list(in_force(rows, day)) == expected


@given(_DAYS, st.integers(1, 400))
def test_a_row_holds_on_its_first_day_and_no_longer_on_its_last(start, length):
    end = start + timedelta(days=length)
    row = _limit(start, end)
    assert in_force([row], start) == in_force([row], end - timedelta(days=1)) == (row,)
    assert in_force([row], end) == in_force([row], start - timedelta(days=1)) == ()


_PLACE = (
    "code,name_zh,name_en,area,outline,weekdays,opens,closes,exemptions,basis,verified,valid_from,valid_to\n"
)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "a,早市,Market,441900003,113 23|114 23,,06:00,09:00,designated_goods,市政府,yes,2020-01-01,",
            "no ring",
        ),
        (
            "a,早市,Market,441900003,23 113|23 114|24 113,,06:00,09:00,designated_goods,市,yes,2020-01-01,",
            "no ring",
        ),
        ("a,早市,Market,441900003,,8,06:00,09:00,designated_goods,市政府,yes,2020-01-01,", "weekdays are 1"),
        (
            "a,早市,Market,441900003,,,6 o'clock,09:00,designated_goods,市政府,yes,2020-01-01,",
            "is no time of day",
        ),
        ("a,早市,Market,449900003,,,06:00,09:00,designated_goods,市政府,yes,2020-01-01,", "area '449900003'"),
        ("a,早市,Market,441900003,,,06:00,09:00,stall_card,市政府,yes,2020-01-01,", "exemption by place"),
    ],
)
def test_a_fault_in_a_designated_place_is_told(root, row, says):
    (root / "dongguan/designated_places.csv").write_text(f"{_PLACE}{row}\n", encoding="utf-8")
    (problem,) = _problems(root)
    assert problem.startswith("dongguan/designated_places.csv:2: ")
    assert says in problem


def test_a_designated_place_without_fault_is_taken(root):
    row = (
        "a,早市,Market,441900003,113 23|114 23|114 24,1|7,06:00,09:00,designated_goods,市政府,yes,2020-01-01,"
    )
    (root / "dongguan/designated_places.csv").write_text(f"{_PLACE}{row}\n", encoding="utf-8")
    (place,) = load_pack("dongguan", root).designated_places
    assert (place.opens, place.weekdays) == ("06:00", ("1", "7"))


def test_a_class_of_which_no_rule_says_whose_it_is_is_refused(root):
    for folder in ("national", "dongguan"):
        file = root / folder / "duty_rules.csv"
        kept = [row for row in file.read_text(encoding="utf-8").splitlines() if ",no_licence,any," not in row]
        file.write_text("\n".join([*kept, ""]), encoding="utf-8")
    (problem,) = _problems(root)
    assert "no rule says whose 'no_licence' is" in problem
