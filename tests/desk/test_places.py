"""Where is it: looked up by staff, learnt and taken back by whoever keeps the library, redrawn by the city office."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.loop.city import FOOD, GRID, NEXT_GRID, NEXT_VILLAGE, OTHER_GRID, TOWN, VILLAGE, City, door
from tests.loop.visitor import Visitor, text_of
from tests.loop.workbooks import rows_of

from gongzhi.coordinates import GCJ02, WGS84, from_wgs84
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Grid
from gongzhi.places import queries, redraws
from gongzhi.places.actions import import_library
from gongzhi.places.learning import Teaching, learn_many
from gongzhi.places.models import Doubt, Redraw, StandardAddress

Desk = Callable[..., Visitor]
DOOR = "广东省东莞市莞城街道北隅社区试风路18号"


@pytest.fixture(autouse=True)
def _own_placer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No placer of another test, neither in memory nor on disk."""
    monkeypatch.setattr(queries, "_made", None)
    monkeypatch.setattr(queries, "recall", lambda _: None)
    monkeypatch.setattr(queries, "keep", lambda *_: None)
    return iter([None])


def middle(code: str) -> tuple[float, float]:
    point = shapely.from_wkt(
        Grid.objects.get(code=code, valid_to__isnull=True).polygon
    ).representative_point()
    return point.x, point.y


def a_library(tmp_path: Path, city: City) -> None:
    lines = [f"广东省东莞市莞城街道北隅社区试风路{n}号,{VILLAGE},{GRID}" for n in range(2, 200, 2)]
    lines += [f"广东省东莞市莞城街道西隅社区例云街{n}号,{NEXT_VILLAGE}," for n in range(1, 60)]
    file = tmp_path / "library.csv"
    file.write_text("\n".join(["address,village_code,grid_code", *lines, ""]), encoding="utf-8")
    with acting_as(SYSTEM):
        import_library(file, moment=city.moment)


def taught(text: str = DOOR, area: str = GRID, case: int = 1) -> Teaching:
    return Teaching(text=text, area=area, case=case, how="visit", by="岗位officer officer的人", post=9)


@pytest.mark.parametrize(
    "username", ["officer", "village", "market", "registrar", "town_office", "administrator"]
)
def test_anybody_on_the_staff_looks_an_address_up(
    desk: Desk, city: City, tmp_path: Path, username: str
) -> None:
    a_library(tmp_path, city)
    page = text_of(desk(username).get(reverse("places"), q=DOOR + "三楼"))
    assert "莞城街道 · 北隅社区 · 第01网格" in page
    assert "可自动处理" in page
    assert "广东省东莞市莞城街道北隅社区试风路18号3楼" in page, "the standard spelling"
    vague = text_of(desk(username).get(reverse("places"), q="莞城街道"))
    assert "需人工核定" in vague


def test_a_point_in_any_system_is_found_in_the_grid_of_the_day(desk: Desk, city: City) -> None:
    lon, lat = middle(GRID)
    officer = desk("officer")
    for system, (x, y) in (
        (WGS84, (lon, lat)),
        (GCJ02, tuple(float(v) for v in from_wgs84(lon, lat, GCJ02))),
    ):
        page = text_of(officer.get(reverse("places"), point=f"{y:.7f}, {x:.7f}", system=system.code))
        assert GRID in page
        assert f"{lon:.6f}, {lat:.6f}"[:8] in page
    away = text_of(officer.get(reverse("places"), point="116.4, 39.9", system="WGS-84"))
    assert "坐标不在当日任何网格内" in away


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"point": "某处", "system": "WGS-84"}, "应为两个数"),
        ({"point": "500 600", "system": "WGS-84"}, "不是该坐标系里的点"),
        ({"point": "113.7, 23.0", "system": "北京54"}, "无法识别"),
        ({"q": "莞城街道", "on": "昨天"}, "请填写日期"),
        ({"q": "长" * 500}, "地址查询"),
        ({"on": "0001-01-01", "point": "113.7, 23.0"}, "坐标不在当日任何网格内"),
    ],
)
def test_what_can_be_looked_up_nowhere_is_answered_politely(
    desk: Desk, city: City, asked: dict[str, str], said: str
) -> None:
    answer = desk("officer").get(reverse("places"), **asked)
    assert answer.status_code == 200
    assert said in text_of(answer)


