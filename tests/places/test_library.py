"""The address library: taken in whole, followed by the placer, taught and untaught case by case."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import shapely

from gongzhi.addresses.gazetteer import short_village_name
from gongzhi.coordinates import WGS84
from gongzhi.flow.moment import Moment, moment_at, noon
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Grid
from gongzhi.packs import load_pack
from gongzhi.places import queries
from gongzhi.places.actions import NotALibraryError, import_library
from gongzhi.places.grids import GridMap
from gongzhi.places.learning import Teaching, learn_many, unlearn
from gongzhi.places.models import StandardAddress

TODAY = date(2026, 9, 21)
TOWN = "441900006"

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> Moment:
    return moment_at(noon(TODAY))


@pytest.fixture(autouse=True)
def _own_placer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No placer of another test, neither in memory nor on disk."""
    monkeypatch.setattr(queries, "_made", None)
    monkeypatch.setattr(queries, "recall", lambda _: None)
    monkeypatch.setattr(queries, "keep", lambda *_: None)
    with acting_as(SYSTEM):
        yield


VILLAGES = sorted(
    (row.code12, short_village_name(row.name))
    for row in load_pack("dongguan").villages
    if row.town_code9 == TOWN
)
"""The villages of 莞城街道: codes and the short names that addresses state."""


def address(at: int, road: str, number: int) -> dict[str, str]:
    code, name = VILLAGES[at]
    grid = Grid.objects.filter(village_id=code).order_by("code").first()
    assert grid is not None
    middle = shapely.from_wkt(grid.polygon).representative_point()
    return {
        "address": f"广东省东莞市莞城街道{name}社区{road}{number}号",
        "village_code": code,
        "lon": str(middle.x),
        "lat": str(middle.y),
    }


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, rows[0].keys())
        lines.writeheader()
        lines.writerows(rows)
    return path


def library() -> list[dict[str, str]]:
    return [address(at, road, n) for at, road in ((0, "兴华路"), (1, "明德街")) for n in range(1, 30)]


def test_every_address_of_the_library_is_accounted_for(tmp_path: Path, moment: Moment) -> None:
    rows = library()
    bad = [
        {**rows[0], "address": ""},
        {**rows[0], "village_code": "441900999999"},
        {**rows[0], "address": "长" * 301},
    ]
    done = import_library(written(tmp_path / "l.csv", [*rows, rows[0], *bad]), moment=moment, system=WGS84)
    assert done.rows == done.added + done.changed + done.unchanged + done.rejected.total() == 62
    assert (done.added, done.rejected["repeated_in_file"]) == (58, 1)
    assert done.rejected["village_unknown"] == 1
    again = import_library(written(tmp_path / "l.csv", rows), moment=moment, system=WGS84)
    assert (again.unchanged, again.added, again.changed) == (58, 0, 0)
    moved = [{**rows[0], "lon": "", "lat": ""}, *rows[1:]]
    assert import_library(written(tmp_path / "l.csv", moved), moment=moment, system=WGS84).changed == 1


def test_a_gzipped_library_is_read_and_something_else_is_refused(tmp_path: Path, moment: Moment) -> None:
    plain = written(tmp_path / "l.csv", library())
    packed = tmp_path / "l.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert import_library(packed, moment=moment, system=WGS84).added == 58
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NotALibraryError):
        import_library(tmp_path / "x.csv", moment=moment, system=WGS84)
    packed.write_bytes(gzip.compress(plain.read_bytes())[:200])
    with pytest.raises(NotALibraryError):
        import_library(packed, moment=moment, system=WGS84)


def test_a_point_lies_in_the_grid_that_is_drawn_around_it() -> None:
    grids = GridMap(TODAY)
    some = list(Grid.objects.order_by("code")[:40])
    points = [shapely.from_wkt(grid.polygon).representative_point() for grid in some]
    found = grids.locate([p.x for p in points] + [0.0, None], [p.y for p in points] + [0.0, None])
    assert found == [grid.code for grid in some] + [None, None]


