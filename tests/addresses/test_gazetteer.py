"""Names of towns and villages, as lists and as people write them."""

from __future__ import annotations

import pytest

from gongzhi.addresses import Gazetteer, normal_text
from gongzhi.addresses.gazetteer import short_village_name
from gongzhi.addresses.reading import read_front


@pytest.mark.parametrize(
    ("official", "short"),
    [
        ("青莲社区居民委员会", "青莲"),
        ("白芒塘村村民委员会", "白芒塘"),
        ("黎村村民委员会", "黎村"),
        ("一村村民委员会", "一村"),
        ("南塔社区", "南塔"),
        ("云海港虚拟社区", "云海港虚拟社区"),
    ],
)
def test_a_village_is_called_by_its_short_name(official: str, short: str) -> None:
    assert short_village_name(official) == short


@pytest.mark.parametrize(
    ("address", "town", "village"),
    [
        ("云海市东屏街道青莲社区银杏路1号", "990100001", "990100001001"),
        ("云海市东屏街道办事处青莲居委会银杏路1号", "990100001", "990100001001"),
        ("云海市东屏区青莲村银杏路1号", "990100001", "990100001001"),
        ("雲海市東屏鎮青蓮管理區銀杏路1號", "990100001", "990100001001"),
        ("云海市屏山镇青莲村银杏路1号", "990100001", "990100001001"),
        ("东屏青莲社区", "990100001", "990100001001"),
        ("云海市鹤山镇石井头村望岳路", "990100101", "990100101202"),
        ("云海市东屏街道石井头村", "990100001", "990100001002"),
        ("云海市东屏街道黎村湖心路3号", "990100001", "990100001201"),
        ("云海市鹤山镇白茫塘村", "990100101", "990100101201"),
        ("云海市鹤山镇鹤山圩居委会圩前街", "990100101", "990100101001"),
        ("云海市高新区鹤山镇白芒塘村", "990100101", "990100101201"),
        ("云海市东屏管理区青莲社区", "990100001", "990100001001"),
        ("云海市东屏区东屏街道青莲社区", "990100001", "990100001001"),
        ("云海市白芒塘村5号", None, "990100101201"),
        ("云海市石井头社区5号", None, None),
        ("云海市东屏大道1号", None, None),
        ("云海市鹤咀1号", None, None),
        ("云海市东屏街道黎村大道1号", "990100001", None),
        ("", None, None),
    ],
)
def test_the_front_of_an_address_states_its_town_and_village(
    gazetteer: Gazetteer, address: str, town: str | None, village: str | None
) -> None:
    front = read_front(normal_text(address), gazetteer)
    assert front.town_codes == ((town,) if town else ())
    # 村 alone is not looked for beyond the town's own place; 白芒塘村 stands right behind the city here.
    assert front.village_code == village


def test_a_village_named_later_in_the_line_is_found_but_does_not_follow_the_town(
    gazetteer: Gazetteer,
) -> None:
    front = read_front("云海市东屏街道银杏路与青莲社区交汇处", gazetteer)
    assert (front.village_code, front.village_follows_town) == ("990100001001", False)


def test_towns_of_the_same_name_are_told_apart_by_their_county() -> None:
    rows = [
        {
            "code12": f"9901{county}100200",
            "name": "上湾村村民委员会",
            "town_code9": f"9901{county}100",
            "town": "红松镇",
            "area_code6": f"9901{county}",
            "area": name,
            "city": "云海市",
        }
        for county, name in (("21", "云海县"), ("81", "北松市"))
    ]
    gazetteer = Gazetteer.from_rows(rows)
    assert read_front("云海市北松市红松镇上湾村", gazetteer).village_code == "990181100200"
    assert read_front("云海县红松镇上湾村", gazetteer).village_code == "990121100200"
    assert read_front("云海市红松镇上湾村", gazetteer).town_codes == ("990121100",)


def test_a_city_without_a_list_is_read_off_its_own_addresses() -> None:
    known = [
        (f"云海市望海区西乡街道{name}社区银杏路{n}号", code)
        for name, code in (("盐田", "990106018001"), ("荔村", "990106018002"))
        for n in range(3)
    ]
    learned = Gazetteer().learned(known)
    front = read_front("云海市望海区西乡街道荔村社区白鹭路5号", learned)
    assert (front.town_codes, front.village_code) == (("990106018",), "990106018002")
    # …村 may be a natural village of any community as long as no list says otherwise.
    assert read_front("云海市望海区西乡街道盐田村5号", learned).village_code is None


def test_learning_leaves_the_gazetteer_as_it_was(gazetteer: Gazetteer) -> None:
    before = (dict(gazetteer.town_names), dict(gazetteer.village_forms))
    gazetteer.learned([("云海市沙洲镇新洲社区1号", "990100102001")] * 3)
    assert (dict(gazetteer.town_names), dict(gazetteer.village_forms)) == before


@pytest.mark.parametrize(
    ("address", "town", "village"),
    [
        ("云海市望潮区河湾街道河湾社区1号", "990200002", "990200002001"),
        ("云海市望潮区望潮街道望潮社区1号", "990200001", "990200001001"),
        ("望潮区河湾街道河湾社区1号", "990200002", "990200002001"),
        ("云海市望潮区望潮社区1号", "990200001", "990200001001"),
    ],
)
def test_a_county_that_is_called_as_one_of_its_towns_is_the_county_where_a_town_follows(
    address: str, town: str, village: str
) -> None:
    rows = [
        {
            "code12": code,
            "name": f"{name}社区居民委员会",
            "town_code9": code[:9],
            "town": f"{name}街道",
            "area_code6": "990200",
            "area": "望潮区",
            "city": "云海市",
        }
        for code, name in (("990200001001", "望潮"), ("990200002001", "河湾"))
    ]
    front = read_front(address, Gazetteer.from_rows(rows))
    assert (front.town_codes, front.village_code) == ((town,), village)
