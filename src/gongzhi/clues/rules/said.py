"""The sentences in which a finding gives its reasons, under codes that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gongzhi.clues.rules.findings import Ask, Reason

if TYPE_CHECKING:
    from gongzhi.packs.rows import Permit

_REASONS = {
    "permit_missing": (
        "须取得“{zh}”（{stage}），未取得",
        "Needs “{en}” ({stage_en}) and has none",
    ),
    "permit_expired": (
        "“{zh}”（{stage}）已过期，按未取得处理",
        "“{en}” ({stage_en}) has expired, which counts as having none",
    ),
    "permit_revoked": (
        "“{zh}”（{stage}）已被撤销或吊销，按未取得处理",
        "“{en}” ({stage_en}) was withdrawn, which counts as having none",
    ),
    "permit_held": ("已取得“{zh}”（{stage}）", "“{en}” ({stage_en}) is held"),
    "permit_open": ("“{zh}”（{stage}）是否取得尚未查明", "Whether “{en}” ({stage_en}) is held is not known"),
    "need_open": (
        "是否须取得“{zh}”（{stage}）尚未查明",
        "Whether “{en}” ({stage_en}) is needed is not known",
    ),
    "filing_missing": (
        "“{zh}”未办理：备案不是许可，未备案不是无证经营",
        "“{en}” was not made: a filing is no permit, and without it trade is not unlicensed",
    ),
    "no_permit_needed": ("所营项目无须许可", "No permit is needed for this trade"),
    "licence_held": ("已取得营业执照", "The business licence is held"),
    "licence_none": ("未取得营业执照", "There is no business licence"),
    "licence_cancelled": (
        "营业执照已注销，仍在经营",
        "The business licence was cancelled and trade goes on",
    ),
    "licence_revoked": (
        "营业执照已被吊销，仍在经营",
        "The business licence was revoked and trade goes on",
    ),
    "licence_open": ("营业执照情况尚未查明", "Whether there is a business licence is not known"),
    "licence_claimed": (
        "称有营业执照，号码未知，尚未查证",
        "A business licence is claimed; without its number nobody could look it up",
    ),
    "exempt": ("{zh}", "{en}"),
    "maybe_exempt": ("可能属于：{zh}", "May be: {en}"),
    "trade_unknown": ("行业未确定", "The trade is not known"),
    "act_special_law": ("法律对由谁查处另有规定", "The law itself names who acts"),
    "act_permit": ("由许可部门查处", "The permit’s department acts"),
    "act_supervising": (
        "审批局负责许可的，由承担监管职责的部门按许可部门查处",
        "Where a bureau of approvals licenses, the department that supervises counts as the permit’s",
    ),
    "act_industry": ("由行业主管部门负责", "The trade’s competent department acts"),
    "act_market": ("由市场监督管理部门查处", "The market regulator acts"),
    "act_filing": ("作为信息告知备案部门", "The filing’s department is told, for information"),
    "act_nobody": ("无须查处", "Nobody has to act"),
    "share_single": ("由一个部门负责", "One department acts"),
    "share_either": (
        "两个部门都有权查处，先立案的办理",
        "Either department may act; the first to file a case does",
    ),
    "share_each": ("有关部门各按职责办理", "Each department acts by its own duty"),
    "share_on_request": ("由许可部门提请查处", "It acts when the licensing department asks"),
    "share_split": ("按行为分工查处", "The duty is divided by the act"),
    "higher_authority": (
        "查处机关在上级，由本地对口部门接收并转报",
        "A higher authority acts; the local department receives and passes on",
    ),
    "unclear_new_trade": ("新兴行业，由镇街协调确定", "A new trade: the town settles whose it is"),
    "unclear_several": (
        "涉及多个部门，由镇街确定牵头",
        "Several departments: the town names the one that leads",
    ),
    "unclear_none": (
        "没有找到负责部门，由镇街提请指定",
        "No department found: the town asks for a designation",
    ),
    "unclear_class_open": ("情形未查明，处理部门不能确定", "The class is open, and with it who acts"),
    "unclear_act_open": (
        "行为未查明，不能按行为分工",
        "What was done is not known, and the duty is divided by it",
    ),
}
_ASKS = {
    "permit": ("是否取得“{zh}”？", "Is “{en}” held?"),
    "licence": ("是否有营业执照？", "Is there a business licence?"),
    "licence_number": (
        "营业执照上的统一社会信用代码是什么？",
        "What is the unified social credit code on the licence?",
    ),
    "individual": (
        "是否个人凭自己的手艺经营（没有雇人）？",
        "Is it one person living by their own skill, without staff?",
    ),
    "reading": ("经营内容是否确实包括须办“{zh}”的项目？", "Does the trade really include what needs “{en}”?"),
    "trade": ("经营的是什么行业？", "Which trade is it?"),
    "place": (
        "是否在政府指定的场所和时间内经营？",
        "Is it in a place and time that the government designated?",
    ),
}
Names = tuple[str, str]


def names_of(permit: Permit) -> Names:
    """What a permit is called, in Chinese and English."""
    return permit.name_zh, permit.name_en


def reason(code: str, names: Names = ("", ""), stage: Names = ("", "")) -> Reason:
    """The sentence under a code, about whatever `names` calls it and `stage` adds, in both languages."""
    zh, en = _REASONS[code]
    return Reason(code, zh.format(zh=names[0], stage=stage[0]), en.format(en=names[1], stage_en=stage[1]))


def ask(
    kind: Literal["permit", "licence", "individual", "reading", "trade", "place"],
    code: str = "",
    names: Names = ("", ""),
    words: str = "",
) -> Ask:
    """The question of one kind; `words` names another wording of it."""
    zh, en = _ASKS[words or kind]
    return Ask(kind, code, zh.format(zh=names[0]), en.format(en=names[1]))
