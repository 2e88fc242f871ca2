"""Who holds which post today, and which sections read their notices at the desk."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connections

from gongzhi.org.access import acting_for, posts_of
from gongzhi.org.acting import Acting
from gongzhi.org.queries import desk_sections
from gongzhi.org.roles import LABELS, Role

TODAY = date(2026, 9, 21)


@pytest.fixture
def people(fresh_db: str) -> None:
    """One person with a past, a present and a coming post; two sections, one of them elsewhere."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO org_department (code, name, name_en, short_name, level)"
            " VALUES ('d', '部门', 'Department', '部门', 'town')"
        )
        cursor.execute(
            "INSERT INTO org_person (id, password, username, name, is_active) VALUES (901, '', 'li', '李娜', true)"
        )
        cursor.execute(
            "INSERT INTO org_post (id, person_id, role, area, department_id, title, title_en, valid_from, valid_to)"
            " VALUES (901, 901, 'officer', '441900003001001', NULL, '网格员', '', '2020-01-01', '2026-09-21'),"
            " (902, 901, 'department', '441900003', 'd', '经办', 'Clerk', '2026-09-21', NULL),"
            " (903, 901, 'village', '441900003001', NULL, '队伍', '', '2026-09-22', NULL)"
        )
        cursor.execute(
            "INSERT INTO org_section (department_id, area, name, name_en, channel, valid_from, valid_to) VALUES"
            " ('d', '441900003', '股', '', 'desk', '2020-01-01', NULL),"
            " ('d', '441900004', '股', '', 'exchange', '2020-01-01', NULL),"
            " ('d', '441900005', '股', '', 'desk', '2020-01-01', '2026-09-21')"
        )


def test_a_post_is_held_from_its_first_day_until_the_day_before_its_end(people: None) -> None:
    assert [post.pk for post in posts_of(901, TODAY)] == [902]
    assert [post.pk for post in posts_of(901, date(2026, 9, 20))] == [901]
    assert [post.pk for post in posts_of(901, date(2026, 9, 22))] == [902, 903]


def test_a_stored_post_acts_with_its_area_and_department(people: None) -> None:
    [post] = posts_of(901, TODAY)
    assert acting_for(post) == Acting(
        post_id=902,
        role=Role.DEPARTMENT,
        area="441900003",
        department="d",
        name="李娜",
        title="经办",
        title_en="Clerk",
    )


def test_a_department_belongs_to_department_posts_and_to_no_others(people: None) -> None:
    for statement in (
        "UPDATE org_post SET department_id = NULL WHERE id = 902",
        "UPDATE org_post SET department_id = 'd' WHERE id = 903",
    ):
        with pytest.raises(IntegrityError, match="department_only_for_departments"):
            connections["owner"].cursor().execute(statement)


def test_only_sections_that_work_at_the_desk_today_are_reached_there(people: None) -> None:
    reached = desk_sections(TODAY)
    assert reached.reaches("d", "441900003001")
    assert not reached.reaches("d", "441900004")
    assert not reached.reaches("d", "441900005")
    assert not reached.reaches(None, "441900003")
    assert not reached.reaches("other", "441900003")
    assert desk_sections(date(2026, 9, 20)).reaches("d", "441900005")


def test_every_role_has_a_name_in_both_languages() -> None:
    assert set(LABELS) == set(Role)
    assert all(zh and en for zh, en in LABELS.values())
