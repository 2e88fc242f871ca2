"""The collector rests while much is made, and afterwards is as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date

import pytest

from gongzhi.addresses import Library
from gongzhi.addresses import match_many as match_addresses
from gongzhi.collector import at_rest
from gongzhi.scopes import default_book
from gongzhi.scopes import match_many as match_scopes


@pytest.fixture(params=[True, False], ids=["at work before", "at rest before"])
def before(request: pytest.FixtureRequest) -> Iterator[bool]:
    was = gc.isenabled()
    gc.enable() if request.param else gc.disable()
    yield request.param
    gc.enable() if was else gc.disable()


def test_it_rests_inside_and_is_as_it_was_afterwards(*, before: bool) -> None:
    with at_rest():
        assert not gc.isenabled()
        with at_rest():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled() == before


def test_whatever_goes_wrong_inside_it_is_as_it_was(*, before: bool) -> None:
    with pytest.raises(ZeroDivisionError), at_rest():
        1 // 0  # noqa: B018  all that it has to do
    assert gc.isenabled() == before


def test_who_matches_many_leaves_it_as_it_was(*, before: bool) -> None:
    library = Library.build([{"address": "云海市东屏街道银杏路23号", "village_code": "990100001001"}])
    match_addresses(["云海市东屏街道银杏路23号"], library)
    assert gc.isenabled() == before
    with pytest.raises(TypeError):
        match_addresses([None], library)  # type: ignore[list-item]
    assert gc.isenabled() == before
    assert match_scopes(["餐饮服务"], default_book(date(2026, 9, 21)))[0].sure
    assert gc.isenabled() == before
