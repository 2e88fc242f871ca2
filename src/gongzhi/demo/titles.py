"""Invented names of businesses, in the patterns that the registers follow; no name twice in one run."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from gongzhi.demo import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gongzhi.demo.library import Entry
    from gongzhi.demo.trades import Phrase, Trade

SOLE_TRADER = "个体工商户"
COMPANY = "有限责任公司"
SOLE_OWNED = "个人独资企业"
PARTNERSHIP = "合伙企业"
COOPERATIVE = "农民专业合作社"

# Since the rules on enterprise names took effect, a sole trader's name says at its end that it is one.
_MARKED_SINCE = date(2023, 10, 1)
_COOPERATIVES = ("蔬菜种植", "果蔬", "水产养殖", "花卉种植", "农业", "家禽养殖")
_PARTNERSHIPS = (
    "企业管理合伙企业（有限合伙）",
    "投资合伙企业（有限合伙）",
    "咨询服务合伙企业（普通合伙）",
)


class TitleWriter:
    """Names businesses; remembers what it gave out, so that no two carry the same name."""

    draws = 4

    def __init__(self, trades: Sequence[Trade]) -> None:
        """Keep the trades' words."""
        self._trades = list(trades)
        self._words = names.business_words()
        self._taken: set[str] = set()

    def write(
        self, kind: str, trade: int, entry: Entry, operator: str, established: date, draws: list[int]
    ) -> str:
        """A name for a business of this kind and trade at this address; `draws` are four random integers."""
        shape, pick, ending, turn = draws
        while True:
            word = self._word(shape, pick)
            if kind == SOLE_TRADER:
                name = self._shop(trade, entry, operator, word, shape, ending)
                if established >= _MARKED_SINCE:
                    name += "（个体工商户）"
            else:
                name = self._firm(kind, trade, entry, word, shape, ending)
            if name not in self._taken:
                self._taken.add(name)
                return name
            # Try again with a rarer word and, for shops, without a person's name, of which there are few.
            pick += 1 + turn % 7919
            shape = 97 + shape // 100 * 100

    def lead(self, kind: str, trade: int, draws: list[int]) -> Phrase | None:
        """The phrase that the name written from the same draws promises, if it promises one."""
        if kind in {COOPERATIVE, PARTNERSHIP}:
            return None
        endings = self._trades[trade].shop if kind == SOLE_TRADER else self._trades[trade].company
        return endings[draws[2] % len(endings)].lead

    def _word(self, shape: int, pick: int) -> str:
        common = shape % 100 < 60
        return self._words[pick % (names.SHORT_WORDS if common else len(self._words))]

    def _shop(self, trade: int, entry: Entry, operator: str, word: str, shape: int, ending: int) -> str:
        endings = self._trades[trade].shop
        shop = endings[ending % len(endings)].text
        front = f"东莞市{entry.town.removesuffix('镇').removesuffix('街道')}"
        turn = shape % 100
        if turn < 8:
            return f"{front}{operator[0]}记{shop}"
        if turn < 18:
            return f"{front}{names.NICKNAMES[ending // 7 % len(names.NICKNAMES)]}{shop}"
        if turn < 30:
            return f"{front}{operator}{shop}"
        if turn < 45:
            return f"{front}{entry.village.removesuffix('社区').removesuffix('村')}{word}{shop}"
        return f"{front}{word}{shop}"

    def _firm(self, kind: str, trade: int, entry: Entry, word: str, shape: int, ending: int) -> str:
        if kind == COOPERATIVE:
            return f"东莞市{entry.town}{word}{_COOPERATIVES[ending % len(_COOPERATIVES)]}专业合作社"
        if kind == PARTNERSHIP:
            return f"东莞市{word}{_PARTNERSHIPS[ending % len(_PARTNERSHIPS)]}"
        endings = self._trades[trade].company
        words = endings[ending % len(endings)].text
        if kind == SOLE_OWNED:
            return f"东莞市{word}{words}{('经营部', '厂', '商行')[ending // 11 % 3]}"
        turn = shape // 100 % 100
        if turn < 14:
            return f"广东{word}{words}有限公司" if turn < 10 else f"{word}（东莞）{words}有限公司"
        branch = f"{entry.town.removesuffix('镇').removesuffix('街道')}分公司" if turn < 18 else ""
        return f"东莞市{word}{words}有限公司{branch}"
