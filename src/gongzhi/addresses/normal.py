"""One spelling for one address: width, traditional forms, dashes, brackets and numerals.

Registers hold decades of typing: full-width digits, traditional characters, `#` for 号, `第三十三栋` beside `33栋`,
stray marks left by old exports. Everything downstream compares text after `normalise`, and keeps the way back to
the raw characters, so that a person is always shown what was written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TRADITIONAL = (
    "號号樓楼東东廣广縣县區区鎮镇鄉乡莊庄園园廠厂層层棟栋單单門门灣湾場场龍龙華华國国際际業业創创產产達达興兴豐丰順顺馬马鳳凤"
    "雲云長长黃黄橋桥頭头灘滩溝沟壩坝嶺岭島岛陽阳陰阴蓮莲蘭兰鶴鹤鵝鹅鋪铺檔档櫃柜處处後后裡里裏里邊边側侧間间舊旧聯联濱滨環环連连"
    "運运車车電电寶宝銀银錦锦鐵铁銅铜貝贝財财貿贸賢贤進进遠远過过開开關关陳陈陸陆隊队階阶雙双離离難难靜静韓韩顏颜風风飛飞養养駿骏"
    "騰腾魚鱼鳥鸟麗丽麥麦點点齊齐圍围塊块牆墙墻墙壇坛學学實实寧宁對对屬属崗岗嶼屿廈厦廳厅張张強强從从復复徑径愛爱慶庆應应懷怀戰战"
    "據据數数時时會会條条楊杨楓枫榮荣樂乐樹树權权歷历歸归氣气湧涌溫温滿满漢汉潔洁澤泽濟济煉炼燈灯營营爾尔獅狮現现瑪玛瓊琼畫画療疗"
    "盤盘碼码磚砖禮礼種种積积競竞筆笔節节範范築筑簡简糧粮約约級级紅红紡纺細细結结統统絲丝經经綠绿維维網网緣缘線线織织續续義义習习"
    "聖圣聲声職职腳脚臺台舉举萬万葉叶蓋盖蔣蒋藝艺藥药蘇苏術术衛卫製制規规視视訊讯設设試试話话誠诚語语論论譚谭變变貨货質质購购賽赛"
    "贊赞趙赵躍跃軍军輕轻轉转農农還还邨村郵邮鄧邓醫医釣钓鋼钢鍋锅鐘钟鍾钟閣阁闊阔雜杂霧雾項项須须預预領领顧顾館馆鬧闹魯鲁鮮鲜"
    "鵬鹏黨党齡龄龐庞樑梁漁渔獨独勝胜劉刘吳吴孫孙許许謝谢鄭郑馮冯潘潘盧卢羅罗葉叶蕭萧錢钱鄒邹葦苇"
)
_VARIANTS = {_TRADITIONAL[i]: _TRADITIONAL[i + 1] for i in range(0, len(_TRADITIONAL), 2)}
_VARIANTS |= dict.fromkeys("—–‐‑‒−─━~～〜﹣", "-")
_VARIANTS |= dict.fromkeys("[{【〔〖「『《<", "(") | dict.fromkeys("]}】〕〗」』》>", ")")
_VARIANTS |= {"#": "号", "＃": "号", "。": ",", "，": ",", "；": ",", ";": ",", "：": ":", "､": "、"}
# Marks that old exports leave at the ends of lines and between fields; they never carry meaning in an address.
_STRAY = frozenset("〓■□◆◇●○★☆※?!\"'`´“”‘’*^_|\\$%@=+…·•ˑ�")

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_DIGITS |= {c: i + 1 for i, c in enumerate("壹贰叁肆伍陆柒捌玖")}
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100}
_UNITS = "号栋幢座楼层室房巷铺弄排梯卡档" + "单"
_FIGURES = "零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰"
# Digits without 第 stay what they are. The expression begins with one set of letters, for which a text is searched
# without trying: most addresses have little of it.
_NUMERAL = re.compile(
    f"[第{_FIGURES}](?:(?<=第)第*(?:[{_FIGURES}]+|[0-9]+)|(?<=[{_FIGURES}])[{_FIGURES}]*)(?=[{_UNITS}])"
)


class _Fold(dict[int, str]):
    """Code point → its one spelling, worked out on first sight and kept: `str.translate` then does a text at once."""

    def __missing__(self, codepoint: int) -> str:
        folded = []
        for char in unicodedata.normalize("NFKC", chr(codepoint)):
            plain = _VARIANTS.get(char, char)
            if plain in _STRAY or plain.isspace() or unicodedata.category(plain)[0] == "C":
                continue
            folded.append(plain.upper() if plain.isascii() else plain)
        self[codepoint] = text = "".join(folded)
        return text


_FOLD = _Fold()


def _plain_letters() -> str:
    """The letters that stay as they are, as ranges for an expression: nearly all that addresses are written with."""
    odd = sorted(ord(char) for char in _VARIANTS if "一" <= char <= "龥")
    begins = [ord("一"), *(code + 1 for code in odd)]
    ends = [*(code - 1 for code in odd), ord("龥")]
    ranges = [f"{chr(begin)}-{chr(end)}" for begin, end in zip(begins, ends, strict=True) if begin <= end]
    return "0-9A-Z()," + r"\-/." + "".join(ranges)


_BETWEEN = "\n"  # texts that are folded together; no normal text has one
_ODD = re.compile(f"[^{_BETWEEN}{_plain_letters()}]+")


@lru_cache(1 << 10)
def numeral_value(text: str) -> int | None:
    """The number a Chinese numeral below one thousand writes (`三十三` → 33, `一〇二` → 102), or None."""
    if not any(char in _PLACES for char in text):
        digits = [_DIGITS.get(char) for char in text]
        return None if None in digits or not digits else int("".join(map(str, digits)))
    total, pending, last_place = 0, 1, 1000
    waiting = False
    for char in text:
        place = _PLACES.get(char)
        if place is None:
            digit = _DIGITS.get(char)
            if digit is None or waiting:
                return None
            pending, waiting = digit, digit != 0
            continue
        if place >= last_place:
            return None
        total, last_place, pending, waiting = total + pending * place, place, 1, False
    return total + pending if waiting else total


def _digits(match: re.Match[str]) -> str:
    written = match[0].lstrip("第")
    if written[0].isascii():
        return written
    value = numeral_value(written)
    return match[0] if value is None else str(value)


def _folded(odd: re.Match[str]) -> str:
    return odd[0].translate(_FOLD)


def normal_text(raw: str) -> str:
    """`raw` in its one spelling: width, simplified forms, capital letters, `-`, `()`, digits before 号栋楼室…"""
    return _NUMERAL.sub(_digits, raw.translate(_FOLD))


def normal_texts(raws: Iterable[str]) -> list[str]:
    """Each of `raws` in its one spelling, as `normal_text` makes it, folded together since few letters need it."""
    texts = list(raws)
    return apart(_NUMERAL.sub(_digits, _ODD.sub(_folded, below_each_other(texts)))) if texts else []


def below_each_other(texts: Sequence[str]) -> str:
    """Texts as one, so that an expression goes through all of them at once; no normal text has a sign of our own."""
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) >= len(texts):
        joined = _BETWEEN.join([text.replace(_BETWEEN, "") for text in texts])
    return joined


def apart(joined: str) -> list[str]:
    """The texts that stand below each other."""
    return joined.split(_BETWEEN)


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in its one spelling, with the way back to the characters it was written in."""

    raw: str
    text: str
    starts: tuple[int, ...]  # for each character of `text`, where in `raw` its writing begins
    ends: tuple[int, ...]  # … and where it ends

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where in `raw` the characters `start:end` of `text` stand (an empty span gives an empty span)."""
        if start >= end or not self.text:
            at = self.starts[start] if start < len(self.starts) else len(self.raw)
            return at, at
        return self.starts[start], self.ends[end - 1]


def normalise(raw: str) -> Normalised:
    """`raw` in its one spelling with raw offsets; `normalise(raw).text == normal_text(raw)` for every text."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, char in enumerate(raw):
        for folded in _FOLD[ord(char)]:
            chars.append(folded)
            starts.append(at)
            ends.append(at + 1)
    text = "".join(chars)
    out: list[str] = []
    begins: list[int] = []
    stops: list[int] = []
    done = 0
    for match in _NUMERAL.finditer(text):
        digits = _digits(match)
        if digits == match[0]:
            continue
        out.append(text[done : match.start()])
        begins += starts[done : match.start()]
        stops += ends[done : match.start()]
        out.append(digits)
        begins += [starts[match.start()]] * len(digits)
        stops += [ends[match.end() - 1]] * len(digits)
        done = match.end()
    out.append(text[done:])
    begins += starts[done:]
    stops += ends[done:]
    return Normalised(raw=raw, text="".join(out), starts=tuple(begins), ends=tuple(stops))
