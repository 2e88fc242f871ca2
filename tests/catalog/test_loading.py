"""A city pack in the tables is the pack: loaded once, whole, and asked without a query a row."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongzhi.catalog import queries
from gongzhi.catalog.actions import OtherCityError, load, pack_digest
from gongzhi.catalog.divisions import _divisions, _sections, short_village
from gongzhi.flow.models import StoredLimit
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Department, Division, FormerName, Grid, Section
from gongzhi.packs import cities, load_pack

PACK = load_pack("dongguan")
TODAY = date(2026, 9, 21)

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_every_division_of_the_pack_is_there_under_its_parent() -> None:
    codes = set(Division.objects.values_list("code", flat=True))
    assert codes == {"4419"} | {t.town_code9 for t in PACK.towns} | {v.code12 for v in PACK.villages}
    for code, parent in Division.objects.exclude(level="city").values_list("code", "parent_id"):
        assert code.startswith(parent)
        assert len(parent) == {9: 4, 12: 9}[len(code)]


def test_grids_lie_in_their_villages_and_say_that_they_are_invented() -> None:
    grids = Grid.objects.values_list("code", "village_id", "invented")
    assert len(grids) == 2801
    assert all(code.startswith(village) and len(code) == 15 and invented for code, village, invented in grids)


def test_a_place_of_any_department_has_a_section_by_its_longest_code() -> None:
    towns = [town.town_code9 for town in PACK.towns]
    for department in PACK.departments:
        areas = set(Section.objects.filter(department_id=department.code).values_list("area", flat=True))
        if department.role in {"line", "approval"}:
            assert "4419" in areas
        if any(rule.department == department.code and rule.places == ("all",) for rule in PACK.section_rules):
            assert areas >= set(towns)
    assert Department.objects.count() == len({row.code for row in PACK.departments})


def test_a_town_that_another_serves_has_that_towns_section() -> None:
    served = [town for town in PACK.towns if town.served_by]
    assert served
    for town in served:
        its = Section.objects.get(department_id="market", area=town.town_code9)
        assert its.name == Section.objects.get(department_id="market", area=town.served_by).name


def test_the_same_pack_again_changes_nothing_and_another_city_is_refused() -> None:
    assert load(PACK, pack_digest("dongguan")) is False
    with pytest.raises(OtherCityError, match="东莞市"):
        load(load_pack("zhuhai"))


def test_a_changed_pack_is_loaded_in_its_place() -> None:
    before = {model: model.objects.using("owner").count() for model in (Division, Grid, Section, FormerName)}
    assert load(PACK, "0" * 64) is True
    assert {model: model.objects.using("owner").count() for model in before} == before
    assert queries.InstalledPack.objects.using("owner").get().digest == "0" * 64


def test_limits_are_those_of_the_pack() -> None:
    stored = {row.name: (row.amount, row.unit, row.verified) for row in StoredLimit.objects.all()}
    assert stored == {
        limit.name: (limit.amount, limit.unit, limit.verified) for limit in PACK.limits(TODAY).values()
    }


def test_routing_is_the_packs_for_every_permit_and_town() -> None:
    routes = queries.routes(TODAY)
    for permit in {row.permit for row in PACK.routing}:
        for town in PACK.towns:
            expected = PACK.route(permit, TODAY, town.town_code9)
            found = routes.route(permit, town.town_code9 + "001001")
            assert expected is not None
            assert found is not None
            assert (found.notice, found.approving, found.level) == (
                expected.notice,
                expected.approving,
                expected.level,
            )
    assert routes.route("P999", "441900006") is None
    assert queries.department_for("P024", "441900006003", TODAY) == "tobacco"


def test_nothing_is_in_force_before_its_day() -> None:
    long_ago = date(1990, 1, 1)
    assert queries.reasons("notice_return", long_ago) == ()
    assert not queries.permits(long_ago)
    assert queries.department_for("P001", "441900006", long_ago) is None


def test_lists_have_words_in_both_languages_and_the_files_order() -> None:
    for kind in ("notice_return", "notice_feedback", "visit_result", "clock_pause", "close"):
        listed = queries.reasons(kind, TODAY)
        assert [one.code for one in listed] == [row.code for row in PACK.national.reasons_for(kind, TODAY)]  # type: ignore[arg-type]
        assert all(one.zh and one.en for one in listed)
    assert queries.permit_names(TODAY)["P001"].zh == "食品经营许可（餐饮服务）"
    assert len(queries.visit_items(TODAY)) == 27
    assert all(queries.visit_choices(item.code, TODAY) for item in queries.visit_items(TODAY))
    assert [trade.number for trade in queries.trades(TODAY)] == list(range(1, len(queries.trades(TODAY)) + 1))


def test_a_batch_of_look_ups_asks_the_database_once() -> None:
    queries.department_for("P001", "441900006", TODAY)
    with acting_as(SYSTEM), CaptureQueriesContext(connection) as asked:
        for number in range(200):
            queries.department_for("P001", f"441900006{number:03d}", TODAY)
            queries.reasons("close", TODAY)
    assert len([one for one in asked if "catalog" in one["sql"]]) <= 1


def test_every_pack_that_ships_can_be_laid_out_as_divisions_and_sections() -> None:
    for city in cities():
        pack = load_pack(city)
        codes = {division.code for division in _divisions(pack)}
        for division in _divisions(pack):
            assert division.parent_id is None or division.parent_id in codes
        assert all(section.area in codes for section in _sections(pack))


@pytest.mark.parametrize(
    ("official", "short"),
    [
        ("岗贝社区居民委员会", "岗贝社区"),
        ("温塘村民委员会", "温塘村"),
        ("黎村村民委员会", "黎村"),
        ("虚拟社区", "虚拟社区"),
        ("罗沙居民委员会", "罗沙"),
    ],
)
def test_villages_have_the_name_that_people_say(official: str, short: str) -> None:
    assert short_village(official) == short


def test_a_row_ends_on_the_day_that_its_successor_begins() -> None:
    row = queries.Reason.objects.using("owner").filter(kind="close").first()
    assert row is not None
    queries.Reason.objects.using("owner").filter(pk=row.pk).update(valid_to=TODAY)
    rows = queries.Reason.objects.using("owner").all()
    assert row.pk not in {one.pk for one in queries.in_force(rows, TODAY)}
    assert row.pk in {one.pk for one in queries.in_force(rows, TODAY - timedelta(days=1))}
