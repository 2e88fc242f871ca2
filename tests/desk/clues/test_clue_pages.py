"""Pages of clues at work: the workbench, the guidance sheet, the ledger, markets, reporting in two taps."""

from __future__ import annotations

import io
from datetime import date

from django.urls import reverse
from tests.clues.conftest import TOBACCO_SHOP, Clues
from tests.desk.clues.conftest import SIGN, Desk, a_photo
from tests.loop.city import GRID, VILLAGE
from tests.loop.visitor import text_of

from gongzhi.clues import queries
from gongzhi.clues.models import Copy, Photo
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM


def test_an_upheld_objection_is_in_the_rule_workbench_and_what_was_made_of_it_is_put_down(
    desk: Desk, city: Clues, numbers: dict[str, int]
) -> None:
    case = numbers["case_id"]
    city.act("market", case, "object", reason="not_our_duty", words="依据职责清单")
    city.act("town_office", case, "reroute", department="health", words="异议成立")
    visitor = desk("city_office")
    assert reverse("rule_objections") in text_of(visitor.get(reverse("rulebooks")))
    page = text_of(visitor.get(reverse("rule_objections")))
    for said in ("依据职责清单", "异议成立", reverse("case", args=[case])):
        assert said in page, said
    ((objection,),) = city.rows("SELECT id FROM clues_objection")
    address = reverse("rule_objection", args=[objection])
    assert visitor.post(address, words=" ").status_code == 302
    assert visitor.post(address, words="十月起改职责表").status_code == 302
    page = text_of(visitor.get(reverse("rule_objections")))
    assert "十月起改职责表" in page
    assert "依据职责清单" not in page
    for username in ("town_office", "market", "registrar", "report_desk"):
        assert desk(username).get(reverse("rule_objections")).status_code == 403
        assert desk(username).post(address, words="x").status_code == 403


def test_the_guidance_sheet_is_in_both_languages_and_its_handing_over_is_kept(
    desk: Desk, city: Clues, numbers: dict[str, int]
) -> None:
    address = reverse("clue_guidance", args=[numbers["case_id"]])
    visitor = desk("town_office")
    assert address in text_of(visitor.get(reverse("case", args=[numbers["case_id"]])))
    for language in ("zh-hans", "en"):
        page = text_of(desk("town_office", language).get(address))
        for said in (
            "烟草专卖零售许可",
            "Tobacco monopoly retail permit",
            "20 个工作日",
            "20 working days",
            "行政许可法",
        ):
            assert said in page, (language, said)
    assert visitor.post(address).status_code == 302
    assert city.journal(numbers["case_id"])[-1].form["guidance"] == ["P024"]
    assert desk("city_centre").get(address).status_code == 403


def test_over_a_whole_city_the_sums_come_after_the_list_and_by_a_link_without_scripts(
    desk: Desk, city: Clues
) -> None:
    city.report(TOBACCO_SHOP)
    wide, town = desk("city_office"), desk("town_office")
    page = text_of(wide.get(reverse("clue_ledger"), trade="tobacco_retail"))
    sums = f"{reverse('clue_ledger_sums')}?trade=tobacco_retail&amp;by=town"
    assert f'hx-get="{sums}"' in page
    assert '<th scope="col"' in text_of(wide.get(reverse("clue_ledger_sums"), trade="tobacco_retail"))
    assert "hx-get" not in text_of(wide.get(reverse("clue_ledger"), sums="1"))
    assert "hx-get" not in text_of(town.get(reverse("clue_ledger")))
    assert desk("officer").get(reverse("clue_ledger_sums")).status_code == 403


def test_a_markets_manager_reports_a_stall_and_sees_only_that_it_goes_on(desk: Desk, city: Clues) -> None:
    visitor = desk("market_manager")
    form = {"client_key": "a" * 32, "stall": "A12", "trade": "hair_beauty", "words": "没挂照"}
    assert "确认上报" in text_of(visitor.post(reverse("clue_report"), **form))
    for _tap in range(2):
        answer = visitor.post(reverse("clue_report"), **form, step="save")
        assert answer.status_code == 302
    page = text_of(visitor.get(reverse("clue_market")))
    assert page.count("没挂照") == 1
    assert "办理中" in page
    ((case, area),) = city.rows("SELECT case_id, area FROM clues_clue")
    assert area == GRID
    assert visitor.get(reverse("case", args=[case])).status_code == 404


