"""The line that an import prints adds up, and what waits for a person stands with a person."""

from __future__ import annotations

from collections import Counter

from gongzhi.cli.registry import summary, waiting_places
from gongzhi.flow.graph import graph_named
from gongzhi.org.roles import Role
from gongzhi.registry.intake.running import Outcome
from gongzhi.registry.rules import Why


def test_the_parts_add_up_to_the_rows() -> None:
    outcome = Outcome(rows=10, accepted=4, unchanged=2, changed=1, cancelled=1)
    outcome.rejected = Counter({Why.MISSING_NAME: 1, Why.SUPERSEDED: 1})
    outcome.opened = Counter(
        {
            ("notices", "delivered"): 3,
            ("notices", "to_confirm"): 2,
            ("visits", "to_place"): 4,
            ("visits", "to_visit"): 1,
        }
    )
    line = summary(outcome)
    rejected = line["rejected"]
    assert isinstance(rejected, dict)
    assert line["rows"] == 4 + 2 + 1 + 1 + sum(rejected.values())
    assert (line["notices"], line["visits"]) == (5, 5)
    waiting = line["waiting"]
    assert isinstance(waiting, dict)
    assert (waiting["scope_to_confirm"], waiting["address_to_place"], waiting["visit_to_assign"]) == (2, 4, 0)


def test_what_waits_stands_in_a_state_that_a_person_owns() -> None:
    for graph, state in waiting_places():
        owner = graph_named(graph).state(state).owner
        assert owner is not None
        assert owner is not Role.SYSTEM
