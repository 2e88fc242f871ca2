"""An invented city: nothing here names a real place."""

from __future__ import annotations

import pytest

from gongzhi.addresses import Gazetteer, Library

CITY = {"area_code6": "990100", "area": "云海市", "city": "云海市"}
VILLAGES = [
    ("990100001001", "青莲社区居民委员会", "990100001", "东屏街道"),
    ("990100001002", "石井头社区居民委员会", "990100001", "东屏街道"),
    ("990100001201", "黎村村民委员会", "990100001", "东屏街道"),
    ("990100101001", "鹤山圩社区居民委员会", "990100101", "鹤山镇"),
    ("990100101201", "白芒塘村村民委员会", "990100101", "鹤山镇"),
    ("990100101202", "石井头村村民委员会", "990100101", "鹤山镇"),
]


def rows() -> list[dict[str, str]]:
    return [
        {"code12": code, "name": name, "town_code9": town_code, "town": town, **CITY}
        for code, name, town_code, town in VILLAGES
    ]


def known() -> list[dict[str, str]]:
    """Two long roads, an estate and a building in each village, odd and even sides in different hands."""
    listed = []
    for number in range(1, 60, 2):
        listed.append((f"云海市东屏街道银杏路{number}号", "990100001001"))
        listed.append((f"云海市东屏街道银杏路{number + 1}号", "990100001002"))
        listed.append((f"云海市鹤山镇白鹭大道{number}号", "990100101201"))
    for room in range(101, 140):
        listed.append((f"云海市东屏街道黎村湖心工业区{room % 9 + 1}栋{room}", "990100001201"))
        listed.append((f"云海市鹤山镇石井头村望岳新村{room}号", "990100101202"))
        listed.append((f"云海市鹤山镇鹤山圩社区圩前街{room}号", "990100101001"))
    return [
        {"address": address, "village_code": code, "id": f"D{place}"}
        for place, (address, code) in enumerate(listed)
    ]


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.from_rows(
        rows(),
        old_names=[
            {"old_name": "屏山镇", "code": "990100001", "kind": "former"},
            {"old_name": "鹤咀", "code": "990100101", "kind": "part"},
        ],
        former_villages=[{"name": "白茫塘村委会", "current_code12": "990100101201"}],
    )


@pytest.fixture
def division_rows() -> list[dict[str, str]]:
    return rows()


@pytest.fixture
def known_rows() -> list[dict[str, str]]:
    return known()


@pytest.fixture
def library(gazetteer: Gazetteer, known_rows: list[dict[str, str]]) -> Library:
    return Library.build(known_rows, gazetteer)
