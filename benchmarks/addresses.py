"""Addresses matched to villages: how many a second on one core, and how rightly, beside two plain methods.

    python benchmarks/addresses.py [--invented 500000]

With the evaluation data at hand (GONGZHI_EVALUATION), a fifth of each city's known addresses is asked with the
village's name removed, and the rest is the library. Otherwise, or with --invented, an invented city of that many
known addresses is built: it measures speed and memory, and its accuracy means nothing. The plain methods run in the
same process on the same questions: the longest village name found in the text, and the nearest known address of the
same town by shared character pairs and triples.
"""

from __future__ import annotations

import argparse
import csv
import gc
import gzip
import os
import random
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

# One core is what is measured; several threads on small tables only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from baselines import by_neighbour, by_village_name

from gongzhi.addresses import Gazetteer, Library, match_many
from gongzhi.packs import cities, load_pack

if TYPE_CHECKING:
    from collections.abc import Callable

CITIES = {
    "dongguan": ("dongguan_addr_village_dev.csv.gz", "address_without_village", "village_code12"),
    "shenzhen": ("shenzhen_addr_community_dev.csv.gz", "address_without_community", "code12"),
}
Found = list[tuple[str | None, bool]]  # (village, decided alone)


class Known(NamedTuple):
    address: str
    asked: str
    village: str


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--invented", type=int, metavar="N", help="an invented library of N addresses")
    arguments = parser.parse_args()
    folder = Path(os.environ.get("GONGZHI_EVALUATION", Path(__file__).parents[2] / "shared" / "evaluation"))
    if arguments.invented or not folder.is_dir():
        _run("invented", _invented(arguments.invented or 20_000), plain=False)
        return
    for city, (name, removed, code) in CITIES.items():
        with gzip.open(folder / "addresses" / name, "rt", encoding="utf-8", newline="") as text:
            known = [Known(row["address"], row[removed], row[code]) for row in csv.DictReader(text)]
        _run(city, known, plain=True)


def _run(city: str, known: list[Known], *, plain: bool) -> None:
    random.Random(11).shuffle(known)  # noqa: S311  a fixed split
    held = min(len(known) // 5, 5_000)
    asked, rest = known[:held], known[held:]
    started = time.process_time()
    library = Library.build(
        [{"address": one.address, "village_code": one.village} for one in rest], _gazetteer(city)
    )
    built = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{city}: {len(rest):,} known addresses, built and calibrated in {built:.1f} s, peak {peak:,.0f} MiB"
    )
    gc.collect()
    gc.freeze()  # as the command, the web processes and the import do
    match_many([one.asked for one in asked[:50]], library)

    def matched(texts: list[str]) -> Found:
        return [(answer.village, answer.decision == "auto") for answer in match_many(texts, library)]

    _report("gongzhi", matched, asked, repeat=max(1, 10_000 // held))
    if plain:
        _report("village names only", _unsure(by_village_name(library.gazetteer)), asked, repeat=1)
        _report(
            "nearest by n-grams",
            _unsure(by_neighbour(library.gazetteer, [(one.asked, one.village) for one in rest])),
            asked,
            repeat=1,
        )


def _report(name: str, method: Callable[[list[str]], Found], asked: list[Known], *, repeat: int) -> None:
    texts = [one.asked for one in asked] * repeat
    started = time.process_time()
    found = method(texts)[: len(asked)]
    speed = len(texts) / (time.process_time() - started)
    hits = [village == one.village for (village, _), one in zip(found, asked, strict=True)]
    alone = [hit for (_, auto), hit in zip(found, hits, strict=True) if auto]
    decided = f", {len(alone) / len(asked):6.1%} alone at {sum(alone) / len(alone):.2%}" if alone else ""
    print(f"  {name:20} {speed:9,.0f}/s  {sum(hits) / len(hits):6.1%} right{decided}")


def _gazetteer(city: str) -> Gazetteer:
    return Gazetteer.of_pack(load_pack(city)) if city in cities() else Gazetteer()


def _unsure(find: Callable[[list[str]], list[str | None]]) -> Callable[[list[str]], Found]:
    """A plain method in the form of ours: it never decides alone."""
    return lambda texts: [(village, False) for village in find(texts)]


def _invented(count: int) -> list[Known]:
    """An invented city of 40 towns and 800 villages: roads that cross villages, numbered in order."""
    chance = random.Random(3)  # noqa: S311  the same city every time
    letters = "云海青莲石井鹤山白芒望岳银杏湖心圩前松柏梅兰竹菊桃李荷桂枫"
    known = []
    for place in range(count):
        town, village = place % 40, chance.randrange(20)
        code = f"990100{town + 100:03}{village + 1:03}"
        of_town = f"云海市{letters[town % 28]}{letters[town // 2]}镇"
        name = f"{letters[village]}{letters[(village * 7 + town) % 28]}"
        road = f"{letters[chance.randrange(28)]}{letters[(village + chance.randrange(4)) % 28]}"
        number = village * 50 + chance.randrange(60) + 1
        inside = chance.choice(["", "A栋", "中环大厦"]) + chance.choice(["", "3楼", "501室"])
        line = f"{road}路{number}号{inside}"
        known.append(Known(f"{of_town}{name}社区{line}", f"{of_town}{line}", code))
    return known


if __name__ == "__main__":
    main()