def test_what_was_learnt_is_listed_found_and_taken_back_with_a_reason(desk: Desk, city: City) -> None:
    visit = city.visit(city.register(sure=[FOOD], at=(DOOR, door(GRID)[1]))).id
    city.call("officer", visit, "in_order")
    registrar = desk("registrar")
    page = text_of(registrar.get(reverse("learnt")))
    assert DOOR in page
    assert "岗位officer officer的人" in page
    assert DOOR not in text_of(registrar.get(reverse("learnt"), q="没有这条"))
    assert DOOR in text_of(registrar.get(reverse("learnt"), how="visit", state="now", q="试风路"))
    with acting_as(SYSTEM):
        (row,) = StandardAddress.objects.filter(text=DOOR)
    one = reverse("learnt_one", args=[row.pk])
    assert f'href="{reverse("case", args=[visit])}"' in text_of(registrar.get(one))
    undo = reverse("learnt_undo", args=[row.pk])
    assert registrar.post(undo, why=" ").status_code == 422
    assert registrar.post(undo, why="当事人记错了门牌").status_code == 302
    after = text_of(registrar.get(one))
    assert "当事人记错了门牌" in after
    assert "岗位registrar registrar的人" in after
    assert "撤销这条地址" not in after
    assert registrar.post(undo, why="再来一次").status_code == 302
    assert "刚由别人撤销" in text_of(registrar.get(one))
    assert DOOR in text_of(registrar.get(reverse("learnt"), state="undone"))


def test_a_page_says_what_taking_it_back_brings_back(desk: Desk, city: City) -> None:
    with acting_as(SYSTEM):
        learn_many([taught()], moment=city.moment)
        learn_many([taught(area=NEXT_GRID, case=2)], moment=city.moment)
        row = StandardAddress.objects.get(text=DOOR, valid_to__isnull=True)
    page = text_of(desk("town_office").get(reverse("learnt_one", args=[row.pk])))
    assert re.search("恢复为原来的位置：.*第01网格", page)


def test_what_was_learnt_elsewhere_is_nobodys_here(desk: Desk, city: City) -> None:
    with acting_as(SYSTEM):
        learn_many([taught("试风路18号", area=OTHER_GRID)], moment=city.moment)
        row = StandardAddress.objects.get(text="试风路18号")
    for username in ("registrar", "town_office"):
        visitor = desk(username)
        assert "试风路18号" not in text_of(visitor.get(reverse("learnt")))
        assert visitor.get(reverse("learnt_one", args=[row.pk])).status_code == 404
        assert visitor.post(reverse("learnt_undo", args=[row.pk]), why="越权").status_code == 404
    for username in ("officer", "village", "market", "administrator"):
        visitor = desk(username)
        for address in (reverse("learnt"), reverse("learnt_one", args=[row.pk]), reverse("review_points")):
            assert visitor.get(address).status_code == 403
        assert visitor.post(reverse("learnt_undo", args=[row.pk]), why="越权").status_code == 403
    with acting_as(SYSTEM):
        row.refresh_from_db()
    assert row.valid_to is None


def doubtful(city: City, tmp_path: Path) -> list[Doubt]:
    lon, lat = middle(OTHER_GRID)
    rows = [f"{DOOR},{VILLAGE},{lon},{lat}", f"莞城街道北隅社区海上路1号,{VILLAGE},120.5,20.5"]
    file = tmp_path / "points.csv"
    file.write_text("\n".join(["address,village_code,lon,lat", *rows, ""]), encoding="utf-8")
    with acting_as(SYSTEM):
        done = import_library(file, moment=city.moment, system=WGS84)
        assert (done.rows, done.waiting, done.added) == (2, 2, 0)
        again = import_library(file, moment=city.moment, system=WGS84)
        assert (again.waiting, Doubt.objects.count()) == (2, 2)
        return list(Doubt.objects.order_by("id"))


