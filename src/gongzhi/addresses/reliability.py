"""From judgements to an honest confidence: how often such answers were right when the library judged itself.

Which village is likeliest is one question, whether to believe it another: one known number of a road may point as
firmly as fifty. A second, small model (a logistic regression on the figures of the first and the second village) says
how far to believe, a rising curve turns its score into a share of right answers, and a bar is put where that share
holds. Scores are measured on addresses that the model was not fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

AUTO_PRECISION = 0.99
# Right, judged: a known door tells its village unless somebody wrote it down wrongly. It counts as few addresses, so
# that two doors that a small library contradicts are enough to leave the others to a person.
_DOOR_PRIOR = (19.9, 20)
_CAUTION = 2.0  # standard errors: the bar has to hold with 49 chances in 50, not on the average
_RIDGE = 50.0
_STEPS = 12
_FITTED_AT_MOST = 6_000  # answers: a hundred coefficients are no better known from more
_SURE = 1e-9


class Answers(NamedTuple):
    """What a belief in the likeliest villages may rest on, a row for each address."""

    odds: Floats  # the log-odds of the likeliest village
    mine: Floats  # its figures
    lead: Floats  # what they are ahead of the second's; nothing where a town has a single village


def answers(figures: Floats, chances: Floats, first: Integers, second: Integers) -> Answers:
    """The answers where `first` and `second` are the likeliest two villages, of all `figures` and `chances`."""
    rows = np.arange(len(first))
    mine = figures[rows, first]
    top = chances[rows, first]
    odds = np.log((top + _SURE) / (np.where(first == second, 0, 1 - top) + _SURE))
    return Answers(odds, mine, mine - figures[rows, second])


@dataclass(frozen=True, slots=True)
class Belief:
    """A logistic regression on answers: `score` is in log-odds, and starts from the odds of the judgement."""

    of_odds: float
    of_mine: Floats
    of_lead: Floats
    intercept: float

    def score(self, found: Answers) -> Floats:
        """The log-odds that each answer is right."""
        scores = found.mine @ self.of_mine + found.lead @ self.of_lead + self.intercept
        return np.asarray(scores + (1 + self.of_odds) * found.odds)


def fit_belief(found: Answers, right: Truths) -> Belief:
    """The belief under which `right` is likeliest, held near the log-odds that the judgement itself gave."""
    size = found.mine.shape[1]
    if len(right) < 2:
        return Belief(0.0, np.zeros(size), np.zeros(size), 0.0)
    step_over = -(-len(right) // _FITTED_AT_MOST)
    right = right[::step_over]
    given = found.odds[::step_over]
    traits = np.column_stack([given, found.mine[::step_over], found.lead[::step_over]])
    centre, scale = traits.mean(axis=0), traits.std(axis=0)
    scale[scale < 1e-6] = np.inf  # a trait that never varies says nothing
    table = np.column_stack([np.ones(len(right)), (traits - centre) / scale])
    ridge = np.diag(np.append(1.0, np.full(traits.shape[1], _RIDGE)))
    slopes = np.zeros(traits.shape[1] + 1)
    value = _loss(table, given, right, slopes, ridge)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(given + table @ slopes, -30, 30)))
        spread = chance * (1 - chance) + 1e-6
        gradient = table.T @ (right - chance) - ridge @ slopes
        step = np.linalg.solve((table * spread[:, None]).T @ table + ridge, gradient)
        before, length = value, 1.0
        value = _loss(table, given, right, slopes + step, ridge)
        while value > before and length > 1e-3:
            length /= 2
            value = _loss(table, given, right, slopes + length * step, ridge)
        if value > before:
            break
        slopes = slopes + length * step
        if length == 1.0 and before - value < 1e-4 * len(right):  # a step cut short says nothing of the end
            break
    plain = slopes[1:] / scale
    return Belief(float(plain[0]), plain[1 : size + 1], plain[size + 1 :], float(slopes[0] - centre @ plain))


def _loss(table: Floats, given: Floats, right: Truths, slopes: Floats, ridge: Floats) -> float:
    odds = given + table @ slopes
    return float(np.logaddexp(0, np.where(right, -odds, odds)).sum() + slopes @ ridge @ slopes / 2)


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often answers were right when the library judged its own addresses.

    `scores` and `shares` are a rising curve from a score to the share of right answers. From `bar` on a score
    decides alone; it is infinite where no score earns that. `door` is the share among known doors.
    """

    belief: Belief | None
    scores: Floats
    shares: Floats
    bar: float
    door: float

    def score(self, found: Answers) -> Floats:
        """The score of each answer."""
        return found.odds if self.belief is None else self.belief.score(found)

    def confidence(self, scores: Floats, doors: Truths) -> Floats:
        """The share of right answers among known addresses with such scores, or at known doors."""
        plain = np.interp(scores, self.scores, self.shares)
        return np.where(doors, np.maximum(plain, self.door), plain)

    def decides(self, scores: Floats, doors: Truths, named: Truths) -> Truths:
        """Which answers may stand without a person: never one in which no whole name is known (`named`)."""
        return (named & (scores >= self.bar)) | (doors & (self.door >= AUTO_PRECISION))