def test_two_taps_are_one_clue_and_an_error_keeps_what_was_typed(desk: Desk, city: Clues) -> None:
    visitor = desk("officer")
    address = reverse("clue_report")
    wrong = visitor.post(address, client_key="b" * 32, sign=SIGN, address="东正路3号")
    assert wrong.status_code == 422
    assert SIGN in text_of(wrong)
    assert "东正路3号" in text_of(wrong)
    form = {"client_key": "b" * 32, "sign": SIGN, "address": "东正路3号", "trade": "hair_beauty"}
    looked = visitor.client.post(
        address, {**form, "csrfmiddlewaretoken": visitor._token(), "photo": io.BytesIO(a_photo())}
    )
    token = text_of(looked).split('name="draft" value="')[1].split('"')[0]
    first = visitor.post(address, **form, step="save", draft=token)
    again = visitor.post(address, **form, step="save", draft=token)
    assert first.headers["Location"] == again.headers["Location"]
    ((count,),) = city.rows("SELECT count(*) FROM clues_clue")
    assert count == 1
    with acting_as(SYSTEM):
        assert Photo.objects.count() == 1


def test_what_is_there_already_may_be_joined_instead_of_reported_twice(desk: Desk, city: Clues) -> None:
    case = city.report(TOBACCO_SHOP, sign=SIGN, door_key="d").case_id
    visitor = desk("officer")
    form = {"client_key": "c" * 32, "sign": SIGN, "trade": "tobacco_retail"}
    page = text_of(visitor.post(reverse("clue_report"), **form))
    assert f'name="join" value="{case}"' in page or "没有更准的位置" in page
    joined = visitor.post(reverse("clue_report"), **form, join=case)
    assert joined.headers["Location"] == reverse("case", args=[case])
    assert city.journal(case)[-1].action == "note"
    ((count,),) = city.rows("SELECT count(*) FROM clues_clue")
    assert count == 1


def test_a_stage_is_set_on_clearing_and_its_progress_is_shown(desk: Desk, city: Clues) -> None:
    city.report(TOBACCO_SHOP)
    city.go_to(date(2026, 9, 22))
    visitor = desk("town_office")
    form = {"title": "清存量", "base_on": "2026-09-21", "ends_on": "2026-12-31", "share": "80"}
    assert visitor.post(reverse("clue_plans"), **form | {"ends_on": "2026-09-01"}).status_code == 422
    assert visitor.post(reverse("clue_plans"), **form).status_code == 302
    page = text_of(visitor.get(reverse("clue_plans")))
    assert "存量 1，计划清理 1（80%），已清理 0" in page
    assert desk("village").post(reverse("clue_plans"), **form).status_code == 403


def test_the_ledgers_workbook_has_a_title_its_filters_and_numbered_columns(desk: Desk, city: Clues) -> None:
    from openpyxl import load_workbook  # noqa: PLC0415

    city.report(TOBACCO_SHOP, sign="=危险公式")
    answer = desk("town_office").get(reverse("clue_ledger_export"), trade="tobacco_retail")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "无证无照经营线索台账"
    assert "填报单位" in rows[1][0]
    assert "烟草零售" in rows[2][0]
    assert rows[3][:2] == ["序号", "线索编号"]
    assert rows[4][:3] == [1, 2, 3]
    assert len(rows) == 6
    assert "=危险公式" in rows[5]
    assert any(str(merged).startswith("A1:") for merged in sheet.merged_cells.ranges)


def test_a_copy_that_waits_is_not_pushed_out_by_those_that_were_read(desk: Desk, city: Clues) -> None:
    case = city.push(TOBACCO_SHOP, sign=SIGN)
    with acting_as(SYSTEM):
        Copy.objects.bulk_create(
            Copy(
                clue_id=case,
                area=VILLAGE[:9],
                department="market",
                sent_by_department="health",
                words="",
                about=f"虚拟第{number}家",
                sent_at=city.now,
                sent_by="x",
                read_at=city.now if number else None,
            )
            for number in range(queries.PAGE + 1)
        )
    page = text_of(desk("market").get(reverse("clue_copies")))
    assert "虚拟第0家" in page
    assert f"虚拟第{queries.PAGE}家" in page