def test_a_point_outside_what_is_stated_waits_for_one_click_and_is_asked_once(
    desk: Desk, city: City, tmp_path: Path
) -> None:
    away, sea = doubtful(city, tmp_path)
    assert (away.why, away.found, sea.why) == ("other_town", OTHER_GRID, "outside")
    registrar = desk("registrar")
    page = text_of(registrar.get(reverse("review_points")))
    assert DOOR in page
    assert "坐标在其他镇街" in page
    assert registrar.post(reverse("point_settle", args=[away.pk]), candidate="stated").status_code == 302
    with acting_as(SYSTEM):
        kept = StandardAddress.objects.get(text=DOOR)
    assert (kept.area, kept.lon, kept.source) == (VILLAGE, None, "library")
    registrar.post(reverse("point_settle", args=[sea.pk]), candidate="point")
    assert "请从所列选项中选择" in text_of(registrar.get(reverse("review_points")))
    registrar.post(reverse("point_settle", args=[sea.pk]), candidate="neither")
    registrar.post(reverse("point_settle", args=[sea.pk]), candidate="stated")
    assert "刚由岗位registrar" in text_of(registrar.get(reverse("review_points")))
    with acting_as(SYSTEM):
        assert StandardAddress.objects.count() == 1
        again = import_library(tmp_path / "points.csv", moment=city.moment, system=WGS84)
    assert (again.waiting, again.unchanged) == (0, 2)


def test_whoever_believes_the_point_puts_the_address_in_its_grid_also_in_another_town(
    desk: Desk, city: City, tmp_path: Path
) -> None:
    away, _ = doubtful(city, tmp_path)
    assert (
        desk("other_registrar").post(reverse("point_settle", args=[away.pk]), candidate="point").status_code
        == 404
    )
    desk("registrar").post(reverse("point_settle", args=[away.pk]), candidate="point")
    with acting_as(SYSTEM):
        kept = StandardAddress.objects.get(text=DOOR)
    assert (kept.area, kept.stated_in) == (OTHER_GRID, "WGS-84")


def test_a_file_in_the_wrong_system_is_refused_as_a_whole(city: City, tmp_path: Path) -> None:
    from gongzhi.places.actions import NotALibraryError  # noqa: PLC0415

    x, y = (float(v) for v in from_wgs84(*middle(GRID), WGS84))
    rows = [f"莞城街道北隅社区试风路{n}号,{VILLAGE},{x + 0.2},{y + 0.2}" for n in range(80)]
    file = tmp_path / "wrong.csv"
    file.write_text("\n".join(["address,village_code,lon,lat", *rows, ""]), encoding="utf-8")
    with acting_as(SYSTEM):
        with pytest.raises(NotALibraryError, match="coordinate system"):
            import_library(file, moment=city.moment, system=WGS84)
        with pytest.raises(NotALibraryError, match="--coordinates"):
            import_library(file, moment=city.moment)


def drawing() -> SimpleUploadedFile:
    shapes = {
        row.code: shapely.from_wkt(row.polygon)
        for row in Grid.objects.filter(village_id=VILLAGE, valid_to__isnull=True)
    }
    shapes[VILLAGE + "090"] = shapely.union_all([shapes.pop(GRID), shapes.pop(NEXT_GRID)])
    lines = [f'{code},{VILLAGE},第{code[-2:]}网格,"{shapely.to_wkt(one, 9)}"' for code, one in shapes.items()]
    text = "\n".join(["grid_code,village_code,name,polygon_wkt", *lines])
    return SimpleUploadedFile("grids.csv", text.encode())


