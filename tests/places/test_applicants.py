"""What anybody is told about an address: decided from the library's answer alone, and made of names of divisions."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from gongzhi.addresses import Gazetteer, door_key
from gongzhi.packs import load_pack
from gongzhi.places.applicants import Missing, Standing, spell, told
from gongzhi.places.placing import LookedUp, Row
from gongzhi.places.rules import Candidate, PlacedAddress

NORTH, WEST = "441900006003", "441900006004"
DAY = date(2026, 9, 21)


def names_of(city: str) -> Gazetteer:
    return Gazetteer.from_rows([dataclasses.asdict(village) for village in load_pack(city).villages])


@pytest.fixture(scope="module")
def dongguan() -> Gazetteer:
    return names_of("dongguan")


def found(
    *villages: str, village: str | None = None, auto: bool = False, at_door: tuple[str, ...] = ()
) -> LookedUp:
    rows = tuple(
        Row(n, "虚拟商行旁秘密仓库", one, one, None, None, DAY, ended=False) for n, one in enumerate(at_door)
    )
    candidates = tuple(Candidate(one, 0.4) for one in villages)
    return LookedUp(
        standard="",
        placed=PlacedAddress("4419", auto, "", "road", 0.5, candidates),
        village=village,
        decision="auto" if auto else "review",
        words=(),
        known=tuple(row for row in rows if village in {None, row.village}),
        elsewhere=tuple(row.village for row in rows if row.village != village),
    )


@pytest.mark.parametrize("city", ["dongguan", "zhuhai", "chaoyang"])
def test_a_village_in_its_standard_spelling_reads_back_as_itself_or_as_none(city: str) -> None:
    names = names_of(city)
    read = {
        code: door_key(spell(code, "试风路18号", names), names).partition("/")[0] for code in names.villages
    }
    assert {code: place for code, place in read.items() if place not in {code, code[:9]}} == {}
    of_their_own = [code for code, place in read.items() if place == code]
    assert len(of_their_own) > 0.92 * len(read)


def test_a_door_of_the_library_is_told_with_its_village(dongguan: Gazetteer) -> None:
    answer = told(
        "莞城街道北隅社区试风路十八号三楼", found(village=NORTH, auto=True, at_door=(NORTH,)), dongguan
    )
    assert answer.standing is Standing.KNOWN
    assert answer.here is not None
    assert answer.here.spelling == "东莞市莞城街道北隅社区试风路18号3楼"
    assert (answer.here.town, answer.here.village) == ("莞城街道", "北隅社区")


def test_a_whole_address_that_the_library_lacks_is_new(dongguan: Gazetteer) -> None:
    answer = told("莞城街道北隅社区试风路18号", found(village=NORTH, auto=True), dongguan)
    assert (answer.standing, answer.missing) == (Standing.NEW, ())


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("莞城街道北隅社区试风路", (Missing.DOOR,)),
        ("莞城街道北隅社区试风路附近", (Missing.DOOR,)),
        ("试风路18号", (Missing.TOWN,)),
        ("试风路", (Missing.TOWN, Missing.DOOR)),
        ("莞城街道", (Missing.DOOR,)),
        ("试", (Missing.TOWN, Missing.DOOR)),
        ("？", (Missing.TOWN, Missing.DOOR)),
    ],
)
def test_what_is_missing_is_named(dongguan: Gazetteer, text: str, missing: tuple[Missing, ...]) -> None:
    stated = NORTH if "北隅" in text else None
    answer = told(text, found(village=stated, auto=stated is not None), dongguan)
    assert (answer.standing, answer.missing) == (Standing.INCOMPLETE, missing)


def test_where_the_village_is_not_sure_the_applicant_picks_one_and_is_understood(dongguan: Gazetteer) -> None:
    answer = told("莞城街道试风路18号", found(NORTH, WEST, village=NORTH), dongguan)
    assert answer.standing is Standing.UNSURE
    assert [one.village for one in answer.possible] == ["北隅社区", "西隅社区"]
    again = told(answer.possible[1].spelling, found(WEST, village=WEST, at_door=(WEST,)), dongguan)
    assert again.standing is Standing.KNOWN


def test_a_door_that_the_library_has_elsewhere_is_said_and_the_own_words_stay(dongguan: Gazetteer) -> None:
    answer = told(
        "莞城街道北隅社区试风路18号", found(NORTH, village=NORTH, auto=True, at_door=(WEST,)), dongguan
    )
    assert (answer.standing, answer.elsewhere) == (Standing.UNSURE, True)
    assert answer.here is not None
    assert answer.here.village == "北隅社区"
    assert [one.village for one in answer.possible] == ["西隅社区"]


def test_no_row_of_the_library_and_no_grid_is_in_any_answer(dongguan: Gazetteer) -> None:
    for text in ("莞城街道北隅社区试风路18号", "莞城街道试风路18号", "试风路"):
        for at_door in ((), (NORTH,), (WEST,), (NORTH, WEST)):
            for village in (None, NORTH):
                answer = told(text, found(NORTH, village=village, at_door=at_door), dongguan)
                said = repr(dataclasses.asdict(answer))
                assert "虚拟商行" not in said
                assert NORTH not in said
