"""Shop signs compared as people write them down: in either script, with or without the usual tails."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Traditional forms that stand on Guangdong's signs, each before the simplified one.
_TRADITIONAL: Final = (
    "東东 國国 華华 飯饭 館馆 麵面 鮮鲜 雞鸡 魚鱼 鴨鸭 豬猪 醬酱 湯汤 燒烧 燉炖 鍋锅 燴烩 餅饼 "
    "廣广 陳陈 記记 號号 樓楼 門门 電电 車车 業业 產产 藥药 醫医 診诊 髮发 發发 麗丽 廳厅 龍龙 "
    "鳳凤 寶宝 貝贝 園园 長长 張张 劉刘 黃黄 楊杨 鄭郑 蘇苏 馬马 吳吴 趙赵 孫孙 許许 葉叶 謝谢 "
    "傳传 綠绿 紅红 銀银 鐵铁 鋼钢 鋁铝 機机 書书 紙纸 筆笔 網网 點点 專专 賣卖 買买 營营 養养 "
    "護护 錦锦 潤润 興兴 順顺 達达 運运 遠远 豐丰 實实 極极 樂乐 聲声 藝艺 術术 畫画 師师 學学 "
    "習习 與与 區区 縣县 鎮镇 場场 壩坝 莊庄 檯台 臺台 雲云 靈灵 萬万 億亿 雙双 單单 滿满 餘余 "
    "濱滨 灣湾 島岛 嶺岭 衛卫 淨净 潔洁 燈灯 燦灿 煙烟 檔档 攤摊 舖铺 鋪铺 髙高 佰百 陸六 壹一 "
    "貳二 叁三 肆四 伍五 〇零 戸户 ∶： 臘腊 蠟蜡 滷卤 鹵卤 餛馄 飩饨 餃饺 釀酿 鵝鹅 蝦虾 鮑鲍 "
    "鍾钟 鐘钟 錶表 鎖锁 紋纹 繡绣 織织 絲丝 線线 褲裤 襪袜 頭头 顏颜 顧顾 體体 壽寿 齡龄 齒齿 "
    "嬰婴 兒儿 媽妈 婦妇 爺爷 鄉乡 農农 糧粮 麥麦 蘋苹 蘭兰 薈荟 蓮莲 閣阁 間间 開开 關关 優优 "
    "價价 傑杰 偉伟 倉仓 儲储 貨货 貿贸 資资 質质 購购 贏赢 輝辉 輪轮 輕轻 軟软 轉转 鏡镜 鑰钥 "
    "釘钉 銅铜 鍛锻 鑄铸 燙烫 爐炉 熱热 獎奖 璽玺 環环 療疗 確确 禮礼 種种 穀谷 競竞 統统 經经 "
    "絡络 維维 績绩 聯联 聖圣 職职 腦脑 舊旧 艦舰 萊莱 蔥葱 螢萤 裝装 製制 複复 視视 親亲 觀观 "
    "計计 訊讯 設设 証证 證证 評评 詩诗 話话 誠诚 語语 課课 調调 請请 論论 講讲 譽誉 讀读 變变 "
    "郵邮 釋释 殼壳 漢汉 澤泽 湧涌 溫温 漁渔 漿浆 濃浓 獅狮 瑪玛 甌瓯 當当 瘋疯 盤盘 礦矿 碼码 "
    "筍笋 簡简 籃篮 糰团 團团 紡纺 緣缘 縫缝 羅罗 義义 腸肠 "
)
# Characters mistaken for each other when a board is read from afar or written down by ear.
_MISTAKEN: Final = (
    "士土 末未 日曰 已己 己巳 王玉 大太 太犬 人入 八人 天夫 牛午 干千 千于 田由 由甲 申由 木本 "
    "末木 刀力 力万 口囗 目日 白自 鸟乌 免兔 住佳 佳隹 晴睛 清请 情清 辛幸 候侯 拔拨 历厉 今令 "
    "氏民 治冶 沾沽 仑仓 壮状 侍待 徒徙 妹姝 味昧 粟栗 崇祟 享亨 戊戌 戍戌 宇字 孟盂 彩采 铭名 "
    "鑫金 丽莉 悦阅 源原 盛胜 兴新 记纪 坊房 轩宣 味未 家佳 "
)
_FOLDED: Final = str.maketrans({pair[0]: pair[1] for pair in _TRADITIONAL.split()})
_ALIKE: Final = frozenset(frozenset(pair) for pair in _MISTAKEN.split())
_TAILS: Final = re.compile(
    r"(?:个体工商户|经营部|经销部|商行|商店|商铺|门市部?|总店|分店|旗舰店|专卖店|连锁店?|有限公司|店|铺|档口?|摊)+$"
)
_MARKS: Final = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]+")


@lru_cache(maxsize=65_536)
def folded_sign(sign: str) -> str:
    """A sign in one spelling: width, script, marks and tails like 店 taken off. What is all tail stays itself."""
    plain = unicodedata.normalize("NFKC", sign).translate(_FOLDED)
    bare = _MARKS.sub("", re.sub(r"[(（][^)）]*[)）]", "", plain)) or _MARKS.sub("", plain)
    return (_TAILS.sub("", bare) or bare).casefold()


def likeness(a: str, b: str) -> float | None:
    """How alike two signs are, 0 to 1; None where either says nothing. A character like the other counts half off.

    A sign within the other (陈记, 陈记烧腊) is alike by the share of what they have in common, at least 0.8 once
    two characters are shared: boards are shortened when somebody writes them down.
    """
    one, other = folded_sign(a), folded_sign(b)
    if not one or not other:
        return None
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=lambda sign: (len(sign), sign))
    close = 1 - _distance(short, long) / len(long)
    if len(short) >= 2 and short in long:
        close = max(close, 0.8)
    return max(0.0, close)


def _distance(one: str, other: str) -> float:
    """Edits between two short texts; putting a character for one that looks or sounds like it costs half."""
    row = [float(place) for place in range(len(other) + 1)]
    for first, letter in enumerate(one, 1):
        corner, row[0] = row[0], float(first)
        for second, counterpart in enumerate(other, 1):
            change = corner + _cost(letter, counterpart)
            corner = row[second]
            row[second] = min(change, row[second] + 1, row[second - 1] + 1)
    return row[-1]


def _cost(letter: str, counterpart: str) -> float:
    if letter == counterpart:
        return 0.0
    return 0.5 if frozenset((letter, counterpart)) in _ALIKE else 1.0
