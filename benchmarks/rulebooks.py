"""What a trial of a version costs beside matching the same scopes twice: processor seconds of one core.

    python benchmarks/rulebooks.py [SCOPES]

The scopes are put together from the stored examples, so that nothing but the package is needed.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import date

from gongzhi.rulebooks.rules import Trial, conflicts, failures
from gongzhi.rulebooks.tables import EXAMPLES, RULES, Edit, rows_of, rule_tables, shipped
from gongzhi.rulebooks.tables import applied as laid_over
from gongzhi.scopes import match

DAY = date(2026, 9, 21)


def scopes(count: int) -> list[str]:
    """So many scopes of three to eight examples each."""
    draw = random.Random(7)  # noqa: S311
    written = [row["经营范围"].rstrip("。；") for row in rows_of(shipped()[EXAMPLES])]
    return ["；".join(draw.sample(written, draw.randint(3, 8))) for _ in range(count)]


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    sample = scopes(count)
    edited = laid_over(shipped(), [Edit(RULES, "P033-1", None, None)])
    # A book keeps the clauses it has read: each side has books of its own.
    before, after = rule_tables(shipped()).on(DAY), rule_tables(edited).on(DAY)
    trial = Trial(rule_tables(shipped()).on(DAY), rule_tables(edited).on(DAY))
    spent = {"match twice": 0.0, "trial": 0.0}
    step = max(1, count // 20)
    for first in range(0, count, step):
        some = sample[first : first + step]
        start = time.process_time()
        for scope in some:
            match(scope, before)
            match(scope, after)
        between = time.process_time()
        for scope in some:
            trial.take(scope)
        spent["match twice"] += between - start
        spent["trial"] += time.process_time() - between
    for name, seconds in spent.items():
        print(f"{name:12} {seconds:7.2f} s, {count / seconds:8,.0f} scopes a second")
    start = time.process_time()
    found = len(conflicts(after)), len(trial.shadows()), len(trial.silent())
    failed = len(failures(rows_of(shipped()[EXAMPLES]), after))
    print(
        f"report       {time.process_time() - start:7.2f} s: conflicts, shadows, rules with silent words {found},"
    )
    print(f"             {failed} stored examples fail")


if __name__ == "__main__":
    main()
