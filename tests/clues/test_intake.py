"""What comes in from outside: 12345 files row by row, photos without their secrets."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connections
from PIL import Image

from gongzhi.clues import photos, queries, states
from gongzhi.clues.hotline import HotlineOutcome, NotHotlineError, read_hotline
from gongzhi.clues.photos import PhotoRefusedError, keep_photo, redrawn
from gongzhi.org.access import acting_as
from gongzhi.registry.rules import Where
from tests.clues.conftest import Clues, settle_clues
from tests.flow.test_concurrency import at_once
from tests.loop.city import CITY, GRID, TOWN

HEADING = "工单编号,受理时间,诉求内容,事发地点,店名,诉求人,联系电话"


class SomePlaces:
    """Says that everything with a road lies in the grid, what names the town in the town, the rest nowhere."""

    def place_many(self, texts: list[str]) -> list[Where]:
        return [
            Where(GRID, placed=True, door_key=f"{GRID[:12]}/{text}", method="test", confidence=1.0)
            if "路" in text
            else Where(TOWN if "镇" in text else CITY, placed=False, door_key="", method="none", confidence=0)
            for text in texts
        ]


def _read(city: Clues, path: Path, *lines: str) -> HotlineOutcome:
    path.write_text("\n".join([HEADING, *lines]) + "\n", encoding="utf-8")
    return read_hotline(path, places=SomePlaces(), city=CITY, moment=city.moment)


def test_every_row_of_a_hotline_file_is_accounted_for_and_the_file_again_changes_nothing(
    city: Clues, tmp_path: Path
) -> None:
    lines = (
        "A1,2026-09-20 08:30,餐饮店没有许可证,东正路1号,老王小吃,张三,13911112222",
        "A2,,夜里经营,某镇菜市场旁,,,",
        "A3,,不知道在哪里,,,,",
        "A1,2026-09-20,又打来一次,东正路1号,老王小吃,,",
        ",2026-09-20,没有编号,东正路2号,,,",
        "A4,2026-13-01,日期不对,东正路2号,,,",
        "A5,2026-09-22,明天的事,东正路2号,,,",
        "A6,2026-09-20,,,,,",
    )
    outcome = _read(city, tmp_path / "orders.csv", *lines)
    assert (outcome.rows, outcome.opened, outcome.known, outcome.refused) == (8, 3, 1, 4)
    assert outcome.why == {
        "date_in_future": 1,
        "date_unreadable": 1,
        "missing_matter": 1,
        "missing_number": 1,
    }
    stood = city.rows(
        "SELECT k.source_ref, c.state FROM clues_clue k JOIN flow_case c ON c.id = k.case_id ORDER BY 1"
    )
    assert stood == [("A1", states.FOUND), ("A2", states.TO_ASSIGN), ("A3", states.UNPLACED)]
    assert city.rows("SELECT count(*), count(*) FILTER (WHERE named) FROM clues_report") == [(3, 1)]
    again = _read(city, tmp_path / "copy.csv", *lines)
    assert (again.again, again.opened, again.known, again.refused) == (True, 0, 4, 4)
    more = _read(city, tmp_path / "more.csv", lines[0], "A7,,新的,东正路3号,,,")
    assert (more.opened, more.known, more.refused) == (1, 1, 0)
    assert city.rows("SELECT count(*) FROM clues_clue") == [(4,)]


def test_a_file_without_the_needed_columns_is_refused_as_a_whole(city: Clues, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("姓名,年龄\n甲,1\n", encoding="utf-8")
    with pytest.raises(NotHotlineError, match="工单编号"):
        read_hotline(path, places=SomePlaces(), city=CITY, moment=city.moment)
    assert city.rows("SELECT count(*) FROM clues_hotline_file") == [(0,)]


def _photo(width: int = 2400, height: int = 1200, *, kind: str = "JPEG") -> bytes:
    image = Image.new("RGB", (width, height), (200, 30, 30))
    exif = Image.Exif()
    exif[0x010F] = "SECRETMAKER"
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (23.0, 1.0, 2.0)}
    out = io.BytesIO()
    image.save(
        out, kind, **({"exif": exif, "comment": b"SECRETCOMMENT"} if kind == "JPEG" else {"exif": exif})
    )
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_redrawn_upright_smaller_and_says_nothing_but_what_it_shows(kind: str) -> None:
    data = _photo(kind=kind)
    assert b"SECRETMAKER" in data
    drawn = redrawn(data)
    assert b"SECRET" not in drawn.jpeg
    with Image.open(io.BytesIO(drawn.jpeg)) as image:
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert max(image.size) == photos.LONGEST_SIDE
        assert image.height > image.width  # turned as the camera was held
    assert redrawn(data).digest == drawn.digest


@pytest.mark.parametrize(
    "data",
    [b"", b"not a photo", _photo()[:200], b"GIF89a" + bytes(40), bytes(photos.MOST_BYTES + 1)],
    ids=["empty", "text", "cut", "gif", "too large"],
)
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(PhotoRefusedError):
        redrawn(data)


def test_a_picture_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PIXELS", 1000)
    with pytest.raises(PhotoRefusedError, match="像素"):
        redrawn(_photo(40, 40))


def test_a_photo_lies_in_the_file_for_those_who_see_the_clue(city: Clues) -> None:
    case_id = city.report().case_id
    with acting_as(city.people["officer"]) as acting:
        kept = keep_photo(case_id, _photo(), purpose="found", acting=acting, moment=city.moment)
        again = keep_photo(case_id, _photo(), purpose="found", acting=acting, moment=city.moment)
        assert kept.pk == again.pk
        found = queries.photo(kept.pk)
        assert found is not None
        assert found[1].read_bytes()[:2] == b"\xff\xd8"
        with pytest.raises(ValueError, match="purpose"):
            keep_photo(case_id, _photo(), purpose="souvenir", acting=acting, moment=city.moment)
    with acting_as(city.people["other_officer"]):
        assert queries.photo(kept.pk) is None
        assert queries.photos([case_id]) == []


def test_two_who_hand_in_the_same_file_at_once_open_its_clues_once(
    fresh_db: str, instant: datetime, tmp_path: Path
) -> None:
    city = Clues(settle_clues(), instant)
    line = "B1,2026-09-20,没有执照,东正路1号,,,"

    def hand_in(name: str) -> HotlineOutcome:
        return _read(city, tmp_path / name, line)

    results = at_once([lambda: hand_in("one.csv"), lambda: hand_in("two.csv")])
    assert sorted(result.opened for result in results) == [0, 1], results
    assert city.rows("SELECT count(*) FROM clues_clue") == [(1,)]
    connections.close_all()