def test_a_known_door_leads_to_its_grid_and_a_stated_village_to_its_code(
    tmp_path: Path, moment: Moment
) -> None:
    import_library(written(tmp_path / "l.csv", library()), moment=moment, system=WGS84)
    placer = queries.placer(TODAY)
    code, name = VILLAGES[0]
    door, new, town, city, nothing = placer.place_many(
        [
            f"东莞市莞城街道{name}社区兴华路7号102室",
            f"东莞市莞城街道{name}社区无名路99号",
            "东莞市莞城街道",
            "东莞市",
            "",
        ]
    )
    assert (door.area[:12], door.placed) == (code, True)
    assert len(door.area) == 15
    assert (new.area[:12], new.placed) == (code, True)
    assert (town.area, town.placed, town.door_key) == (TOWN, False, "")
    assert (city.area, nothing.area) == ("4419", "4419")
    assert not nothing.placed
    same = placer.place(f"广东省东莞市莞城街道{name}社区兴华路7号三楼")
    assert same.door_key == door.door_key
    assert new.door_key != door.door_key


def taught(text: str, area: str, case: int) -> Teaching:
    return Teaching(text=text, area=area, case=case, how="visit", by="岗位officer", post=4)


def test_what_is_learnt_is_in_force_at_once_and_can_be_taken_back(tmp_path: Path, moment: Moment) -> None:
    import_library(written(tmp_path / "l.csv", library()), moment=moment, system=WGS84)
    placer = queries.placer(TODAY)
    code, name = VILLAGES[0]
    other = Grid.objects.filter(village_id=code).order_by("-code").first()
    assert other is not None
    text = f"东莞市莞城街道{name}社区新开路3号"
    before = placer.place(text).area
    assert learn_many([taught(text, other.code, 77)], moment=moment) == 1
    assert queries.placer(TODAY) is placer, "it follows what it is taught and is not built anew"
    assert placer.place(text + "二楼").area == other.code
    row = StandardAddress.objects.get(text=text)
    assert unlearn(row.pk, "记错了", acting=SYSTEM, moment=moment) is None
    assert queries.placer(TODAY) is placer
    assert placer.place(text).area == before


def test_what_was_taught_at_a_door_outranks_the_file_and_outlives_its_next_edition(
    tmp_path: Path, moment: Moment
) -> None:
    rows = library()
    file = written(tmp_path / "l.csv", rows)
    import_library(file, moment=moment, system=WGS84)
    code, name = VILLAGES[0]
    other = Grid.objects.filter(village_id=code).order_by("-code").first()
    assert other is not None
    door = f"东莞市莞城街道{name}社区兴华路7号三楼"
    assert queries.placer(TODAY).place(door).area != other.code
    assert learn_many([taught(door, other.code, 78)], moment=moment) == 1
    assert queries.placer(TODAY).place(f"莞城街道{name}社区兴华路7号").area == other.code
    again = import_library(file, moment=moment, system=WGS84)
    assert (again.changed, again.unchanged) == (0, 58)
    assert learn_many([taught(rows[0]["address"], other.code, 79)], moment=moment) == 1
    stands = import_library(file, moment=moment, system=WGS84)
    assert (stands.changed, stands.unchanged) == (0, 58), (
        "whoever was there is not overruled by the same file"
    )


def test_other_grids_are_taken_in_without_building_the_library_anew(tmp_path: Path, moment: Moment) -> None:
    import_library(written(tmp_path / "l.csv", library()), moment=moment, system=WGS84)
    placer = queries.placer(TODAY)
    code, name = VILLAGES[0]
    text = f"东莞市莞城街道{name}社区兴华路7号"
    old = placer.place(text).area
    grid = Grid.objects.get(code=old)
    Grid.objects.filter(pk=grid.pk).update(valid_to=TODAY)
    Grid.objects.create(
        code=code + "095", village_id=code, name="第95网格", polygon=grid.polygon, valid_from=TODAY
    )
    assert queries.placer(TODAY) is placer
    assert placer.place(text).area == code + "095"
    yesterday = TODAY - timedelta(days=1)
    assert queries.look_up(text, on=yesterday, today=TODAY).placed.area == old
    assert queries.look_up(text, on=TODAY, today=TODAY).placed.area == code + "095"


def test_a_placer_is_not_built_anew_for_another_day_with_the_same_grids(
    tmp_path: Path, moment: Moment
) -> None:
    import_library(written(tmp_path / "l.csv", library()), moment=moment, system=WGS84)
    placer = queries.placer(TODAY)
    assert queries.placer(date(2026, 10, 12)) is placer
