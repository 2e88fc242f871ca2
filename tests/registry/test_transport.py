"""What travels arrives as it left: lists to the database, answers between processes, entries by way of the disk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from gongzhi.flow.lists import list_cursor
from gongzhi.registry.intake.checking import Stated, check
from gongzhi.registry.intake.matching import match_entries, matching_beside
from gongzhi.registry.intake.spooling import Spool
from gongzhi.registry.rules import Entry
from gongzhi.scopes import default_book
from tests.registry.conftest import Library
from tests.registry.files import code

TODAY = date(2026, 9, 21)
# PostgreSQL keeps no NUL and no half of a surrogate pair; everything else has to come back.
TEXTS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=6
) | st.sampled_from(["", "NULL", "null", '"', "\\", "{}", ",", "\x01", "\x02", '\\"', " ", "\n"])
LISTS: list[tuple[str, Any]] = [
    ("text", TEXTS),
    ("bigint", st.integers(-(2**62), 2**62)),
    ("boolean", st.booleans()),
    ("date", st.dates()),
]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_list_arrives_as_it_left(data: st.DataObject) -> None:
    kind, items = data.draw(st.sampled_from(LISTS))
    sent = data.draw(st.lists(st.none() | items, max_size=6))
    with list_cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [sent])
        assert cursor.fetchone()[0] == sent


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(TEXTS, TEXTS | st.integers(-5, 5) | st.none(), max_size=3), min_size=1, max_size=4
    )
)
def test_json_values_arrive_as_they_left(sent: list[dict[str, Any]]) -> None:
    with list_cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(quick = usual) FROM unnest(%s::jsonb[]) WITH ORDINALITY AS q (quick, n)"
            " JOIN jsonb_array_elements(%s) WITH ORDINALITY AS u (usual, m) ON n = m",
            [[Jsonb(one) for one in sent], Jsonb(sent)],
        )
        assert cursor.fetchone() == (True,)


def entries(scopes: list[str]) -> list[Entry]:
    rows = [
        Stated(n + 2, f"第{n}店", code(n), "2026-09-01", scope, f"兴华路{n}号" if n % 3 else "不详")
        for n, scope in enumerate(scopes)
    ]
    return [entry for entry in check(rows, TODAY) if isinstance(entry, Entry)]


def test_the_process_beside_answers_as_this_one_would() -> None:
    some = entries(["餐饮服务；烟草制品零售", "五金销售", "食品销售（不含许可）", "理发服务；旅馆"])
    book = default_book(TODAY)
    with matching_beside(Library(), book) as beside:
        beside.ask(some)
        beside.ask(some[:1])
        first, second = beside.fetch(), beside.fetch()
    assert first == match_entries(some, Library(), book)
    assert second == first[:1]


def test_what_stops_the_process_beside_is_told() -> None:
    class Lost(Library):
        def place_many(self, texts: Sequence[str]) -> list[Any]:
            raise LookupError(f"no library for {len(texts)}")

    with matching_beside(Lost(), default_book(TODAY)) as beside:
        beside.ask(entries(["五金销售"]))
        with pytest.raises(RuntimeError, match="LookupError: no library for 1"):
            beside.fetch()


@given(st.lists(st.integers(0, 6), max_size=30), st.integers(1, 7))
def test_of_equal_codes_only_the_last_line_stands(numbers: list[int], size: int) -> None:
    rows = [
        Stated(line, "店", code(n), "2026-09-01", "餐饮", "路1号") for line, n in enumerate(numbers, start=2)
    ]
    kept = [entry for entry in check(rows, TODAY) if isinstance(entry, Entry)]
    last = OrderedDict((entry.uscc, entry.line) for entry in kept)
    with Spool() as spool:
        for start in range(0, len(kept), size):
            spool.add(kept[start : start + size])
        assert spool.superseded() == {entry.line for entry in kept} - set(last.values())
        assert [entry for chunk in spool.chunks() for entry in chunk] == kept
