"""Invented names of roads, buildings, businesses and people.

Names are put together from common well-wishing characters, chosen so that none is a well-known brand
(tests/demo/test_names.py says which ones were thought of).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

_ROAD_FIRST = "兴福康振富永德荣安新长华裕和金宝同源仁文锦银光景盛泰"
_ROAD_LAST = "业民宁兴华隆昌发达盛平康和明贤信义顺源乐"
_WORD_FIRST = "沐昀岚韫珩霁翊浚霖煜骏晟铭皓祺淼邦溢泽瀚钰琛"
_WORD_LAST = "诚达盛昌泰隆源丰和兴顺辉腾锦宏益琪轩彬庭"
SHORT_WORDS = len(_WORD_FIRST) * len(
    _WORD_LAST
)  # so many of `business_words`, the first, have two characters
_MIDDLE = "德仁义信润泓沛茂启升瑞康宜"

SURNAMES = (
    "陈李张黄王刘梁罗林何周邓吴杨谢叶莫袁钟卢曾曹尹朱郭廖温赖胡徐苏彭冯萧邱蔡余唐魏高郑方谭韩卫翟祁单香麦简黎"
)
_GIVEN_FIRST = "志建国伟俊文嘉家海永耀浩明晓丽美秀淑慧雪玉婉锦润树景焕炳柏沛桂少小"
_GIVEN_LAST = "强明华辉军杰锋健斌鹏波宁平安康玲娟芳婷敏燕霞欣怡珍莲英仪琪恩贤祥基棠生荣"
NICKNAMES = (
    "阿强",
    "阿明",
    "阿珍",
    "阿辉",
    "阿娟",
    "阿杰",
    "老陈",
    "老李",
    "老黄",
    "阿芳",
    "肥仔",
    "细妹",
    "阿萍",
    "阿华",
    "大头",
    "阿彬",
)


def road_words() -> list[str]:
    """Every two-character word that an invented road may carry, in a fixed order."""
    return [a + b for a, b in product(_ROAD_FIRST, _ROAD_LAST) if a != b]


def business_words() -> list[str]:
    """Every two- and three-character word (字号) that an invented business or building may carry."""
    twos = [a + b for a, b in product(_WORD_FIRST, _WORD_LAST)]
    threes = [a + b + c for a, b, c in product(_WORD_FIRST, _MIDDLE, _WORD_LAST)]
    return twos + threes


def people_names(count: int, rng: Generator) -> list[str]:
    """Invented personal names of two or three characters; names may repeat, as people's do."""
    surnames = rng.choice(list(SURNAMES), size=count, p=_falling(len(SURNAMES)))
    firsts = rng.choice(list(_GIVEN_FIRST), size=count)
    lasts = rng.choice(list(_GIVEN_LAST), size=count)
    short = rng.random(count) < 0.18
    return [
        f"{surname}{last}" if brief else f"{surname}{first}{last}"
        for surname, first, last, brief in zip(
            surnames.tolist(), firsts.tolist(), lasts.tolist(), short.tolist(), strict=True
        )
    ]


def _falling(count: int) -> Sequence[float]:
    weights = [1 / (k + 4) for k in range(count)]
    return [weight / sum(weights) for weight in weights]
