"""A new drawing laid over the old one: whatever the cuts, nothing that can be told is lost or put elsewhere."""

from __future__ import annotations

import gzip
import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.coordinates import GCJ02, WGS84, from_wgs84
from gongzhi.places.redrawing import Drawn, NotADrawingError, compare, locate, read_drawing

VILLAGE = "441900006003"
WEST, SOUTH, SIDE = 113.75, 23.05, 0.01

Cuts = st.lists(st.integers(1, 9), min_size=0, max_size=4, unique=True)


def drawing(cuts: list[int], upright: bool, first: int = 1) -> list[Drawn]:
    """The same square cut into strips; strips are numbered from `first` on."""
    edges = [0, *sorted(cuts), 10]
    grids = []
    for at, (low, high) in enumerate(itertools.pairwise(edges)):
        a, b = low * SIDE / 10, high * SIDE / 10
        box = (
            shapely.box(WEST + a, SOUTH, WEST + b, SOUTH + SIDE)
            if upright
            else shapely.box(WEST, SOUTH + a, WEST + SIDE, SOUTH + b)
        )
        grids.append(Drawn(f"{VILLAGE}{first + at:03d}", f"第{first + at:02d}网格", box))
    return grids


POINTS = [(WEST + SIDE * (x + 0.5) / 10, SOUTH + SIDE * (y + 0.5) / 10) for x in range(10) for y in range(10)]


@given(Cuts, st.booleans(), Cuts, st.booleans(), st.sampled_from((1, 2, 50)))
def test_whatever_is_redrawn_each_place_stays_where_the_drawing_says(
    before: list[int], upright: bool, after: list[int], turned: bool, first: int
) -> None:
    old, new = drawing(before, upright), drawing(after, turned, first)
    changes = compare(VILLAGE, old, new)
    assert not set(changes.begins) & set(changes.ends)
    assert {one.code for one in new} == ({one.code for one in old} - set(changes.ends)) | set(changes.begins)
    lon, lat = [x for x, _ in POINTS], [y for _, y in POINTS]
    was, now = locate(old, lon, lat), locate(new, lon, lat)
    assert None not in {*was, *now}
    seen: dict[str, set[str]] = {}
    for a, b in zip(was, now, strict=True):
        if a not in changes.touched:
            assert a == b, "what is not touched is nowhere else"
        if a in changes.becomes:
            assert b == changes.becomes[a], "what becomes one grid is there with all that is in it"
        seen.setdefault(str(a), set()).add(str(b))
    for code in changes.touched:
        assert changes.mostly[code] in seen[code]
        assert (len(seen[code]) == 1) == (code in changes.becomes), "an independent look, point by point"
    assert changes.left_out == pytest.approx(0, abs=1e-9)


def test_the_same_ground_drawn_from_another_corner_is_no_change() -> None:
    (square,) = drawing([], upright=True)
    ring = list(square.polygon.exterior.coords)[:-1]
    turned = shapely.Polygon([*ring[2:], *ring[:2], ring[2]])
    assert compare(VILLAGE, [square], [Drawn(square.code, square.name, turned)]).nothing
    renamed = compare(VILLAGE, [square], [Drawn(square.code, "新名网格", turned)])
    assert (renamed.renamed, renamed.touched) == ((square.code,), frozenset())


def test_ground_that_nobody_gets_is_said() -> None:
    old = drawing([5], upright=True)
    changes = compare(VILLAGE, old, old[:1])
    assert changes.ends == (old[1].code,)
    assert changes.left_out == pytest.approx(1.0)
    assert changes.mostly == {}


def written(grids: list[Drawn], **others: str) -> bytes:
    lines = ["grid_code,village_code,name,polygon_wkt"]
    lines += [
        f'{one.code},{others.get("village", one.village)},{one.name},"{shapely.to_wkt(one.polygon, 9)}"'
        for one in grids
    ]
    return "\n".join(lines).encode()


def test_a_drawing_is_read_plain_or_packed_and_in_its_own_coordinates() -> None:
    grids = drawing([3, 7], upright=True)
    for content in (written(grids), b"\xef\xbb\xbf" + written(grids), gzip.compress(written(grids))):
        assert [one.code for one in read_drawing(content, WGS84, [VILLAGE])] == [one.code for one in grids]
    shifted = [
        Drawn(
            one.code,
            one.name,
            shapely.transform(one.polygon, lambda xy: np.stack(from_wgs84(xy[:, 0], xy[:, 1], GCJ02), 1)),
        )
        for one in grids
    ]
    back = read_drawing(written(shifted), GCJ02, [VILLAGE])
    assert all(shapely.equals_exact(a.polygon, b.polygon, 1e-6) for a, b in zip(back, grids, strict=True))


SQUARE = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
BOW = shapely.Polygon([(WEST, SOUTH), (WEST + 1, SOUTH + 1), (WEST + 1, SOUTH), (WEST, SOUTH + 1)])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "grid_code"),
        (b"a,b\n1,2\n", "grid_code"),
        (b"\xff\xfe\x00", "UTF-8"),
        (gzip.compress(written(drawing([], upright=True)), mtime=0)[:30], "UTF-8"),
        (b"grid_code,village_code,name,polygon_wkt\n", "no grid"),
        (written(drawing([], upright=True), village="441900006999"), "no such village"),
        (written([Drawn(VILLAGE + "1", "短", SQUARE)], village=VILLAGE), "three digits"),
        (written([Drawn("441900006004001", "别村", SQUARE)], village=VILLAGE), "three digits"),
        (written(drawing([], upright=True) * 2), "occurs twice"),
        (written([Drawn(VILLAGE + "001", "一", SQUARE), Drawn(VILLAGE + "002", "二", SQUARE)]), "overlap"),
        (written([Drawn(VILLAGE + "001", "点", shapely.Point(113, 23))]), "polygon"),
        (written([Drawn(VILLAGE + "001", "结", BOW)]), "crosses itself"),
        (
            written([Drawn(VILLAGE + "001", "远", shapely.box(500000, 2500000, 500100, 2500100))]),
            "coordinates",
        ),
    ],
)
def test_what_can_be_no_drawing_is_refused_with_its_reasons_in_both_languages(
    content: bytes, said: str
) -> None:
    with pytest.raises(NotADrawingError) as refused:
        read_drawing(content, WGS84, [VILLAGE])
    assert any(said in problem for problem in refused.value.problems)
    assert all(" / " in problem for problem in refused.value.problems)
