"""The tables that a city edits say what its pack says, to the letter, until somebody edits them."""

from __future__ import annotations

from dataclasses import fields

import pytest

from gongzhi.catalog.unlicensed import Hazard
from gongzhi.clues.rules import Tables
from gongzhi.clues.tables import tables
from gongzhi.packs import load_pack

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_the_tables_in_the_database_are_those_of_the_pack() -> None:
    stored, written = tables(), Tables.of(load_pack("dongguan"))
    for field in fields(Tables):
        if field.name not in {"version", "_days"}:
            assert getattr(stored, field.name) == getattr(written, field.name), field.name


def test_they_are_read_once_for_each_state_of_the_pack(django_assert_num_queries) -> None:
    first = tables()
    with django_assert_num_queries(0):
        assert tables() is first


def test_every_hazard_of_the_pack_is_there() -> None:
    assert Hazard.objects.count() == len(load_pack("dongguan").national.hazards)
