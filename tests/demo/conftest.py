"""The invented city of the demo, made once for all its tests."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from gongzhi.demo.businesses import Business, invent_businesses
from gongzhi.demo.geography import Grid, Village, invent_grids, read_town_centres, read_villages
from gongzhi.demo.gridfile import read_grids
from gongzhi.demo.library import Entry, invent_library

PACK = Path(str(files("gongzhi"))) / "packs" / "dongguan"
TODAY = date(2026, 9, 21)


@pytest.fixture(scope="session")
def villages() -> list[Village]:
    return read_villages(PACK / "villages.csv")


@pytest.fixture(scope="session")
def shipped_grids() -> list[Grid]:
    return read_grids(PACK / "grids.csv.gz")


@pytest.fixture(scope="session")
def few_villages(villages: list[Village]) -> list[Village]:
    """Two towns only, for tests that make the map themselves."""
    return [village for village in villages if village.town in {"寮步镇", "东坑镇"}]


@pytest.fixture(scope="session")
def few_grids(few_villages: list[Village]) -> list[Grid]:
    return invent_grids(few_villages, read_town_centres(), np.random.default_rng(7), count=150)


@pytest.fixture(scope="session")
def library(few_villages: list[Village], few_grids: list[Grid]) -> list[Entry]:
    return invent_library(few_villages, few_grids, 1500, np.random.default_rng(11))


@pytest.fixture(scope="session")
def businesses(library: list[Entry]) -> list[Business]:
    return list(invent_businesses(6000, library, np.random.default_rng(12), TODAY))
