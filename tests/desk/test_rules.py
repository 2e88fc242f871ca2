"""The rules at the desk: read by those concerned, edited in a draft, tested, approved by a second person."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.loop.city import City
from tests.loop.visitor import Visitor, text_of
from tests.rulebooks.drafting import FERRY, draft, in_force, put, shipped_row, tried

from gongzhi.notices import corrections
from gongzhi.notices.models import Correction, Touched
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.rulebooks.models import Book, BookTrial, Remark
from gongzhi.rulebooks.trial import run_trial
from gongzhi.scopes import default_book, explain

Desk = Callable[..., Visitor]
FRUIT = "神奇果零售；日用百货销售"
FORM = {**FERRY, "permits": "P024", "objects": "神奇果\n灵果", "words": "新出现的商品"}


def only(model: type[Any], **wanted: Any) -> Any:
    """The one row there is, whoever may see it."""
    with acting_as(SYSTEM):
        return model.objects.get(**wanted)


def row_address(book: int, key: str = "", table: str = "rules", **more: Any) -> str:
    from urllib.parse import urlencode  # noqa: PLC0415

    return f"{reverse('rule_row', args=[book, table])}?{urlencode({'key': key, **more})}"


def try_at(visitor: Visitor, book: int, scope: str) -> str:
    return text_of(visitor.post(reverse("rule_try", args=[book]), scope=scope))


@pytest.mark.parametrize("who", ["administrator", "city_office", "city_registrar", "registrar"])
def test_who_reads_the_rules_finds_them_by_word_and_by_permit(desk: Desk, who: str) -> None:
    visitor = desk(who)
    assert "随软件提供的规则" in text_of(visitor.get(reverse("rulebooks")))
    found = text_of(visitor.get(reverse("rule_rows", args=[0, "rules"]), q="开锁"))
    assert "P033-1" in found
    assert "P001-1" not in found
    assert "P033-1" in text_of(visitor.get(reverse("rule_rows", args=[0, "rules"]), q="p033"))
    rule = text_of(visitor.get(row_address(0, "P033-1")))
    assert shipped_row("P033-1")["meaning"] in rule
    assert "开锁服务" in rule


@pytest.mark.parametrize("who", ["market", "officer", "village", "town_office"])
def test_others_have_no_page_of_rules(desk: Desk, city: City, who: str) -> None:
    book = draft(city)
    visitor = desk(who)
    for address in (
        reverse("rulebooks"),
        reverse("rulebook", args=[book.pk]),
        reverse("rule_rows", args=[0, "rules"]),
        reverse("rule_try", args=[0]),
        row_address(0, "P033-1"),
        reverse("touched"),
    ):
        assert visitor.get(address).status_code == 403, address
    assert visitor.post(reverse("rulebook_new"), title="别人的").status_code == 403


def test_a_registrar_reads_a_draft_and_changes_nothing(desk: Desk, city: City) -> None:
    book = draft(city)
    visitor = desk("city_registrar")
    assert visitor.get(reverse("rulebook", args=[book.pk])).status_code == 200
    assert visitor.post(row_address(book.pk), **FORM).status_code == 403
    assert visitor.post(reverse("rulebook_new"), title="我的").status_code == 403
    assert visitor.post(reverse("rulebook_test", args=[book.pk])).status_code == 403
    assert visitor.post(reverse("rulebook_act", args=[book.pk, "withdraw"]), words="不要").status_code == 403


def test_a_draft_is_begun_edited_and_tried_on_a_scope_at_once(desk: Desk) -> None:
    visitor = desk("administrator")
    visitor.post(reverse("rulebook_new"), title="新商品")
    book = only(Book, title="新商品")
    before = try_at(visitor, book.pk, FRUIT)
    assert "没有对应到许可事项" in before

    saved = visitor.post(row_address(book.pk), **FORM)
    assert saved.status_code == 302
    after = try_at(visitor, book.pk, FRUIT)
    assert FERRY["rule"] in after
    assert "有变化" in after
    page = text_of(visitor.get(reverse("rulebook", args=[book.pk])))
    assert FERRY["rule"] in page
    assert "新出现的商品" in page
    assert "神奇果" not in text_of(visitor.get(reverse("rule_rows", args=[0, "rules"]), q="灵果"))


def test_what_is_wrong_with_a_row_is_said_beside_it_and_what_was_written_stays(
    desk: Desk, city: City
) -> None:
    book = draft(city)
    visitor = desk("administrator")
    answer = visitor.post(row_address(book.pk), **{**FORM, "permits": "P024 P999", "meaning": "写了一半"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "没有代码为“P999”的许可或备案" in page
    assert "写了一半" in page
    assert "P024 P999" in page
    unsaid = visitor.post(row_address(book.pk), **{**FORM, "words": ""})
    assert unsaid.status_code == 422
    with acting_as(SYSTEM):
        assert not book.edits.exists()


def test_a_row_is_retired_and_taken_back(desk: Desk, city: City) -> None:
    book = draft(city)
    visitor = desk("administrator")
    visitor.post(reverse("rule_row", args=[book.pk, "rules"]), key="P033-1", how="retire", words="已取消备案")
    assert "本版已停用" in text_of(visitor.get(row_address(book.pk, "P033-1")))
    assert "不涉及" in try_at(visitor, book.pk, "开锁服务")
    visitor.post(reverse("rule_row", args=[book.pk, "rules"]), key="P033-1", how="undo")
    assert "本版已停用" not in text_of(visitor.get(row_address(book.pk, "P033-1")))


def test_a_test_is_handed_to_the_worker_watched_and_stopped(desk: Desk, city: City) -> None:
    book = draft(city)
    visitor = desk("administrator")
    answer = visitor.post(reverse("rulebook_test", args=[book.pk]))
    trial = only(BookTrial)
    assert answer.url == reverse("trial", args=[trial.pk])
    assert "等待开始" in text_of(visitor.get(answer.url))
    assert "等待开始" in text_of(visitor.get(reverse("trial_progress", args=[trial.pk])))
    visitor.post(reverse("trial_stop", args=[trial.pk]))
    assert "已停止，没有结果" in text_of(visitor.get(answer.url))
    assert visitor.get(reverse("trial_progress", args=[trial.pk])).headers["HX-Refresh"] == "true"


def test_the_report_says_what_changes_and_leads_to_the_scopes_behind_it(desk: Desk, city: City) -> None:
    book = draft(city)
    put(city, book, FERRY)
    put(city, book, {**FERRY, "rule": "P024-91", "objects": "灵果", "certainty": "review"})
    number = tried(city, book, FRUIT, "餐饮服务", "钟表销售")
    visitor = desk("city_office")
    page = text_of(visitor.get(reverse("trial", args=[number])))
    assert "同样的词，一条直接推送，一条由人确认" in page
    assert "这一版新出现" in page
    assert "钟表" in page
    assert "P024-91" in page
    behind = text_of(visitor.get(reverse("trial_scopes", args=[number]), permit="P024"))
    assert FRUIT in behind
    assert "不涉及" in behind

    answer = visitor.get(reverse("trial_report", args=[number]))
    book_of_sheets = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert len(book_of_sheets.sheetnames) == 7
    shifts = list(book_of_sheets.worksheets[0].iter_rows(values_only=True))
    assert [row[1:3] for row in shifts if row[0].startswith("P024")] == [(0, 1)]
    assert any(row[0] == FRUIT for row in book_of_sheets.worksheets[1].iter_rows(values_only=True))


def test_a_failing_example_leads_to_its_own_editor(desk: Desk, city: City) -> None:
    book = draft(city)
    visitor = desk("administrator")
    visitor.post(reverse("rule_row", args=[book.pk, "rules"]), key="P033-1", how="retire", words="试")
    number = tried(city, book)
    page = text_of(visitor.get(reverse("trial", args=[number])))
    assert "不符的存档示例" in page
    address = re.search(r'href="([^"]*/examples/row/[^"]*)"', page)
    assert address
    assert visitor.get(address[1].replace("&amp;", "&")).status_code == 200


def test_the_drafter_is_told_that_another_person_approves_and_is_refused(desk: Desk, city: City) -> None:
    book = draft(city)
    tried(city, book)
    drafter = desk("administrator")
    act = reverse("rulebook_act", args=[book.pk, "propose"])
    assert drafter.post(act, valid_from="2026-09-20", words="试").status_code == 409
    assert drafter.post(act, valid_from="2026-09-28", words="").status_code == 422
    assert drafter.post(act, valid_from="2026-09-28", words="试用办法").status_code == 302
    page = text_of(drafter.get(reverse("rulebook", args=[book.pk])))
    assert "须由另一人审批" in page
    assert 'id="act-approve"' not in page
    refused = drafter.post(reverse("rulebook_act", args=[book.pk, "approve"]), words="我同意")
    assert refused.status_code == 409
    assert "不能批准自己的规则" in text_of(refused)

    second = desk("city_office")
    assert 'id="act-approve"' in text_of(second.get(reverse("rulebook", args=[book.pk])))
    assert second.post(reverse("rulebook_act", args=[book.pk, "approve"]), words="同意").status_code == 302
    assert "已批准，待生效" in text_of(second.get(reverse("rulebook", args=[book.pk])))


def test_a_notices_page_leads_to_the_rule_and_the_rule_to_a_correction(desk: Desk, city: City) -> None:
    business = city.register(sure=["P033"], scope="开锁服务")
    notice = city.notice(business, "police")
    office = desk("city_office")
    page = text_of(office.get(reverse("case", args=[notice.id])))
    link = re.search(r'href="([^"]*/rules/0/rules/row/[^"]*)"', page)
    assert link
    address = link[1].replace("&amp;", "&")
    assert f"case={notice.id}" in address
    rule = text_of(office.get(address))
    assert "起草更正" in rule
    assert "开锁服务" in rule
    begun = office.post(reverse("rulebook_new"), title="更正 P033-1", rule="P033-1", case=notice.id)
    assert begun.status_code == 302
    assert "来自事项" in text_of(office.get(begun.url))
    assert "rules/0" not in text_of(
        desk("police" if "police" in city.people else "market").get(reverse("home"))
    )


def test_what_a_version_touches_is_decided_with_reasons(desk: Desk, city: City) -> None:
    city.register(scope=FRUIT)
    book = in_force(city, FERRY)
    correction = only(Correction, book=book.pk)
    corrections.go_through(correction.pk, clock=lambda: city.now)
    matter = only(Touched)
    visitor = desk("registrar")
    page = text_of(visitor.get(reverse("touched")))
    assert "新规则涉及，尚未告知" in page
    assert FRUIT in page
    address = reverse("touched_decide", args=[matter.pk])
    assert visitor.post(address, decision="send", words="").status_code == 422
    assert visitor.post(address, decision="withdraw", words="试").status_code == 409
    assert visitor.post(address, decision="send", words="按新规则告知").status_code == 302
    assert visitor.post(address, decision="none", words="又不发").status_code == 409
    assert "没有待决定的事项" in text_of(visitor.get(reverse("touched")))
    assert "按新规则告知" in text_of(visitor.get(reverse("touched"), show="all"))
    assert desk("other_registrar").post(address, decision="send", words="不是我的").status_code in (404, 409)


def test_the_listing_of_what_a_version_touches_is_watched_stopped_and_let_go_on(
    desk: Desk, city: City
) -> None:
    city.register(scope=FRUIT)
    correction = only(Correction, book=in_force(city, FERRY).pk)
    bar, stop, go_on = (
        reverse(name, args=[correction.pk])
        for name in ("correction_progress", "correction_stop", "correction_go_on")
    )
    visitor = desk("city_registrar")
    assert stop in visitor.get(reverse("touched")).content.decode()
    assert "正在清理第 1 版触及的事项" in text_of(visitor.get(bar))
    assert visitor.post(stop).status_code == 302
    assert visitor.get(bar).headers["HX-Refresh"] == "true"
    page = visitor.get(reverse("touched")).content.decode()
    assert "已停止" in page
    assert "岗位city_registrar" in page
    assert go_on in page
    assert stop not in page
    waiting = _jobs()
    assert visitor.post(go_on).status_code == 302
    assert visitor.post(go_on).status_code == 302  # pressed twice
    assert _jobs() == waiting + 1
    assert stop in visitor.get(reverse("touched")).content.decode()
    for address in (bar.replace(str(correction.pk), "999999"), stop.replace(str(correction.pk), "999999")):
        assert (visitor.get if address.endswith("/999999/") else visitor.post)(address).status_code == 404
    town = desk("registrar")  # decides on its town's matters; the listing is the city's
    page = town.get(reverse("touched")).content.decode()
    assert "正在清理第 1 版触及的事项" in page
    assert stop not in page
    assert [town.get(bar).status_code, town.post(stop).status_code, town.post(go_on).status_code] == [
        200,
        403,
        403,
    ]
    market = desk("market")
    assert [market.get(bar).status_code, market.post(stop).status_code, market.post(go_on).status_code] == [
        403
    ] * 3


def _jobs() -> int:
    with acting_as(SYSTEM):
        return ProcrastinateJob.objects.filter(task_name="notices.go_through_city").count()


def test_a_version_in_the_list_of_work_leads_to_its_own_page(desk: Desk, city: City) -> None:
    book = draft(city, title="更正烟具")
    visitor = desk("administrator")
    assert "更正烟具" in text_of(visitor.get(reverse("cases")))
    assert visitor.get(reverse("case", args=[book.pk])).url == reverse("rulebook", args=[book.pk])


def test_the_pages_speak_english_whole(desk: Desk, city: City) -> None:
    book = draft(city)
    put(city, book, FERRY)
    number = tried(city, book, FRUIT)
    visitor = desk("administrator", language="en")
    for address, said in (
        (reverse("rulebooks"), "Rules in force"),
        (reverse("rulebook", args=[book.pk]), "What it changes"),
        (reverse("rule_rows", args=[book.pk, "rules"]), "Words of doing"),
        (row_address(book.pk, FERRY["rule"]), "Words it knows"),
        (reverse("trial", args=[number]), "Rules that never decide"),
    ):
        assert said in text_of(visitor.get(address)), address


def test_a_trial_run_by_the_worker_takes_scopes_from_the_register(desk: Desk, city: City) -> None:
    from gongzhi.registry.queries import sample_of_scopes  # noqa: PLC0415

    city.register_many(3, scope=FRUIT)
    city.register(scope="餐饮服务")
    with acting_as(SYSTEM):
        sample = sample_of_scopes(10)
    assert sorted(sample) == sorted([(FRUIT, 3), ("餐饮服务", 1)])
    with acting_as(SYSTEM):
        assert len(sample_of_scopes(1)) == 1
    book = draft(city)
    put(city, book, FERRY)
    visitor = desk("administrator")
    visitor.post(reverse("rulebook_test", args=[book.pk]))
    trial = only(BookTrial)
    run_trial(trial.pk, sample, len(sample), clock=lambda: city.now)
    assert "涉及 4 户" in text_of(visitor.get(reverse("trial", args=[trial.pk])))


@pytest.mark.parametrize("nonsense", ["999999", "0"])
def test_nonsense_addresses_are_no_page(desk: Desk, nonsense: str) -> None:
    visitor = desk("administrator")
    assert visitor.get(f"/rules/{nonsense}/nowhere/").status_code == 404
    assert visitor.get(f"/rules/{nonsense}/rules/", after="x").status_code == 404
    assert visitor.get(f"/rules/{nonsense}/rules/row/", key="P000-0").status_code == 404
    assert visitor.get("/rules/999999/").status_code == 404
    assert visitor.get("/rules/trials/999999/").status_code == 404
    assert visitor.post("/rules/touched/999999/", decision="send", words="x").status_code in (403, 404)


def test_a_registrar_says_what_is_wrong_with_a_rule_and_is_answered(desk: Desk, city: City) -> None:
    business = city.register(sure=["P033"], scope="开锁服务")
    notice = city.notice(business, "police")
    registrar = desk("registrar")
    page = text_of(registrar.get(row_address(0, "P033-1", case=notice.id)))
    assert "提出更正建议" in page
    assert "起草更正" not in page
    sent = registrar.post(
        reverse("rule_remark"), rule="P033-1", scope="开锁服务", case=notice.id, words="已改为告知承诺"
    )
    assert sent.status_code == 302
    assert "等待答复" in text_of(registrar.get(reverse("rulebooks")))
    assert "已改为告知承诺" not in text_of(desk("other_registrar").get(reverse("rulebooks")))

    keeper = desk("administrator")
    assert "已改为告知承诺" in text_of(keeper.get(reverse("rulebooks")))
    address = reverse("rule_answer", args=[only(Remark).pk])
    assert registrar.post(address, words="我自己答").status_code == 403
    keeper.post(address, words="")
    assert "已改为告知承诺" in text_of(keeper.get(reverse("rulebooks")))
    keeper.post(address, words="下一版更正")
    assert "已改为告知承诺" not in text_of(keeper.get(reverse("rulebooks")))
    assert "下一版更正" in text_of(registrar.get(reverse("rulebooks")))
    assert desk("market").post(reverse("rule_remark"), rule="P033-1", words="不对").status_code == 403


def test_a_notice_whose_rule_holds_no_more_still_leads_to_a_page(desk: Desk, city: City) -> None:
    business = city.register(sure=["P033"], scope="开锁服务")
    notice = city.notice(business, "police")
    visitor = desk("city_office")
    page = visitor.get(row_address(0, "P033-77", case=notice.id))
    assert page.status_code == 200
    assert "现行规则里已没有这一条" in text_of(page)


def test_a_draft_that_was_overtaken_is_told_and_takes_the_other_in(desk: Desk, city: City) -> None:
    slow = draft(city)
    in_force(city, FERRY)
    visitor = desk("administrator")
    address = reverse("rulebook", args=[slow.pk])
    assert "并入它的改动" in text_of(visitor.get(address))
    visitor.post(reverse("rulebook_take_over", args=[slow.pk]))
    page = text_of(visitor.get(address))
    assert "并入它的改动" not in page
    assert FERRY["rule"] in page
    assert desk("registrar").post(reverse("rulebook_take_over", args=[slow.pk])).status_code == 403


def test_each_reason_that_the_matcher_gives_is_said_in_english() -> None:
    from django.utils.translation import override  # noqa: PLC0415

    from gongzhi.desk.rule_words import reason  # noqa: PLC0415

    book = default_book(date(2026, 9, 21))
    scopes = (
        "餐饮服务（不含烟草制品）",
        "非餐饮服务",
        "餐饮管理",
        "烟草制品生产",
        "日用百货（不含食品）、食品销售",
        "餐饮设备",
    )
    given = {one.reason for scope in scopes for one in explain(scope, book).excluded}
    assert len(given) >= 3
    with override("en"):
        for said in given:
            assert not re.search("[\u3400-\u9fff]", re.sub("“.*”", "", reason(said))), said
