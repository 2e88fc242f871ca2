"""The standard address library: known addresses with their villages, and what may be concluded from them.

A library is built from known addresses and calibrates itself on them. It can be extended and corrected one address
at a time (`learn`, `unlearn`): what a confirmed visit teaches is in force for the next match.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gongzhi.addresses.calibration import Weights, fit_weights
from gongzhi.addresses.door import door_key, line_key
from gongzhi.addresses.evidence import FIGURES, TownEvidence, at_known_door, knows_a_name
from gongzhi.addresses.gazetteer import Gazetteer, short_town_name
from gongzhi.addresses.normal import normal_text
from gongzhi.addresses.reading import Front, read_front
from gongzhi.addresses.reliability import UNMEASURED, Answers, answers, measure_reliability
from gongzhi.addresses.words import Words, read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

# An address that states its village with its kind, in the town that it states, is wrong about as often as registers
# mistype: the share is a prior that counts as so many addresses.
STATED_SHARE = 0.995
_STATED_PRIOR = 100
_JUDGED_AT_MOST = (
    20_000  # addresses judged for the reliability; more would change it by less than it can know
)
_FITTED_AT_MOST = 8_000  # addresses that the weights are fitted to: they are some sixty numbers
_FOLDS = (
    20  # a twentieth of a town's known addresses is judged by the others: nearly what a new address will meet
)


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address whose village is known: where it is (degrees WGS 84, where measured) and since when it is known."""

    address: str
    village: str
    entry: str | None = None
    lon: float | None = None
    lat: float | None = None
    since: date | None = None


