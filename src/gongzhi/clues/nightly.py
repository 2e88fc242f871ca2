"""What time itself asks of clues: what nobody moved on within its limit moves on by itself."""

from __future__ import annotations

from django.db import connection

from gongzhi.clues import graph, sentences, states
from gongzhi.clues.comparing import compare
from gongzhi.clues.revisiting import open_due
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM

BATCH = 5000


def run(*, moment: Moment) -> dict[str, int]:
    """Everything of one night, in the caller's transaction; says how many of each."""
    return {
        "pushed_on": pass_on_late(moment=moment),
        "to_city": raise_deadlocks(moment=moment),
        "extensions_refused": refuse_late_extensions(moment=moment),
        "revisits": open_due(moment=moment),
        "compared": compare(moment=moment),
    }


def pass_on_late(*, moment: Moment) -> int:
    """A village team that let its limit pass: the clue goes on to a department by itself (110号 三(四))."""
    return sum(
        len(
            transition_many(
                graph.GRAPH,
                state,
                "not_corrected",
                _late(state, moment),
                acting=SYSTEM,
                moment=moment,
                form={"reason": "refused", "words": sentences.NOT_CORRECTED_IN_TIME},
            )
        )
        for state in (states.FOUND, states.URGING)
    )


def raise_deadlocks(*, moment: Moment) -> int:
    """A town that could not settle an objection in its limit: the city designates (广东省市场监管条例 art. 41)."""
    return len(
        transition_many(
            graph.GRAPH,
            states.OBJECTED,
            "to_city",
            _late(states.OBJECTED, moment),
            acting=SYSTEM,
            moment=moment,
            form={"words": sentences.NOT_SETTLED_IN_TIME},
        )
    )


def refuse_late_extensions(*, moment: Moment) -> int:
    """Who asked for more time and got no answer in its limit has what was left: silence stops no clock for ever."""
    return len(
        transition_many(
            graph.GRAPH,
            states.EXTENSION_ASKED,
            "refuse_extension",
            _late(states.EXTENSION_ASKED, moment),
            acting=SYSTEM,
            moment=moment,
            form={"words": sentences.NOT_GRANTED_IN_TIME},
        )
    )


def _late(state: str, moment: Moment) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM flow_case WHERE is_open AND graph = %s AND state = %s AND due < %s"
            " ORDER BY due, id LIMIT %s",
            [graph.NAME, state, moment.today, BATCH],
        )
        return [row[0] for row in cursor.fetchall()]