UNMEASURED = Reliability(
    None, np.array([0.0, 1.0]), np.array([0.0, 0.5]), np.inf, _DOOR_PRIOR[0] / _DOOR_PRIOR[1]
)


def measure_reliability(found: Answers, right: Truths, doors: Truths, named: Truths) -> Reliability:
    """Calibrate answers by whether each was `right`; `doors` says which were at known doors, `named` which had a
    whole name known.

    The rows are in no order that matters to the answers. The curve is measured crosswise: each half by a belief
    fitted to the other.
    """
    if not len(right):
        return UNMEASURED
    scores = np.empty(len(right))
    half = np.arange(len(right)) % 2 == 0
    for part in (half, ~half):
        other = Answers(*(column[~part] for column in found))
        scores[part] = fit_belief(other, right[~part]).score(Answers(*(column[part] for column in found)))
    xs, ys = rising(scores, right.astype(np.float64))
    door = (right[doors].sum() + _DOOR_PRIOR[0]) / (doors.sum() + _DOOR_PRIOR[1])
    bar = lowest_bar(scores, right, doors, named)
    return Reliability(fit_belief(found, right), xs, ys, bar, float(door))


def lowest_bar(scores: Floats, right: Truths, doors: Truths, named: Truths) -> float:
    """The lowest score from which on the share of right answers is at least AUTO_PRECISION, as far as so many
    addresses can tell: a small library has to do better than a large one to be trusted. Infinite where there is none.
    """
    # Known doors decide first; what they leave of the allowance for errors is the other scores' to use.
    reach = np.ptp(scores) + 1 if len(scores) else 1.0
    order = np.argsort(-(scores + reach * doors), kind="stable")
    order = order[named[order]]
    ranked, hits = scores[order], right[order].astype(np.float64)
    judged = np.arange(1, len(hits) + 1)
    share = np.cumsum(hits) / judged
    middle = (share + _CAUTION**2 / (2 * judged)) / (1 + _CAUTION**2 / judged)
    spread = np.sqrt(share * (1 - share) / judged + _CAUTION**2 / (4 * judged**2)) / (
        1 + _CAUTION**2 / judged
    )
    last_of_score = np.append(ranked[1:] != ranked[:-1], True) & ~doors[order]
    good = np.flatnonzero((middle - _CAUTION * spread >= AUTO_PRECISION) & last_of_score)
    return float(ranked[good[-1]]) if len(good) else np.inf


def rising(scores: Floats, hits: Floats) -> tuple[Floats, Floats]:
    """Pool adjacent violators over blocks of equal size: the best rising fit of `hits` to `scores`."""
    order = np.argsort(scores, kind="stable")
    scores, hits = scores[order], hits[order]
    blocks = max(1, min(200, len(scores) // 25))
    edges = np.linspace(0, len(scores), blocks + 1).astype(np.int64)
    pooled: list[tuple[float, float, float]] = []
    for begin, end in pairwise(edges.tolist()):
        size = float(end - begin)
        item = (float(scores[begin:end].mean()), float(hits[begin:end].mean()), size)
        while pooled and pooled[-1][1] >= item[1]:
            x, y, n = pooled.pop()
            total = n + item[2]
            item = ((x * n + item[0] * item[2]) / total, (y * n + item[1] * item[2]) / total, total)
        pooled.append(item)
    return np.array([x for x, _, _ in pooled]), np.array([y for _, y, _ in pooled])