class Library:
    """Known addresses, ready to match others against. Make one with `Library.build`."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.weights = Weights(np.ones(len(FIGURES)))
        self.reliability = UNMEASURED
        self._known: dict[str, list[tuple[KnownAddress, Words]]] = defaultdict(list)
        self._doors: dict[str, list[KnownAddress]] = defaultdict(list)
        self._towns_of_name: dict[str, Counter[str]] = defaultdict(Counter)
        self._evidence: dict[str, TownEvidence] = {}
        self._stated: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._entries = 0

    @classmethod
    def build(cls, rows: Iterable[Mapping[str, str | None]], gazetteer: Gazetteer | None = None) -> Library:
        """A library from rows with `address` and `village_code` (12 digits), optionally `id`, `lon`, `lat`.

        Further columns are ignored, and rows without an address or a whole code are left out. `gazetteer` adds the
        official names; towns and villages that it lacks are read off the addresses themselves.
        """
        known = []
        for row in rows:
            address, code = row.get("address") or "", row.get("village_code") or ""
            if address and len(code) == 12 and code.isascii() and code.isdigit():
                known.append(
                    KnownAddress(
                        address,
                        code,
                        row.get("id") or None,
                        _degrees(row.get("lon")),
                        _degrees(row.get("lat")),
                    )
                )
        pairs = [(normal_text(one.address), one.village) for one in known]
        library = cls((gazetteer or Gazetteer()).learned(pairs))
        for one, (text, _) in zip(known, pairs, strict=True):
            library._add(one, text)
        library.calibrate()
        return library

    def __len__(self) -> int:
        return sum(map(len, self._known.values()))

    def learn(
        self,
        address: str,
        village_code: str,
        on: date,
        *,
        entry: str | None = None,
        lon: float | None = None,
        lat: float | None = None,
    ) -> None:
        """Add an address whose village was confirmed `on` that day; in force for the next match.

        The calibration stays as it is until `calibrate` is called.
        """
        self._add(KnownAddress(address, village_code, entry, lon, lat, since=on), normal_text(address))

    def unlearn(self, address: str, village_code: str) -> bool:
        """Take back the latest of what was learnt of this address and village; False where nothing was."""
        text = normal_text(address)
        town = self._known.get(village_code[:9], [])
        for at in range(len(town) - 1, -1, -1):
            one, words = town[at]
            if one.village == village_code and normal_text(one.address) == text:
                del town[at]
                self._evidence.pop(village_code[:9], None)
                self._doors[door_key(one.address, self.gazetteer, one.village[:9])].remove(one)
                self._entries -= one.entry is not None
                self._count_stated(read_front(text, self.gazetteer), one, text, -1)
                for name in (*words.names, *words.roads):
                    self._towns_of_name[name][village_code[:9]] -= 1
                return True
        return False

    def _add(self, one: KnownAddress, text: str) -> None:
        front = read_front(text, self.gazetteer)
        rest = stripped = text[front.rest :]
        if front.village[1]:
            stripped = text[front.rest : front.village[0]] + text[front.village[1] :]
        words = read_words(stripped if front.village_code == one.village else rest)
        town = one.village[:9]
        self._known[town].append((one, words))
        self._evidence.pop(town, None)
        self._doors[line_key(town, stripped)].append(one)
        self._count_stated(front, one, text, 1)
        self._entries += one.entry is not None
        for name in (*words.names, *words.roads):
            self._towns_of_name[name][town] += 1

    def _count_stated(self, front: Front, one: KnownAddress, text: str, count: int) -> None:
        """Count what a village's name meant where it is stated, and where it is a hamlet's inside another village."""
        town = one.village[:9]
        if front.village_follows_town:
            self._stated[town, text[slice(*front.village)]][one.village] += count
        at = front.village[1] or front.rest
        forms = self.gazetteer.village_forms.get(town, {})
        for length in self.gazetteer.village_starts.get(town, {}).get(text[at : at + 2], ()):
            form = text[at : at + length]
            if forms.get(form, one.village) != one.village:
                self._stated[town, form][one.village] += count
                break

    def stated_share(self, stated: str, village: str) -> float:
        """How often a village's name, stated after its town, means that village: 林村社区田心村 lies in 林村."""
        meant = self._stated.get((village[:9], stated))
        if not meant:
            return STATED_SHARE
        return (meant[village] + _STATED_PRIOR * STATED_SHARE) / (meant.total() + _STATED_PRIOR)

    @property
    def has_entries(self) -> bool:
        """Whether any known address carries an id of its own."""
        return self._entries > 0

    def at_door(self, key: str) -> list[KnownAddress]:
        """The known addresses of a door; `key` as `line_key` makes it, the town's code of nine digits as its place."""
        return self._doors.get(key, [])

    def confirmed_at(self, key: str, village: str) -> bool:
        """Whether a person confirmed that door to lie in `village`, and nothing known of it says otherwise."""
        known = self.at_door(key)
        return any(one.since for one in known) and all(one.village == village for one in known)

    def entry_at(self, key: str, village: str) -> str | None:
        """The id of a known address at that door in that village, the latest first; None where there is none."""
        if not self._entries:
            return None
        for one in reversed(self.at_door(key)):
            if one.village == village and one.entry:
                return one.entry
        return None

    def towns_for(self, words: Words) -> tuple[str, ...]:
        """At most three towns whose known addresses use these names, for an address that states no town."""
        towns: Counter[str] = Counter()
        for name in (*words.names, *words.roads):
            for town, count in self._towns_of_name.get(name, {}).items():
                if count > 0:
                    towns[town] += 1
        return tuple(town for town, _ in towns.most_common(3))

    def evidence(self, town: str) -> TownEvidence | None:
        """What the known addresses of a town say; None for a town without villages."""
        ready = self._evidence.get(town)
        if ready is None:
            known = self._known.get(town, [])
            codes = self._codes(town)
            if not codes:
                return None
            of = self._places(known, codes)
            ready = TownEvidence(codes, self._names(codes), [words for _, words in known], of)
            self._evidence[town] = ready
        return ready

    def _codes(self, town: str) -> list[str]:
        """The villages of a town: those listed, and those of its known addresses."""
        listed = {code for code in self.gazetteer.villages if code[:9] == town}
        return sorted(listed | {one.village for one, _ in self._known.get(town, [])})

    @staticmethod
    def _places(known: list[tuple[KnownAddress, Words]], codes: Sequence[str]) -> NDArray[np.int64]:
        """Which of `codes` each known address lies in."""
        at = {code: i for i, code in enumerate(codes)}
        return np.array([at[one.village] for one, _ in known], np.int64)

    def _names(self, codes: list[str]) -> list[str]:
        """The villages' short names; one that is also its town's says nothing (厚街大道 runs through all of 厚街)."""
        names = []
        for code in codes:
            village, town = self.gazetteer.villages.get(code), self.gazetteer.towns.get(code[:9])
            short = village.short if village else ""
            names.append("" if town and short == short_town_name(town.name) else short)
        return names

    def calibrate(self) -> None:
        """Judge each known address by the others, and learn from it what figures and scores are worth."""
        rng = np.random.default_rng(len(self))  # the same library is always calibrated alike
        share = min(1.0, _JUDGED_AT_MOST / max(1, len(self)))
        fitted = min(1.0, _FITTED_AT_MOST / max(1, len(self)))
        judged: list[_Judged] = []
        for town in sorted(self._known):
            known, codes = self._known[town], self._codes(town)
            if len(codes) < 2 or len(known) < 2:
                continue
            of = self._places(known, codes)
            folds = rng.permutation(len(known)) % _FOLDS
            words = [w for _, w in known]
            evidence = TownEvidence(codes, self._names(codes), words, of, folds)
            chance = rng.random(len(known))
            whose = np.flatnonzero(chance < share)
            if len(whose):
                figures = evidence.weigh([words[i] for i in whose], whose).astype(np.float32)
                judged.append(_Judged(figures, of[whose], chance[whose] < fitted))
            evidence.forget_folds()
            self._evidence[town] = evidence
        blocks = [(one.figures[one.fits], one.right[one.fits]) for one in judged if one.fits.any()]
        self.weights = fit_weights(blocks, len(FIGURES))
        found = [self._judge(one) for one in judged]
        if not found:
            self.reliability = UNMEASURED
            return
        order = rng.permutation(sum(len(one[1]) for one in found))  # towns do not come in halves
        columns = [
            np.concatenate([getattr(one[0], name) for one in found])[order] for name in Answers._fields
        ]
        right, doors, named = (np.concatenate([one[at] for one in found])[order] for at in (1, 2, 3))
        self.reliability = measure_reliability(Answers(*columns), right, doors, named)

    def _judge(self, one: _Judged) -> tuple[Answers, NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """The answer to each address, whether it was right, at a known door, and with a name known."""
        figures = one.figures.astype(np.float64)
        chances = self.weights.posterior(figures)
        order = np.argsort(-chances, axis=1)
        first, second = order[:, 0], order[:, 1]
        return (
            answers(figures, chances, first, second),
            first == one.right,
            at_known_door(figures, first),
            knows_a_name(figures, first),
        )


class _Judged(NamedTuple):
    """Known addresses of one town as the others see them, where they lie, and which the weights are fitted to."""

    figures: NDArray[np.float32]
    right: NDArray[np.int64]
    fits: NDArray[np.bool_]


def _degrees(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
