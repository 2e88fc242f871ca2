"""A file of registrations handed in at the page: taken in by the worker, watched, stopped, and accounted for."""

from __future__ import annotations

import io
from pathlib import Path

from offices import SCOPE, Offices
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from gongzhi.codes import uscc
from gongzhi.desk.file_intake import take_in
from gongzhi.desk.models import FileIntake
from gongzhi.home import current_home

HEAD = "name,uscc,established_date,business_scope,address"


def line(number: int, *, code: str = "") -> str:
    code = code or uscc.make("92", "441900", f"XN{number:06d}")
    return f"莞城虚拟{number}号店,{code},2026-09-21,{SCOPE},东莞市莞城街道北隅社区样雨巷{2 * (number % 15) + 1}号"


def hand_in(page: Page, file: Path) -> None:
    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name="文件导入").click()
    page.get_by_label("登记数据文件").set_input_files(file)
    page.get_by_role("button", name="开始导入").click()


def latest() -> FileIntake:
    return FileIntake.objects.order_by("-id")[0]


def test_a_file_is_taken_in_and_every_row_is_accounted_for(offices: Offices, tmp_path: Path) -> None:
    file = tmp_path / "九月登记.csv"
    rows = [line(940_001), line(940_002), line(940_003, code="91441900MA000000X0")]
    file.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    page = offices.desk_of("city_registrar")
    hand_in(page, file)
    expect(page.get_by_role("heading", level=1)).to_have_text("九月登记.csv")
    expect(page.get_by_role("main")).to_contain_text("排队中")
    take_in(latest().pk)
    # Nobody has to press anything: the page asks, and is read anew when the work has ended.
    main = page.get_by_role("main")
    expect(main).to_contain_text("已导入")
    expect(main).to_contain_text("总行数3")
    expect(main).to_contain_text("新登记2")
    expect(main).to_contain_text("发出告知4")
    expect(main).to_contain_text("未接受1")
    expect(main).to_contain_text("统一社会信用代码校验码不符")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载未接受的行").click()
    workbook = download.value.path().read_bytes()
    sheet = load_workbook(io.BytesIO(workbook)).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [4]
    page.goto("/businesses/?q=" + uscc.make("92", "441900", "XN940001"))
    expect(page.get_by_role("link", name="莞城虚拟940001号店")).to_be_visible()


def test_a_file_that_waits_is_stopped_at_once_and_never_begun(offices: Offices, tmp_path: Path) -> None:
    file = tmp_path / "停止.csv"
    file.write_text("\n".join([HEAD, line(940_010), ""]), encoding="utf-8")
    page = offices.desk_of("city_registrar")
    hand_in(page, file)
    page.get_by_role("button", name="停止").first.click()
    page.get_by_role("dialog", name="停止处理？").get_by_role("button", name="停止").click()
    expect(page.get_by_role("main")).to_contain_text("已停止。已完成的部分保留")
    take_in(latest().pk)
    page.goto("/businesses/?q=" + uscc.make("92", "441900", "XN940010"))
    expect(page.get_by_role("link", name="莞城虚拟940010号店")).to_have_count(0)


def test_a_running_import_stops_where_it_is_when_asked(offices: Offices, tmp_path: Path) -> None:
    file = tmp_path / "很长.csv"
    file.write_text("\n".join([HEAD, *map(line, range(941_000, 941_020)), ""]), encoding="utf-8")
    page = offices.desk_of("city_registrar")
    hand_in(page, file)
    FileIntake.objects.filter(pk=latest().pk).update(state="running")
    page.reload()
    page.get_by_role("button", name="停止").first.click()
    page.get_by_role("dialog", name="停止处理？").get_by_role("button", name="停止").click()
    expect(page.get_by_role("button", name="停止")).to_have_count(0)
    take_in(latest().pk)
    expect(page.get_by_role("main")).to_contain_text("已停止。已完成的部分保留")
    assert latest().state == "stopped"


def test_what_is_no_such_file_is_refused_with_the_reason(offices: Offices, tmp_path: Path) -> None:
    page = offices.desk_of("city_registrar")
    for name, content, said in (
        ("图片.png", b"\x89PNG", "只接受 CSV、CSV.GZ 和 XLSX 文件"),
        ("假的.xlsx", b"name,uscc", "只接受 CSV、CSV.GZ 和 XLSX 文件"),
        ("二进制.csv", b"\0\1\2\3", "只接受 CSV、CSV.GZ 和 XLSX 文件"),
    ):
        (tmp_path / name).write_bytes(content)
        hand_in(page, tmp_path / name)
        expect(page.locator("#file-error")).to_contain_text(said)


def test_a_file_without_the_columns_fails_with_words(offices: Offices, tmp_path: Path) -> None:
    file = tmp_path / "别的表.csv"
    file.write_text("甲,乙\n1,2\n", encoding="utf-8")
    page = offices.desk_of("city_registrar")
    hand_in(page, file)
    take_in(latest().pk)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("表头缺少：名称")
    expect(alert).not_to_contain_text("heading")
    expect(page.get_by_role("main")).to_contain_text("未能导入")
    page.locator("summary").filter(has_text="语言和字号").click()
    page.get_by_role("button", name="English").click()
    expect(alert).to_contain_text("the heading lacks")
    expect(alert).not_to_contain_text("表头缺少")


def test_a_file_that_the_worker_cannot_read_fails_without_saying_where_it_lay(
    offices: Offices, tmp_path: Path
) -> None:
    file = tmp_path / "不见了.csv"
    file.write_text("\n".join([HEAD, line(940_020), ""]), encoding="utf-8")
    page = offices.desk_of("city_registrar")
    hand_in(page, file)
    kept = current_home().path / "intake" / f"{latest().token}.csv"
    kept.unlink()
    take_in(latest().pk)
    expect(page.get_by_role("alert")).to_have_text("文件无法读取，请再提交一次")
    assert str(kept) not in latest().problem


def test_only_the_citys_registrars_have_the_page(offices: Offices) -> None:
    for who in ("registrar", "market"):
        page = offices.desk_of(who)
        expect(page.get_by_role("link", name="文件导入")).to_have_count(0)
        answer = page.goto("/businesses/import/")
        assert answer is not None
        assert answer.status == 403
