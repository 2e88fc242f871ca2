"""How right the two matchers are on labelled real data, beside plain methods; writes docs/accuracy.md.

    python benchmarks/accuracy.py [--evaluation FOLDER] [--folds 5] [--write PAGE]

Scopes: the labelled set, judged whole. Addresses: each city's known addresses are cut into folds; each fold is asked of
a library made of the others, once with the village's name removed and once as written. Nothing is learnt from the
labels but what a city's own library teaches when it is loaded. Needs the evaluation data; ends with 1 without it.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import json
import os
import random
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

# One core is what is measured; several threads on small tables only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import knowing
from baselines import by_neighbour, by_village_name, keyword_scan
from machine import describe

from gongzhi.addresses import Gazetteer, Library, match_many, normal_text
from gongzhi.packs import cities, load_pack
from gongzhi.scopes import default_book, match

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
CITIES = {
    "dongguan": (
        "东莞 Dongguan",
        "dongguan_addr_village_dev.csv.gz",
        "address_without_village",
        "village_code12",
    ),
    "shenzhen": (
        "深圳 Shenzhen",
        "shenzhen_addr_community_dev.csv.gz",
        "address_without_community",
        "code12",
    ),
}
TODAY = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
CURVE = "reliability.svg"
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
CURVE_FOLDS = (2, 5, 20)  # libraries of half, four fifths and nineteen twentieths
CURVE_ASKED = 3_000  # addresses; with many folds not all of a large city need be asked
Scoped = tuple[set[str], set[str]]  # permits that are sure, permits for review


@dataclass(frozen=True, slots=True)
class ScopeScore:
    """Shares over all labelled scopes: of what is sure, of what must be pushed, of scopes that wait for a person."""

    precision: float
    found: float
    seen: float
    review: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One address asked: how confident the answer was, whether it was decided alone, and whether it was right."""

    confidence: float
    alone: bool
    right: bool
    right_town: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A known address: as written, with the village's name removed, and its village."""

    address: str
    removed: str
    village: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A city's addresses asked with the village's name removed and as written; shares right of plain methods.

    `larger` holds those that were asked of libraries of (1 - 1/folds) of all addresses, `known` how those of the most
    folds are known.
    """

    hidden: list[Judged]
    stated: list[Judged]
    plain: dict[str, float]
    larger: dict[int, list[Judged]]
    known: list[knowing.Known]


def main() -> int:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("GONGZHI_EVALUATION") or ROOT.parent / "shared" / "evaluation"
    parser.add_argument("--evaluation", type=Path, default=Path(default), metavar="FOLDER")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "accuracy.md", metavar="PAGE")
    arguments = parser.parse_args()
    if not arguments.evaluation.is_dir():
        print("no evaluation data: set GONGZHI_EVALUATION or --evaluation", file=sys.stderr)
        return 1
    measured = {city: ask_in_folds(arguments.evaluation, city, arguments.folds) for city in CITIES}
    page = "\n".join(_page(arguments.evaluation, arguments.folds, measured))
    print(page)
    arguments.write.write_text(page + "\n", "utf-8")
    pictures = arguments.write.parent / "pictures"
    pictures.mkdir(exist_ok=True)
    (pictures / CURVE).write_text(
        curve({CITIES[city][0]: one.hidden for city, one in measured.items()}), "utf-8"
    )
    return 0


def _page(folder: Path, folds: int, measured: dict[str, Asked]) -> Iterator[str]:
    yield "# 准确度 · Accuracy"
    yield ""
    yield "由 `make accuracy` 在带标注的真实数据上测得并写成；数据本身不随项目发布。"
    yield "测量用的是开发集，规则也是对照它改进的，因此这是偏乐观的估计，不是保证。"
    yield ""
    yield "Written by `make accuracy` from labelled real data, which is not shipped. It is the development set, against"
    yield "which rules were also improved: read it as an estimate on the hopeful side."
    yield ""
    yield f"{TODAY.isoformat()} · {describe().split(', load')[0]}"
    yield ""
    yield from _scope_part(folder)
    yield f"![可信度曲线 Reliability curve](pictures/{CURVE})"
    yield ""
    for city, one in measured.items():
        yield from _address_part(city, folds, one)


def _scope_part(folder: Path) -> Iterator[str]:
    labelled = folder / "scopes" / "gold_dev.jsonl"
    gold = [json.loads(line) for line in labelled.read_text("utf-8").splitlines()]
    book = default_book(TODAY)

    def grammar(scope: str) -> Scoped:
        answer = match(scope, book)
        return set(answer.sure), set(answer.review)

    plain, cut = keyword_scan(), keyword_scan(negations=True)
    methods: dict[str, Callable[[str], Scoped]] = {
        "共治 Gongzhi": grammar,
        "关键词 plain keywords": lambda scope: (plain(scope), set()),
        "关键词并去掉排除语 keywords, negations cut": lambda scope: (cut(scope), set()),
    }
    yield f"## 经营范围 → 许可 · Scopes → permits ({len(gold)})"
    yield ""
    yield (
        "| 方法 method | 确定项正确 sure: right (≥ 0.97) | 应推已推 must: sure (≥ 0.95) "
        "| 含待核 must: sure or in review (≥ 0.98) | 需人核 scopes in review (≤ 0.08) |"
    )
    yield "|---|---|---|---|---|"
    for name, method in methods.items():
        score = score_scopes(gold, method)
        yield f"| {name} | {score.precision:.3f} | {score.found:.3f} | {score.seen:.3f} | {score.review:.3f} |"
    yield ""


def score_scopes(gold: Sequence[dict[str, list[str]]], method: Callable[[str], Scoped]) -> ScopeScore:
    """Shares as the labels' guide defines them: `must` has to be pushed, `may` is right either way."""
    pushed = right = must = sure_found = seen = waiting = 0
    for row in gold:
        sure, review = method(str(row["scope"]))
        wanted = set(row["must"])
        pushed += len(sure)
        right += len(sure & (wanted | set(row["may"])))
        must += len(wanted)
        sure_found += len(wanted & sure)
        seen += len(wanted & (sure | review))
        waiting += bool(review)
    return ScopeScore(
        right / max(pushed, 1), sure_found / max(must, 1), seen / max(must, 1), waiting / max(len(gold), 1)
    )


