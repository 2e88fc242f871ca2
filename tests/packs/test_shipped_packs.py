"""What the packs that come with Gongzhi promise."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from gongzhi.packs import cities, in_force, load_national, load_pack

DAY = date(2026, 9, 21)
CITIES = ("chaoyang", "dongguan", "zhuhai")


def _tables(pack_or_national):
    for name, value in vars(pack_or_national).items():
        if isinstance(value, tuple) and value and hasattr(value[0], "line"):
            yield name, value


def test_there_is_a_pack_for_each_of_the_three_cities():
    assert cities() == CITIES


def test_a_pack_is_read_once_a_process():
    assert load_pack("dongguan") is load_pack("dongguan")


def test_151_permits_are_in_force_under_one_code_each():
    permits = in_force(load_national().permits, DAY)
    assert [permit.code for permit in permits] == [f"P{number:03}" for number in range(1, 152)]
    assert Counter(permit.stage for permit in permits) == {"pre": 22, "post": 99, "filing": 30}


def test_no_stage_is_called_verified_unless_the_law_itself_says_filing():
    verified = {permit.stage for permit in load_national().permits if permit.stage_verified}
    assert verified == {"filing"}


@pytest.mark.parametrize(
    ("code", "departments", "mode"),
    [
        ("P024", ("market",), "single"),
        ("P108", ("market",), "single"),
        ("P046", ("culture", "market"), "either"),
        ("P085", ("postal", "market"), "either"),
        ("P053", ("publicity", "market"), "each"),
        ("P056", ("publicity", "market"), "each"),
        ("P113", ("market",), "on_request"),
        ("P094", ("market", "housing"), "split"),
        ("P041", ("culture", "police"), "each"),
        ("P089", ("emergency", "police"), "split"),
    ],
)
def test_who_acts_on_unlicensed_trade_may_differ_from_who_licenses(code, departments, mode):
    permit = load_national().permit(code, DAY)
    assert (permit.enforcement, permit.enforcement_mode) == (departments, mode)
    assert permit.enforcement_verified
    assert permit.enforcement_basis


def test_where_no_exception_is_verified_the_licensing_department_acts_and_this_is_marked_unverified():
    permit = load_national().permit("P001", DAY)
    assert permit.enforcement == permit.departments == ("market",)
    assert not permit.enforcement_verified


def test_only_stalls_end_points_and_milk_stations_need_no_business_licence():
    exempt = {permit.code for permit in load_national().permits if permit.licence_exempt}
    assert exempt == {"P007", "P086", "P138"}


def test_limits_to_decide_a_permit_are_in_working_days():
    units = {permit.limit_unit for permit in load_national().permits if permit.limit_kind == "decide"}
    assert units == {"working_days"}


def test_a_permit_that_became_a_filing_is_not_in_force_as_a_filing_before():
    national = load_national()
    assert national.permit("P032", date(2023, 7, 19)) is None
    assert national.permit("P032", date(2023, 7, 20)).stage == "filing"


@pytest.mark.parametrize(
    ("name", "amount", "unit", "verified"),
    [
        ("notice.push", 5, "working_days", True),
        ("notice.push_target", 1, "hours", True),
        ("notice.receive", 10, "working_days", False),
        ("notice.receive_warning", 7, "working_days", False),
        ("notice.claim_list", 10, "working_days", False),
        ("notice.reroute", 3, "working_days", False),
        ("notice.follow_up", 15, "working_days", True),
        ("notice.await_visit", 30, "working_days", False),
        ("visit.first", 10, "working_days", True),
        ("visit.return", 10, "working_days", True),
        ("visit.assign", 2, "working_days", False),
        ("visit.address_fix", 5, "working_days", False),
        ("visit.grid_fix", 1, "working_days", False),
        ("visit.no_repeat", 90, "calendar_days", False),
        ("scope.review", 5, "working_days", False),
        ("registry.stock_after", 30, "calendar_days", False),
        ("clue.urge", 10, "working_days", False),
        ("clue.follow_up", 15, "working_days", False),
        ("clue.assist", 15, "working_days", True),
        ("clue.decide", 3, "working_days", False),
        ("clue.relapse", 90, "calendar_days", False),
        ("clue.serious_answer", 24, "hours", False),
        ("registry.change_after_lapse", 30, "calendar_days", True),
    ],
)
def test_a_limit_says_its_unit_and_whether_a_document_was_found_for_it(name, amount, unit, verified):
    limit = load_pack("dongguan").limit(name, DAY)
    assert (limit.amount, limit.unit, limit.verified) == (amount, unit, verified)


def test_asking_for_a_limit_nobody_set_is_an_error():
    with pytest.raises(KeyError, match=r"visit\.nothing"):
        load_pack("dongguan").limit("visit.nothing", DAY)


def test_a_visit_has_27_items_in_16_classes():
    items = in_force(load_national().visit_items, DAY)
    assert [item.item_no for item in items] == list(range(1, 28))
    assert {item.class_no for item in items} == set(range(1, 17))


def test_one_class_number_is_one_class():
    items = load_national().visit_items
    assert len({(item.class_no, item.class_code, item.class_zh, item.class_en) for item in items}) == 16


def test_only_the_nine_items_that_a_document_names_are_confirmed():
    confirmed = {item.name_zh for item in load_national().visit_items if item.confirmed}
    assert confirmed == {
        "登记地址核查",
        "开业经营核查",
        "许可办理核查",
        "无证照线索",
        "督促年报",
        "亮照经营",
        "涉嫌死火主体",
        "电梯检验有效期",
        "许可证有效期（专项）",
    }


def test_what_is_proposed_says_that_it_is():
    national = load_national()
    for row in (*national.visit_items, *national.trades):
        assert row.confirmed or ("拟定" in row.basis and not row.verified)


def test_every_trade_of_the_list_says_when_it_calls_for_each_of_its_permits():
    national = load_national()
    for trade in in_force(national.trades, DAY):
        rows = [row for row in in_force(national.trade_permits, DAY) if row.trade == trade.code]
        assert {row.permit for row in rows} == set(trade.permits)
        assert trade.permits or trade.exemptions or not trade.frequent


def test_permits_that_need_no_licence_beside_them_are_the_ones_the_exemptions_name():
    national = load_national()
    exempt = {permit.code for permit in national.permits if permit.licence_exempt}
    assert {row.permit for row in national.exemptions if row.permit} == exempt


def test_every_result_that_closes_premises_or_sends_a_matter_on_asks_for_proof():
    for treatment in load_national().treatments:
        assert treatment.proof


def test_in_dongguan_the_city_designates_and_in_zhuhai_the_district():
    who = {city: {rule.designates for rule in load_pack(city).own_duty_rules} for city in CITIES}
    assert who == {"dongguan": {"city"}, "zhuhai": {"area"}, "chaoyang": {"province"}}


def test_a_visit_is_never_worded_as_an_inspection():
    national = load_national()
    shown = [
        value
        for table in (national.visit_items, national.visit_choices, national.reasons, national.limits)
        for row in table
        for name in row.__dataclass_fields__
        if name.endswith(("_zh", "_en")) and isinstance(value := getattr(row, name), str)
    ]
    assert len(shown) > 500
    assert not [text for text in shown if re.search(r"检查|执法|[Ii]nspector|[Ii]nspected", text)]


def test_a_visit_forces_no_photo():
    assert {item.photo for item in load_national().visit_items} <= {"none", "optional"}


def test_each_visit_item_offers_its_choices_in_order():
    national = load_national()
    for item in national.visit_items:
        choices = national.choices(item.code, DAY)
        assert [choice.position for choice in choices] == list(range(1, len(choices) + 1))
        assert choices[0].leads_to == "in_order"


def test_every_coded_reason_kind_has_reasons():
    national = load_national()
    returns = {reason.code for reason in national.reasons_for("notice_return", DAY)}
    assert returns == {"no_such_item", "not_our_jurisdiction", "address_outside", "already_licensed", "other"}
    feedback = [reason.name_zh for reason in national.reasons_for("notice_feedback", DAY)]
    assert feedback[:4] == ["已办证", "办理中", "已受理", "不需许可"]
    results = {reason.code for reason in national.reasons_for("visit_result", DAY)}
    assert {"declined", "moved_away", "not_found", "not_opened", "closed"} <= results


def test_codes_are_stable_words():
    national = load_national()
    for row in (*national.reasons, *national.visit_items, *national.visit_choices, *national.trades):
        assert re.fullmatch(r"[a-z][a-z_]*", row.code)


def test_there_are_87_trades_of_which_the_first_17_are_frequent():
    trades = in_force(load_national().trades, DAY)
    assert [trade.number for trade in trades] == list(range(1, 88))
    assert [trade.number for trade in trades if trade.frequent] == list(range(1, 18))


@pytest.mark.parametrize("city", CITIES)
def test_every_dated_row_has_a_basis_and_english_beside_its_chinese(city):
    pack = load_pack(city)
    seen = 0
    for _, table in (*_tables(pack), *_tables(pack.national)):
        for row in table:
            if hasattr(row, "basis"):
                assert row.basis
                seen += 1
            if hasattr(row, "name_en"):
                assert re.search("[A-Za-z]", row.name_en)
    assert seen > 900


@pytest.mark.parametrize("city", CITIES)
def test_every_permit_has_a_department_that_exists_and_a_receiver_in_the_city(city):
    pack = load_pack(city)
    for permit in in_force(pack.national.permits, DAY):
        assert all(pack.department_for(function, DAY) for function in permit.departments)
        route = pack.route(permit.code, DAY)
        receivers = [pack.department(code, DAY) for code in route.notice]
        assert receivers
        assert all(receiver.level in {"city", "town"} for receiver in receivers)


@pytest.mark.parametrize(
    ("city", "areas", "towns", "villages"),
    [("dongguan", 0, 36, 609), ("zhuhai", 3, 31, 345), ("chaoyang", 7, 163, 1578)],
)
def test_the_tree_of_divisions_is_complete(city, areas, towns, villages):
    pack = load_pack(city)
    assert (len(pack.areas), len(pack.towns), len(pack.villages)) == (areas, towns, villages)
    assert pack.has_counties == (areas > 0)


def test_dongguan_counts_33_towns_and_parks_as_its_documents_do():
    pack = load_pack("dongguan")
    assert len([town for town in pack.towns if town.counted]) == 33
    assert {town.name for town in pack.towns if not town.counted} == {
        "东莞港",
        "东莞生态园",
        "东莞滨海湾新区",
    }


def test_a_park_without_branches_is_served_by_a_town():
    pack = load_pack("dongguan")
    assert pack.section_for("market", "441900403", DAY).place == "441900401"
    assert pack.section_for("market", "441900110", DAY).name_zh == "常平镇市场监督管理分局"
    assert pack.section_for("tobacco", "441900110", DAY) is None
    assert not [section for section in pack.sections(DAY) if section.place == "441900403"]


def test_branches_of_a_city_with_districts_lie_in_the_district():
    section = load_pack("zhuhai").section_for("market", "440402001", DAY)
    assert (section.place, section.name_zh) == ("440402", "香洲区市场监督管理局")


def test_an_old_name_leads_to_a_place_of_today():
    pack = load_pack("dongguan")
    places = {town.town_code9: town.name for town in pack.towns}
    assert {name.old_name: places[name.code] for name in pack.old_names}["篁村"] == "南城街道"


def test_a_recoded_village_leads_to_its_code_of_today():
    pack = load_pack("chaoyang")
    today = {village.code12 for village in pack.villages}
    recoded = [former for former in pack.former_villages if former.change == "recoded"]
    assert len(recoded) == 8
    assert all(former.current_code12 in today and former.code12 not in today for former in recoded)


def test_chaoyang_tells_who_approves_from_who_supervises_and_marks_it_unverified():
    route = load_pack("chaoyang").route("P001", DAY)
    assert (route.approving, route.supervising, route.notice) == (("approval",), ("market",), ("market",))
    assert not route.verified


def test_nothing_in_routing_is_called_verified_until_a_city_has_verified_it():
    assert not [row for city in CITIES for row in load_pack(city).routing if row.verified]


def test_every_pack_declares_what_it_invents():
    for city in CITIES:
        invented = load_pack(city).invented
        assert invented
        assert all(entry.text_zh and re.search("[A-Za-z]", entry.text_en) for entry in invented)
