"""What an invented city's people did with their work: week by week, in plausible shares, some of it late.

Every act goes through the kernel's own edges and is signed by the post that would have made it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from gongzhi.flow.bulk import transition_many
from gongzhi.flow.graph import CaseView, Graph
from gongzhi.notices import actions as notices
from gongzhi.notices import graph as notices_graph
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.visits import actions as visits
from gongzhi.visits import graph as visits_graph

if TYPE_CHECKING:
    from numpy.random import Generator

    from gongzhi.demo.staff import Staff
    from gongzhi.flow.moment import Moment

_FIRST = {
    "in_order": 0.70,
    "needs_correction": 0.10,
    "not_opened": 0.08,
    "moved_away": 0.05,
    "closed": 0.04,
    "not_found": 0.02,
    "declined": 0.01,
}
_ANSWERS = {
    "licensed": 0.46,
    "not_needed": 0.24,
    "closed_or_moved": 0.20,
    "case_filed": 0.06,
    "transferred": 0.04,
}


@dataclass
class Week:
    """One week's work at its end. `share` is how much of what waits gets done; the rest stays or is late."""

    staff: Staff
    moment: Moment
    rng: Generator
    grids: dict[str, list[str]]
    share: float

    def run(self) -> None:
        """Let everybody do some of what waits for them."""
        self._assign()
        self._place()
        self._call()
        self._return()
        self._confirm()
        self._departments()
        notices.lapse(moment=self.moment)

    def _assign(self) -> None:
        for state, action, share in (
            (visits_graph.TO_ASSIGN, "assign", 0.9),
            (visits_graph.GRID_WRONG, "reassign", 0.8),
        ):
            grid_of = {
                case_id: self._grid(area) for case_id, area in self._some(visits_graph.NAME, state, share)
            }
            self._move_each(state, action, grid_of, self._village)

    def _place(self) -> None:
        """The registrar finds where an unclear address lies; in an invented city any village of its town will do."""
        villages = sorted(self.grids)
        for state in (visits_graph.TO_PLACE, visits_graph.ADDRESS_WRONG):
            village_of: dict[int, str] = {}
            for case_id, area in self._some(visits_graph.NAME, state, 0.6):
                near = [village for village in villages if village.startswith(area[:9])] or villages
                village_of[case_id] = near[int(self.rng.integers(len(near)))]
            self._move_each(state, "place_in_village", village_of, self._registrar)

    def _call(self) -> None:
        waiting = [row[0] for row in self._some(visits_graph.NAME, visits_graph.TO_VISIT, 0.8)]
        cut = round(len(waiting) * 0.03)
        wrong, elsewhere, called = waiting[:cut], waiting[cut : cut + cut // 2], waiting[cut + cut // 2 :]
        form = {"reason": "no_such_number"}
        self._move(visits_graph.GRAPH, visits_graph.TO_VISIT, "return_address", wrong, self._officer, form)
        self._move(visits_graph.GRAPH, visits_graph.TO_VISIT, "return_grid", elsewhere, self._officer, {})
        for result, ids in self._dealt(called, _FIRST):
            visits.record_many(
                visits_graph.TO_VISIT, ids, result, acting=SYSTEM, moment=self.moment, whose=self._officer
            )

    def _return(self) -> None:
        ids = [row[0] for row in self._some(visits_graph.NAME, visits_graph.GUIDED, 0.6)]
        for result, some in self._dealt(ids, {"in_order": 0.85, "needs_correction": 0.15}):
            visits.record_many(
                visits_graph.GUIDED, some, result, acting=SYSTEM, moment=self.moment, whose=self._officer
            )

    def _confirm(self) -> None:
        ids = [row[0] for row in self._some(notices_graph.NAME, notices_graph.TO_CONFIRM, 0.85)]
        cut = round(len(ids) * 0.7)
        self._notice(notices_graph.TO_CONFIRM, "confirm", ids[:cut], self._registrar, {})
        words = {"words": "经核对，经营范围不涉及该事项。"}
        self._notice(notices_graph.TO_CONFIRM, "dismiss", ids[cut:], self._registrar, words)

    def _departments(self) -> None:
        graph = notices_graph
        delivered = [row[0] for row in self._some(graph.NAME, graph.DELIVERED, 0.92)]
        self._notice(graph.DELIVERED, "receive", delivered, self._clerk, {})
        received = [row[0] for row in self._some(graph.NAME, graph.RECEIVED, 0.6)]
        self._notice(graph.RECEIVED, "claim", received, self._clerk, {})
        following = [row[0] for row in self._some(graph.NAME, graph.FOLLOWING_UP, 0.62)]
        cut = round(len(following) * 0.04)
        form = {"reason": "not_our_jurisdiction", "words": "经营场所不在本分局管辖范围。"}
        self._notice(graph.FOLLOWING_UP, "return", following[:cut], self._clerk, form)
        for result, ids in self._dealt(following[cut:], _ANSWERS):
            self._notice(graph.FOLLOWING_UP, "feed_back", ids, self._clerk, {"result": result})
        returned = [row[0] for row in self._some(graph.NAME, graph.RETURNED, 0.6)]
        reasons = {"words": "经核对登记地址，应由该部门办理。"}
        self._notice(graph.RETURNED, "insist", returned, self._town, reasons)

    def _some(self, graph: str, state: str, share: float) -> list[tuple[int, str]]:
        """Some of what stands in a state, chosen anew each week, in random order."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, area FROM flow_case WHERE is_open AND graph = %s AND state = %s AND opened_on < %s"
                " ORDER BY id",
                [graph, state, self.moment.today],
            )
            rows = cursor.fetchall()
        chosen = self.rng.permutation(len(rows))[: round(len(rows) * share * self.share)]
        return [rows[index] for index in chosen.tolist()]

    def _dealt(self, ids: Sequence[int], odds: dict[str, float]) -> list[tuple[str, list[int]]]:
        picked = self.rng.choice(len(odds), size=len(ids), p=list(odds.values())).tolist()
        dealt: dict[str, list[int]] = defaultdict(list)
        for case_id, index in zip(ids, picked, strict=True):
            dealt[list(odds)[index]].append(case_id)
        return list(dealt.items())

    def _grid(self, area: str) -> str:
        grids = self.grids[area[:12]]
        return grids[int(self.rng.integers(len(grids)))]

    def _notice(
        self,
        state: str,
        action: str,
        ids: Sequence[int],
        whose: Callable[[CaseView], Acting],
        form: dict[str, Any],
    ) -> None:
        self._move(notices_graph.GRAPH, state, action, ids, whose, form)

    def _move_each(
        self, state: str, action: str, area_of: dict[int, str], whose: Callable[[CaseView], Acting]
    ) -> None:
        """Visits that each go to an area of their own."""
        transition_many(
            visits_graph.GRAPH,
            state,
            action,
            list(area_of),
            acting=SYSTEM,
            moment=self.moment,
            form=lambda case: {"area": area_of[case.id]},
            whose=whose,
        )

    def _move(
        self,
        graph: Graph,
        state: str,
        action: str,
        ids: Sequence[int],
        whose: Callable[[CaseView], Acting],
        form: dict[str, Any],
    ) -> None:
        transition_many(graph, state, action, ids, acting=SYSTEM, moment=self.moment, form=form, whose=whose)

    def _officer(self, case: CaseView) -> Acting:
        return self.staff.officer(case.area)

    def _village(self, case: CaseView) -> Acting:
        return self.staff.village(case.area)

    def _registrar(self, case: CaseView) -> Acting:
        return self.staff.registrar(case.area)

    def _clerk(self, case: CaseView) -> Acting:
        return self.staff.clerk(case.department or "", case.area)

    def _town(self, case: CaseView) -> Acting:
        return self.staff.town(case.area)