def ask_in_folds(folder: Path, city: str, folds: int) -> Asked:
    """Ask every known address of a library that was made without its fold, and the plain methods with it."""
    _, file, removed, code = CITIES[city]
    with gzip.open(folder / "addresses" / file, "rt", encoding="utf-8", newline="") as text:
        known = [Known(row["address"], row[removed], row[code]) for row in csv.DictReader(text)]
    random.Random(11).shuffle(known)  # noqa: S311  the same folds every time
    hidden: list[Judged] = []
    stated: list[Judged] = []
    plain = {"只认村名 village names only": 0, "最近邻 nearest by n-grams": 0}
    gazetteer = _gazetteer(city)
    for asked, rest in _folds(known, folds):
        library = _library(rest, gazetteer)
        hidden += judge(library, [(one.removed, one.village) for one in asked])
        stated += judge(library, [(one.address, one.village) for one in asked])
        finders = (
            by_village_name(library.gazetteer),
            by_neighbour(library.gazetteer, [(one.removed, one.village) for one in rest]),
        )
        for name, find in zip(plain, finders, strict=True):
            found = find([one.removed for one in asked])
            plain[name] += sum(answer == one.village for answer, one in zip(found, asked, strict=True))
    shares = {name: right / max(len(known), 1) for name, right in plain.items()}
    larger = {folds: hidden}
    for more in CURVE_FOLDS:
        if more not in larger:
            larger[more] = _ask_some(known, gazetteer, more)
    most = max(larger)
    names = gazetteer.learned((normal_text(one.address), one.village) for one in known)
    ways = knowing.how_known([(one.removed, one.village) for one in known], names, most)
    in_order = [way for fold in range(most) for way in ways[fold::most]]
    return Asked(hidden, stated, shares, larger, in_order[: len(larger[most])])


