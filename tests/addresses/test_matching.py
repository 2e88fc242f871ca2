"""What a library of known addresses concludes about another one, and when it leaves that to a person."""

from __future__ import annotations

import pickle
import random
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.addresses import Gazetteer, Library, match, match_many

if TYPE_CHECKING:
    from gongzhi.addresses import AddressMatch

DAY = date(2026, 3, 2)


def test_a_stated_village_is_taken_at_its_word(library: Library) -> None:
    answer = match("云海市东屏街道石井头社区银杏路900号", library)
    assert (answer.village, answer.town) == ("990100001002", "990100001")
    assert (answer.decision, answer.method) == ("auto", "stated-village")


def test_a_village_whose_name_a_hamlet_elsewhere_bears_is_left_to_a_person(
    gazetteer: Gazetteer, known_rows: list[dict[str, str]]
) -> None:
    asked = "云海市东屏街道黎村31号"
    assert match(asked, Library.build(known_rows, gazetteer)).decision == "auto"
    hamlet = {"address": "云海市东屏街道青莲社区黎村30号", "village_code": "990100001001"}
    answer = match(asked, Library.build([*known_rows[:20], hamlet, hamlet], gazetteer))
    assert (answer.village, answer.decision) == ("990100001201", "review")


def test_a_village_named_only_as_a_crossing_is_left_to_a_person(library: Library) -> None:
    answer = match("云海市东屏街道银杏路与青莲社区交汇处", library)
    assert answer.decision == "review"


@pytest.mark.parametrize(("number", "village"), [(21, "990100001001"), (22, "990100001002")])
def test_the_side_of_the_road_decides(
    gazetteer: Gazetteer, known_rows: list[dict[str, str]], number: int, village: str
) -> None:
    without = [row for row in known_rows if f"银杏路{number}号" not in row["address"]]
    answer = match(f"云海市东屏街道银杏路{number}号", Library.build(without, gazetteer))
    assert answer.village == village


def test_a_known_door_is_answered_with_its_entry_and_alone(library: Library) -> None:
    answer = match("雲海市東屏區银杏路２１号３楼", library)
    assert (answer.village, answer.decision, answer.method) == ("990100001001", "auto", "road-number")
    assert answer.entry == "D30"


def test_the_answer_lists_its_candidates_likeliest_first(library: Library) -> None:
    answer = match("云海市东屏街道望云台200号", library)
    assert answer.decision == "review"
    scores = [candidate.score for candidate in answer.candidates]
    assert answer.candidates[0].village == answer.village
    assert scores == sorted(scores, reverse=True)
    assert {candidate.village for candidate in answer.candidates} == {
        "990100001001",
        "990100001002",
        "990100001201",
    }


@pytest.mark.parametrize("text", ["", " ", "〓", "无法投递", "12345"])
def test_an_address_without_content_has_no_village_and_goes_to_a_person(library: Library, text: str) -> None:
    answer = match(text, library)
    assert (answer.village, answer.decision, answer.method) == (None, "review", "none")


def test_an_address_without_its_town_is_found_but_never_decided_alone(library: Library) -> None:
    answer = match("云海市白鹭大道21号", library)
    assert (answer.village, answer.decision) == ("990100101201", "review")


def test_what_a_visit_confirms_is_in_force_for_the_next_match_and_can_be_taken_back(library: Library) -> None:
    asked = "云海市鹤山镇望海里7号"
    before = match(asked, library)
    assert before.decision == "review"
    for _ in range(2):
        library.learn(asked, "990100101201", DAY, entry="V1", lon=113.5, lat=23.0)
    taught = match(asked + "二楼", library)
    assert (taught.village, taught.decision, taught.entry) == ("990100101201", "auto", "V1")
    assert library.unlearn(asked, "990100101201")
    assert library.unlearn(asked, "990100101201")
    assert not library.unlearn(asked, "990100101201")
    assert match(asked, library) == before


def test_a_door_that_a_visit_confirmed_decides_even_where_registers_are_often_wrong_about_doors(
    gazetteer: Gazetteer,
) -> None:
    villages = ("990100001001", "990100001002")
    rows = [
        {"address": f"云海市东屏街道银杏路{number}号", "village_code": villages[at]}
        for number in range(1, 60)
        for at in (0, 0, 0, number % 4 == 0)
    ]
    library = Library.build(rows, gazetteer)
    asked = "云海市东屏街道望海里7号"
    plain = {"address": asked, "village_code": villages[0]}
    assert match(asked, Library.build([*rows, plain], gazetteer)).decision == "review"
    library.learn(asked, villages[0], DAY)
    assert match(asked, library).decision == "auto"