def test_the_city_office_sees_what_a_redraw_does_confirms_it_and_gets_the_list_of_what_moved(
    desk: Desk, city: City
) -> None:
    business = city.register(sure=[FOOD], at=door(GRID, "甲路1号"))
    office = desk("city_office")
    answer = office.post(reverse("redraws"), file=drawing(), since="2026-09-24", system="WGS-84")
    assert answer.status_code == 302
    page = text_of(office.get(answer["Location"]))
    for said in ("待确认", "090", "001、002", "还没有网格员", "确认调整"):
        assert said in page, said
    redraw = Redraw.objects.get()
    decide = reverse("redraw_decide", args=[redraw.pk])
    assert office.post(decide, decision="confirm").status_code == 302
    assert "到 2026-09-24 自动生效" in text_of(office.get(answer["Location"]))
    office.post(decide, decision="confirm")
    assert "您的操作没有写入" in text_of(office.get(answer["Location"]))
    city.go_to(date(2026, 9, 24))
    with acting_as(SYSTEM):
        redraws.take_effect(redraw.pk, moment=city.moment)
    assert "已生效" in text_of(office.get(answer["Location"]))
    rows = rows_of(office.get(reverse("redraw_export", args=[redraw.pk])))
    assert [row[0] for row in rows[1:]] == ["走访", "市场主体"]
    assert rows[2][1] == business
    assert rows[2][3:6:2] == ("莞城街道 · 北隅社区 · 第01网格", "莞城街道 · 北隅社区 · 第90网格")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"since": "2026-09-24", "system": "WGS-84"}, "请选择文件"),
        ({"since": "", "system": "WGS-84"}, "请填写日期"),
        ({"since": "2026-09-24", "system": "x"}, "请选择坐标系"),
        ({"since": "2020-01-01", "system": "WGS-84", "file": True}, "历史网格不能改"),
        ({"since": "2026-09-24", "system": "CGCS2000-GK", "file": True}, "坐标不属于所说的坐标系"),
    ],
)
def test_a_file_that_can_be_no_redraw_comes_back_with_its_reasons(
    desk: Desk, city: City, form: dict[str, object], said: str
) -> None:
    if form.get("file"):
        form = {**form, "file": drawing()}
    answer = desk("city_office").post(reverse("redraws"), **form)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Redraw.objects.count() == 0


@pytest.mark.parametrize("username", ["registrar", "town_office", "officer", "market", "city_registrar"])
def test_grids_are_nobodys_to_redraw_but_the_city_offices(desk: Desk, city: City, username: str) -> None:
    visitor = desk(username)
    assert visitor.get(reverse("redraws")).status_code == 403
    for name, send in (("redraw", "get"), ("redraw_decide", "post"), ("redraw_export", "get")):
        assert getattr(visitor, send)(reverse(name, args=[1])).status_code == 403
    office = desk("city_office")
    assert office.get(reverse("redraw", args=[1])).status_code == 404
    assert office.get(reverse("redraw_export", args=[1])).status_code == 404


def test_the_queue_of_missing_addresses_offers_the_points_own_grid_and_one_click_adds_it(
    desk: Desk, city: City, tmp_path: Path
) -> None:
    a_library(tmp_path, city)
    visit = city.visit(city.register(at=door(GRID))).id
    lon, lat = middle(NEXT_GRID)
    city.act(
        "officer", visit, "report_missing", address="莞城街道北隅社区新风巷6号", reason="new_building",
        point=f"{lon:.6f}, {lat:.6f}", system="WGS-84",
    )  # fmt: skip
    registrar = desk("registrar")
    page = text_of(registrar.get(reverse("review_addresses"), state="address_missing"))
    assert "新风巷6号" in page
    assert page.index("坐标所在网格") < page.index("按地址匹配")
    assert f'action="{reverse("add", args=[visit])}"' in page
    assert f'value="{NEXT_GRID}"' in page
    on_case = text_of(registrar.get(reverse("case", args=[visit])))
    assert f'value="{NEXT_GRID}"' in on_case
    assert f'value="{NEXT_GRID}"' not in text_of(desk("officer").get(reverse("case", args=[visit])))
    assert registrar.post(reverse("add", args=[visit]), candidate=NEXT_GRID).status_code == 302
    assert (city.case(visit).state, city.case(visit).area) == ("to_visit", NEXT_GRID)
    with acting_as(SYSTEM):
        added = StandardAddress.objects.get(text="莞城街道北隅社区新风巷6号")
    assert (added.area, added.lon) == (NEXT_GRID, pytest.approx(lon, abs=1e-6))
    assert TOWN in added.area
