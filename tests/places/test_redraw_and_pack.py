"""What a city redrew is its own: a pack that is loaded anew does not bring the old drawing back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import shapely
from django.db import connections

from gongzhi.catalog.actions import load
from gongzhi.flow.moment import moment_at
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Grid
from gongzhi.packs import load_pack
from gongzhi.places import redraws

VILLAGE = "441900006003"


@pytest.fixture
def _closed(fresh_db: str) -> Iterator[None]:
    yield
    connections.close_all()


@pytest.mark.usefixtures("_closed")
def test_a_pack_loaded_anew_leaves_redrawn_grids_as_they_are(instant: datetime) -> None:
    moment = moment_at(instant)
    with acting_as(SYSTEM):
        old = Grid.objects.filter(village_id=VILLAGE)
        ground = shapely.union_all(shapely.from_wkt(list(old.values_list("polygon", flat=True))))
        content = (
            "grid_code,village_code,name,polygon_wkt,invented\n"
            f'{VILLAGE}090,{VILLAGE},第90网格,"{shapely.to_wkt(ground, 9)}",yes\n'
        )
        redraw = redraws.hand_in(
            "x.csv", content.encode(), valid_from=moment.today, acting=SYSTEM, moment=moment
        )
        redraws.confirm(redraw.pk, acting=SYSTEM, moment=moment)
        redraws.take_effect(redraw.pk, moment=moment)
        before = list(Grid.objects.order_by("id").values())
    assert load(load_pack("dongguan"), "another state of the pack")
    with acting_as(SYSTEM):
        assert list(Grid.objects.order_by("id").values()) == before