def _folds(known: list[Known], folds: int) -> Iterator[tuple[list[Known], list[Known]]]:
    """(one fold, all the others), fold by fold."""
    for fold in range(folds):
        yield known[fold::folds], [one for place, one in enumerate(known) if place % folds != fold]


def _library(known: Sequence[Known], gazetteer: Gazetteer) -> Library:
    return Library.build(({"address": one.address, "village_code": one.village} for one in known), gazetteer)


def _ask_some(known: list[Known], gazetteer: Gazetteer, folds: int) -> list[Judged]:
    """The first CURVE_ASKED or more of the addresses, fold by fold, with the village's name removed."""
    judged: list[Judged] = []
    for asked, rest in _folds(known, folds):
        if folds > 2 and len(judged) >= CURVE_ASKED:
            break
        judged += judge(_library(rest, gazetteer), [(one.removed, one.village) for one in asked])
    return judged


def _address_part(city: str, folds: int, asked: Asked) -> Iterator[str]:
    title, hidden = CITIES[city][0], asked.hidden
    yield f"## 地址 → 村（社区） · Addresses → village: {title} ({len(hidden):,}, {folds} folds)"
    yield ""
    yield "| 方法 method | 正确 right | 自动判定 decided alone | 其中正确 of these right | 镇街正确 town right |"
    yield "|---|---|---|---|---|"
    yield _row("共治，去掉村名 Gongzhi, village removed", hidden)
    yield _row("共治，原文 Gongzhi, as written", asked.stated)
    for name, right in asked.plain.items():
        yield f"| {name}（去掉村名 village removed） | {right:.3f} | – | – | – |"
    yield ""
    yield "所报可信度与实际正确率（去掉村名） · Stated confidence and share of right answers (village removed)"
    yield ""
    yield "| 可信度 confidence | 条数 n | 平均可信度 mean | 实际正确 right | |"
    yield "|---|---|---|---|---|"
    for low, high, within in reliability(hidden):
        mean = sum(one.confidence for one in within) / len(within)
        share = sum(one.right for one in within) / len(within)
        yield f"| {low:.2f}–{high:.2f} | {len(within):,} | {mean:.3f} | {share:.3f} | {'▇' * round(share * 20)} |"
    yield ""
    yield f"可信度平均偏差 mean gap between confidence and share, weighted: {calibration_gap(hidden):.3f}"
    yield ""
    yield from _larger_part(asked)


def _larger_part(asked: Asked) -> Iterator[str]:
    yield "库越大 · With a larger library (village removed)"
    yield ""
    yield "| 库占全部 library of all | 条数 n | 正确 right | 自动判定 decided alone | 其中正确 of these right |"
    yield "|---|---|---|---|---|"
    for folds, judged in sorted(asked.larger.items()):
        right, alone, of_these = _shares(judged)
        yield f"| {1 - 1 / folds:.0%} | {len(judged):,} | {right:.3f} | {alone:.3f} | {of_these} |"
    yield ""
    most = asked.larger[max(asked.larger)]
    yield f"知道多少 · What can be known, library of {1 - 1 / max(asked.larger):.0%}"
    yield ""
    yield from knowing.table(asked.known, [one.right for one in most])
    yield ""
    for at in (0.95, 0.97, 0.98, 0.99):
        yield f"- 正确率不低于 at {at:.0%} right: {best_coverage(most, at):.3f}"
    yield ""
    yield "上列为事后按可信度取最多条数所得的占比，是上限，不是承诺。"
    yield "The shares above take as many of the most confident answers as keep that precision, seen afterwards: a"
    yield "ceiling for any bar, not a promise."
    yield ""


def best_coverage(judged: Sequence[Judged], precision: float) -> float:
    """The largest share of answers, most confident first, of which at least `precision` are right.

    Equal confidences go in or stay out together.
    """
    ranked = sorted(judged, key=lambda one: -one.confidence)
    best = right = 0
    for count, (one, following) in enumerate(zip(ranked, [*ranked[1:], None], strict=True), 1):
        right += one.right
        whole = following is None or following.confidence < one.confidence
        if whole and right >= precision * count:
            best = count
    return best / max(len(judged), 1)


