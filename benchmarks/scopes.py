"""How fast scopes are matched on one core, beside a plain keyword scan over the same permits, in the same run.

    python benchmarks/scopes.py [--scopes N]

With the evaluation data present it also prints what each gets right on the labelled scopes. Without it, the scopes are
put together from the phrases of the shipped examples. Whether they are matched by machine code or by Python as it
stands, the first line says; GONGZHI_PURE=1 has them matched by Python.

Real registrations at hand are of 2019 and before; what registers today is put together from standard phrases. The
invented city's scopes are, so that they are matched as well, each distinct one once.
"""

import argparse
import csv
import datetime as dt
import gc
import gzip
import json
import os
import platform
import random
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
from baselines import keyword_scan

from gongzhi import machine_code, packs
from gongzhi.collector import at_rest
from gongzhi.demo import businesses, library
from gongzhi.demo.geography import read_villages
from gongzhi.demo.gridfile import read_grids
from gongzhi.scopes import default_tables, match, shipped_examples

ROOT = Path(__file__).resolve().parents[1]
DAY = dt.date(2026, 9, 21)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scopes", type=int, default=20_000, help="how many scopes (default 20,000)")
    wanted = parser.parse_args().scopes
    folder = Path(os.environ.get("GONGZHI_EVALUATION") or ROOT.parent / "shared" / "evaluation")
    scopes, source = _scopes(folder, wanted)
    length = sum(map(len, scopes)) / len(scopes)
    way = "machine code" if machine_code.in_use() else "Python as it stands"
    print(f"{platform.machine()}, Python {platform.python_version()}, one process, scopes matched by {way}")
    print(
        f"{len(scopes):,} scopes ({len(set(scopes)):,} distinct, {length:.0f} characters on average): {source}"
    )
    book = default_tables().on(DAY)
    scan = keyword_scan()
    # As in every program that matches many: the rules stay, and an answer is let go once it was used.
    gc.collect()
    gc.freeze()
    _race(
        "grammar, first pass", lambda: deque((match(scope, book) for scope in scopes), maxlen=0), len(scopes)
    )
    _race(
        "grammar, again (clauses known)",
        lambda: deque((match(scope, book) for scope in scopes), maxlen=0),
        len(scopes),
    )
    _race("plain keyword scan", lambda: deque((scan(scope) for scope in scopes), maxlen=0), len(scopes))
    modern = _of_today(wanted)
    fresh = default_tables().on(DAY)
    gc.collect()
    gc.freeze()
    length = sum(map(len, modern)) / len(modern)
    print(
        f"{len(modern):,} distinct scopes in today's wording ({length:.0f} characters on average): invented city"
    )
    _race(
        "grammar, first pass", lambda: deque((match(scope, fresh) for scope in modern), maxlen=0), len(modern)
    )
    _race("plain keyword scan", lambda: deque((scan(scope) for scope in modern), maxlen=0), len(modern))
    gold = folder / "scopes" / "gold_dev.jsonl"
    if gold.is_file():
        _score("grammar", gold, lambda scope: (set(match(scope, book).sure), set(match(scope, book).review)))
        _score("plain keyword scan", gold, lambda scope: (scan(scope), set()))


def _scopes(folder: Path, wanted: int) -> tuple[list[str], str]:
    real = folder / "registrations" / "enterprise_dongguan_dev.csv.gz"
    if real.is_file():
        with gzip.open(real, "rt", encoding="utf-8", newline="") as lines:
            found = [row["business_scope"] for row in csv.DictReader(lines)]
        return found[:wanted], "real registrations of Dongguan"
    phrases = [row["经营范围"] for row in csv.DictReader(shipped_examples().splitlines())]
    chance = random.Random(20260921)  # noqa: S311  a repeatable sample, no secret
    return ["；".join(chance.sample(phrases, 3)) for _ in range(wanted)], "made of the shipped examples"


def _of_today(wanted: int) -> list[str]:
    """So many distinct scopes as the demo city registers them, in the order in which they come up."""
    pack = Path(packs.__file__).parent / "dongguan"
    rng = np.random.default_rng(7)
    places = library.invent_library(
        read_villages(pack / "villages.csv"), read_grids(pack / "grids.csv.gz"), 5_000, rng
    )
    made = businesses.invent_businesses(6 * wanted, places, rng, DAY)
    # The generator mixes in the wording of before; what is left is today's.
    scopes = (one.business_scope for one in made)
    found = dict.fromkeys(scope for scope in scopes if "一般项目" in scope or "许可项目" in scope)
    return list(found)[:wanted]


def _race(name: str, work: Callable[[], object], count: int) -> None:
    # As in every program that matches many: see `gongzhi.collector`.
    with at_rest():
        wall, core = time.perf_counter(), time.process_time()
        work()
        wall, core = time.perf_counter() - wall, time.process_time() - core
    print(f"{name:32} {count / core:>10,.0f} scopes/s of core time   {count / wall:>10,.0f} by the clock")


def _score(name: str, gold: Path, answer: Callable[[str], tuple[set[str], set[str]]]) -> None:
    pushed = right = must = sure = seen = waiting = 0
    rows = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
    for row in rows:
        found, review = answer(row["scope"])
        wanted = set(row["must"])
        pushed += len(found)
        right += len(found & (wanted | set(row["may"])))
        must += len(wanted)
        sure += len(wanted & found)
        seen += len(wanted & (found | review))
        waiting += bool(review)
    print(
        f"{name:32} right {right / max(pushed, 1):.3f} of {pushed} pushed, found {sure / must:.3f} of {must}, "
        f"found or in review {seen / must:.3f}, scopes in review {waiting / len(rows):.3f}"
    )


if __name__ == "__main__":
    main()