def test_a_door_that_two_villages_claim_is_left_to_a_person(library: Library) -> None:
    library.learn("云海市东屏街道银杏路21号", "990100001002", DAY)
    assert match("云海市东屏街道银杏路21号", library).decision == "review"


def test_many_are_answered_as_one_by_one_and_in_order(library: Library) -> None:
    texts = [
        "云海市东屏街道银杏路23号",
        "",
        "云海市鹤山镇白鹭大道5号",
        "云海市东屏街道黎村湖心工业区3栋",
        "云海市东屏街道湖心工业区3栋",
        "云海市圩前街7号",
    ]
    assert _rounded(match_many(texts, library)) == _rounded([match(text, library) for text in texts])


def _rounded(answers: list[AddressMatch]) -> list[tuple[object, ...]]:
    return [
        (a.village, a.town, a.decision, a.method, a.entry, a.words, round(a.confidence, 3)) for a in answers
    ]


def test_a_library_travels_to_another_process_and_answers_alike(library: Library) -> None:
    texts = ["云海市东屏街道银杏路24号", "云海市鹤山镇圩前街150号"]
    copied = pickle.loads(pickle.dumps(library))  # noqa: S301
    assert match_many(texts, copied) == match_many(texts, library)


def test_a_library_without_a_division_list_reads_the_names_off_its_addresses() -> None:
    rows = [
        {"address": f"云海市望海区盐河街道{name}社区{road}{number}号", "village_code": code}
        for name, road, code in (("渔湾", "海滨路", "990106018001"), ("荔村", "林荫路", "990106018002"))
        for number in range(40)
    ]
    library = Library.build(rows)
    assert match("云海市望海区盐河街道荔村社区新路1号", library).village == "990106018002"
    answer = match("云海市望海区盐河街道海滨路41号", library)
    assert (answer.village, answer.decision) == ("990106018001", "review") or answer.decision == "auto"


def test_a_library_that_contradicts_itself_decides_nothing_alone(gazetteer: Gazetteer) -> None:
    villages = ("990100001001", "990100001002", "990100001201")
    chance = random.Random(7)  # noqa: S311
    rows = [
        {"address": f"云海市东屏街道银杏路{number % 80}号", "village_code": chance.choice(villages)}
        for number in range(400)
    ]
    library = Library.build(rows, gazetteer)
    answers = match_many([f"云海市东屏街道银杏路{number}号" for number in range(120)], library)
    assert {answer.decision for answer in answers} == {"review"}
    assert max(answer.confidence for answer in answers) < 0.9


def test_an_empty_library_still_reads_stated_villages(gazetteer: Gazetteer) -> None:
    library = Library.build([], gazetteer)
    assert match("云海市东屏街道青莲社区1号", library).village == "990100001001"
    assert match("云海市东屏街道银杏路1号", library).decision == "review"


def test_rows_without_a_whole_code_are_left_out(gazetteer: Gazetteer) -> None:
    rows = [
        {"address": "云海市东屏街道银杏路1号", "village_code": "990100001"},
        {"address": "", "village_code": "990100001001"},
        {"address": "云海市东屏街道银杏路1号", "village_code": None},
    ]
    assert len(Library.build(rows, gazetteer)) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.lists(
        st.one_of(st.text(), st.text(st.sampled_from("云海市东屏街道青莲社区银杏路12号楼白鹭大栋(A-)/|^"))),
        max_size=8,
    )
)
def test_any_texts_are_answered(library: Library, texts: list[str]) -> None:
    answers = match_many(texts, library)
    assert len(answers) == len(texts)
    for answer in answers:
        assert 0 <= answer.confidence <= 1
        assert (answer.village is None) == (answer.method == "none")
        assert answer.village is None or answer.village[:9] == answer.town


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    st.lists(
        st.builds(
            str.__add__,
            st.sampled_from(
                ["云海市东屏街道", "东屏街道青莲社区", "云海市鹤山镇", "雲海市東屏區", "云海市", ""]
            ),
            st.text(st.sampled_from("银杏路白鹭大道黎村湖心工业区一二三第12３号楼栋室A(-)/#\n"), max_size=16),
        ),
        max_size=10,
    ),
    st.randoms(use_true_random=False),
)
def test_an_answer_does_not_depend_on_what_is_asked_beside_it(
    library: Library, texts: list[str], chance: random.Random
) -> None:
    together = match_many(texts, library, doors=True)
    mixed = chance.sample(range(len(texts)), len(texts))
    again = match_many([texts[at] for at in mixed], library, doors=True)
    alone = [match_many([text], library, doors=True)[0] for text in texts]
    assert _rounded(together) == _rounded(alone)
    assert _rounded([together[at] for at in mixed]) == _rounded(again)
    assert [one.line for one in together] == [one.line for one in alone]
