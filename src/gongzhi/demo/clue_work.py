"""What an invented city's people did with their clues: state by state, each act signed by whoever makes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from gongzhi.clues import companions, states
from gongzhi.clues.graph import ASSISTANCE, GRAPH, REVISITS
from gongzhi.clues.numbers import number_of
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.graph import CaseView, Graph
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.roles import Role

if TYPE_CHECKING:
    from numpy.random import Generator

    from gongzhi.demo.staff import Staff
    from gongzhi.flow.moment import Moment

Move = tuple[float, str, str, Mapping[str, Any]]
"""Share, who, act, answers; the last move of a state takes the rest."""

_RESULTS = (
    (0.30, "permitted"),
    (0.24, "licensed"),
    (0.14, "closed_down"),
    (0.12, "moved"),
    (0.08, "ordered"),
    (0.05, "penalised"),
    (0.04, "not_found"),
    (0.03, "case_filed"),
)
_OTHER_DEPARTMENTS = ("market", "urban", "health", "culture", "emergency")
_REASONS = {"reason": "not_our_duty", "words": "依职责分工，应由其他部门处置。"}


def _moves(*, results: Sequence[tuple[float, str]] = _RESULTS) -> dict[str, tuple[Move, ...]]:
    fed_back: tuple[Move, ...] = tuple(
        (share, "clerk", "feed_back", {"result": result}) for share, result in results
    )
    return {
        states.UNPLACED: ((1.0, "city", "name_town", {}),),
        states.TO_ASSIGN: ((1.0, "town", "assign", {}),),
        states.FOUND: (
            (0.93, "village", "urge", {"words": "已告知并引导办理。"}),
            (0.03, "village", "dismiss", {"result": "not_found", "words": "现场未见经营。"}),
            (0.02, "village", "merge", {}),
            (0.02, "village", "not_corrected", {"reason": "beyond_us", "words": "超出处置能力。"}),
        ),
        states.URGING: (
            (0.26, "village", "correct", {"result": "licensed", "words": "已取得营业执照。"}),
            (0.14, "village", "correct", {"result": "stopped", "words": "已停止经营。"}),
            (0.05, "village", "correct", {"result": "moved", "words": "已搬离。"}),
            (0.55, "village", "not_corrected", {"reason": "refused"}),
        ),
        states.TO_ROUTE: (
            (0.88, "town", "send", {"reason": "several", "words": "经协调确定。"}),
            (0.10, "town", "dismiss", {"result": "exempt", "words": "属便民劳务，依法无须办理。"}),
            (0.02, "town", "to_city", {"words": "职责不清，提请市级指定。"}),
        ),
        states.COMMANDED: ((1.0, "centre", "dispatch", {"words": "立即到场处置。"}),),
        states.PUSHED: (
            (0.95, "clerk", "receive", {}),
            (0.05, "clerk", "object", _REASONS),
        ),
        states.RECEIVED: ((0.96, "clerk", "take_on", {}), (0.04, "clerk", "object", _REASONS)),
        states.HANDLING: (
            (0.05, "clerk", "ask_extension", {"reason": "complex", "words": "情况复杂。"}),
            (0.03, "clerk", "ask_assistance", {"words": "请协助核实许可情况。"}),
            *((share * 0.92, *rest) for share, *rest in fed_back),
        ),
        states.EXTENDED: fed_back,
        states.URGENT: fed_back,
        states.EXTENSION_ASKED: (
            (0.7, "town", "grant_extension", {"words": "同意。"}),
            (0.3, "town", "refuse_extension", {"words": "请按期办结。"}),
        ),
        states.OBJECTED: (
            (0.35, "town", "insist", {"words": "经核对职责清单，仍应由该部门处置。"}),
            (0.55, "town", "reroute", {"words": "异议成立，改派。"}),
            (0.10, "town", "to_city", {"words": "协调不成。"}),
        ),
        states.TO_DESIGNATE: ((1.0, "city", "designate", {"words": "经研究指定。"}),),
        states.TO_CHECK: (
            (0.92, "village", "confirm", {"reason": "confirmed"}),
            (0.05, "village", "redo", {"reason": "still_trading", "words": "仍在经营。"}),
            (0.03, "town", "send_to_joint", {"words": "久治未清。"}),
        ),
        states.TO_PLAN: ((1.0, "town", "plan", {"plan": "联合整治", "members": "market、urban"}),),
        states.JOINT: ((1.0, "town", "joint_result", {"result": "closed_down", "words": "已依法取缔。"}),),
    }


MOVES = _moves()


@dataclass
class ClueWork:
    """One day's work on clues. `share` is how much of what waits in each state gets done, `among` the first and the
    last area of those who work: the others are left to somebody else."""

    staff: Staff
    moment: Moment
    rng: Generator
    villages: Mapping[str, Sequence[str]]
    share: float = 1.0
    departments: Sequence[str] = _OTHER_DEPARTMENTS
    among: tuple[str, str] = ("", "~")

    def run(self, *, only: Sequence[str] | None = None) -> int:
        """Let everybody do some of what waits; returns how many acts were made."""
        made = 0
        for state, moves in MOVES.items():
            if only is None or state in only:
                made += self._work(GRAPH, state, moves)
        for state in (companions.ASKED, companions.DELAYED):
            made += self._work(ASSISTANCE, state, ((1.0, "clerk", "answer", {"words": "经查无该许可。"}),))
        return made + self._work(
            REVISITS,
            companions.TO_REVISIT,
            (
                (0.96, "village", "clear", {"result": "still_closed"}),
                (0.04, "village", "relapse", {"words": "恢复经营。"}),
            ),
        )

    def _work(self, graph: Graph, state: str, moves: Sequence[Move]) -> int:
        waiting = self._waiting(graph, state)
        made, start = 0, 0
        for number, (share, who, action, form) in enumerate(moves):
            last = number == len(moves) - 1
            end = len(waiting) if last else start + round(len(waiting) * share)
            made += self._move(graph, state, action, waiting[start:end], who, form)
            start = end
        return made

    def _move(
        self, graph: Graph, state: str, action: str, ids: Sequence[int], who: str, form: Mapping[str, Any]
    ) -> int:
        if not ids:
            return 0
        more = self._answers(action, ids)
        moved = transition_many(
            graph,
            state,
            action,
            ids,
            acting=SYSTEM,
            moment=self.moment,
            form=(lambda case: {**form, **more(case)}) if more else form,
            whose=lambda case: self.who(who, case),
        )
        left = sorted(set(ids) - set(moved))
        # What a guard refuses is done the plain way: the last act of the state, which leads on.
        *_, (_, plain_who, plain, plain_form) = [m for m in MOVES.get(state, ()) if m[2] in _PLAIN] or [
            (0, "", "", {})
        ]
        if left and plain and plain != action:
            return len(moved) + self._move(graph, state, plain, left, plain_who, plain_form)
        return len(moved)

    def _answers(self, action: str, ids: Sequence[int]) -> Callable[[CaseView], dict[str, Any]] | None:
        if action in {"send", "dispatch", "reroute", "designate", "ask_assistance"}:
            return self._another
        if action == "name_town":
            towns = sorted({village[:9] for village in self.villages})
            return lambda case: {"area": towns[case.id % len(towns)]}
        if action == "assign":
            return lambda case: {"area": self._village_of(case)}
        if action == "plan":
            return lambda _case: {"planned_on": self.moment.today.isoformat()}
        if action == "merge":
            into = self._earlier(ids)
            # Where there is none, the guard refuses it and the clue is urged as any other.
            return lambda case: {"into": number_of(into.get(case.id, case.id), self.moment.today.year)}
        return None

    def _earlier(self, ids: Sequence[int]) -> dict[int, int]:
        """An open clue of the same village for each, to be merged into."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT k.case_id, (SELECT n.case_id FROM clues_clue n JOIN flow_case c ON c.id = n.case_id"
                " AND c.is_open WHERE n.village = k.village AND n.case_id <> ALL(%s) AND n.part_of_id IS NULL"
                " ORDER BY n.case_id LIMIT 1) FROM clues_clue k WHERE k.case_id = ANY(%s)",
                [list(ids), list(ids)],
            )
            return {case_id: other for case_id, other in cursor.fetchall() if other}

    def _another(self, case: CaseView) -> dict[str, Any]:
        others = [one for one in self.departments if one != case.department]
        return {"department": others[case.id % len(others)]}

    def _village_of(self, case: CaseView) -> str:
        near = [village for village in self.villages if village.startswith(case.area[:9])]
        return near[case.id % len(near)] if near else f"{case.area[:9]}001"

    def _waiting(self, graph: Graph, state: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM flow_case WHERE is_open AND graph = %s AND state = %s AND area >= %s AND area <= %s"
                " ORDER BY id",
                [graph.name, state, *self.among],
            )
            ids = [row[0] for row in cursor.fetchall()]
        chosen = self.rng.permutation(len(ids))[: -int(-len(ids) * self.share // 1)]
        return [ids[index] for index in chosen.tolist()]

    def who(self, who: str, case: CaseView) -> Acting:
        """Whoever acts on this case as clerk, village, town, centre or city."""
        if who == "clerk":
            return self.staff.clerk_or_elsewhere(case.department or "", case.area)
        if who == "village":
            return self.staff.villages.get(case.area[:12]) or _stand_in(Role.VILLAGE, case.area)
        if who == "town":
            return self.staff.towns.get(case.area[:9]) or _stand_in(Role.TOWN_OFFICE, case.area[:9])
        if who == "centre":
            return self.staff.centres.get(case.area[:9]) or _stand_in(Role.COMMAND, case.area[:9])
        return self.staff.offices.get(case.area[:4]) or _stand_in(Role.CITY_OFFICE, case.area[:4])


_PLAIN = frozenset({"feed_back", "receive", "take_on", "confirm", "to_city", "urge"})


def _stand_in(role: Role, area: str) -> Acting:
    return Acting(post_id=0, role=role, area=area, title="演示人员")


def by_village(grids: Sequence[str]) -> dict[str, list[str]]:
    """Grids by their village."""
    found: dict[str, list[str]] = defaultdict(list)
    for grid in grids:
        found[grid[:12]].append(grid)
    return dict(found)