def judge(library: Library, asked: Sequence[tuple[str, str]]) -> list[Judged]:
    """Ask every (text, village) of the library."""
    answers = match_many([text for text, _ in asked], library)
    return [
        Judged(
            answer.confidence,
            answer.decision == "auto",
            answer.village == village,
            answer.town == village[:9],
        )
        for answer, (_, village) in zip(answers, asked, strict=True)
    ]


def reliability(judged: Sequence[Judged]) -> Iterator[tuple[float, float, list[Judged]]]:
    """The answers by their confidence, in bins (from, to, answers); empty bins are left out."""
    for low, high in pairwise(BINS):
        within = [one for one in judged if low <= one.confidence and (one.confidence < high or high == 1.0)]
        if within:
            yield low, high, within


def calibration_gap(judged: Sequence[Judged]) -> float:
    """How far the stated confidence lies from the share of right answers, bin by bin, weighted by answers."""
    gaps = 0.0
    for _, _, within in reliability(judged):
        gaps += abs(sum(one.confidence for one in within) - sum(one.right for one in within))
    return gaps / max(len(judged), 1)


def curve(cities: dict[str, list[Judged]]) -> str:
    """An SVG: stated confidence from left to right, share of right answers upwards, a dot a bin, honest on the line."""
    side, edge = 360, 48
    colours = ("#0b5cad", "#b8500c", "#2d7d46")

    def at(x: float, y: float) -> tuple[float, float]:
        return edge + x * side, edge + (1 - y) * side

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side + 2 * edge} {side + 2 * edge}" '
            'font-family="sans-serif" font-size="13" role="img">'
        ),
        "<title>可信度与实际正确率 · Stated confidence and share of right answers</title>",
        f'<rect width="{side + 2 * edge}" height="{side + 2 * edge}" fill="#fff"/>',
    ]
    for tenth in range(0, 11, 2):
        x, y = at(tenth / 10, tenth / 10)
        parts.append(f'<path d="M{x} {edge}V{edge + side}M{edge} {y}H{edge + side}" stroke="#e3e6ea"/>')
        parts.append(f'<text x="{x}" y="{edge + side + 18}" text-anchor="middle">{tenth / 10:.1f}</text>')
        parts.append(f'<text x="{edge - 8}" y="{y + 4}" text-anchor="end">{tenth / 10:.1f}</text>')
    parts.append(
        f'<path d="M{edge} {edge + side}L{edge + side} {edge}" stroke="#8a929b" stroke-dasharray="4 4"/>'
    )
    for place, (name, judged) in enumerate(cities.items()):
        colour = colours[place % len(colours)]
        for _, _, within in reliability(judged):
            x, y = at(
                sum(one.confidence for one in within) / len(within),
                sum(one.right for one in within) / len(within),
            )
            radius = 3 + 9 * (len(within) / len(judged)) ** 0.5
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity=".55" '
                f'stroke="{colour}"/>'
            )
        parts.append(f'<text x="{edge + 12}" y="{edge + 20 + 18 * place}" fill="{colour}">● {name}</text>')
    middle = edge + side / 2
    parts.append(
        f'<text x="{middle}" y="{2 * edge + side - 10}" text-anchor="middle">可信度 confidence</text>'
    )
    parts.append(
        f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">实际正确 share right</text>'
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(name: str, judged: Sequence[Judged]) -> str:
    town = sum(one.right_town for one in judged) / len(judged)
    right, alone, of_these = _shares(judged)
    return f"| {name} | {right:.3f} | {alone:.3f} | {of_these} | {town:.4f} |"


def _shares(judged: Sequence[Judged]) -> tuple[float, float, str]:
    """The shares that were right, that were decided alone, and of these right ("–" where there are none)."""
    alone = [one.right for one in judged if one.alone]
    of_these = f"{sum(alone) / len(alone):.4f}" if alone else "–"
    return sum(one.right for one in judged) / len(judged), len(alone) / len(judged), of_these


def _gazetteer(city: str) -> Gazetteer:
    return Gazetteer.of_pack(load_pack(city)) if city in cities() else Gazetteer()


if __name__ == "__main__":
    sys.exit(main())
