"""The acts on a clue, stage by stage, as a table.

Sources: 东府办〔2017〕110号 三(三)–(五); 无证无照经营查处办法 (Decree 684) arts. 5–10; 广东省市场监管条例 arts. 8, 41
and 42; the Dongguan case study (serious clues go through the command centres of city, town and village).
"""

from __future__ import annotations

from gongzhi.clues import forms
from gongzhi.clues.states import (
    AT_WORK,
    AWAITING_ASSISTANCE,
    AWAITING_PARTS,
    CLOSED,
    COMMANDED,
    EXTENDED,
    EXTENSION_ASKED,
    FOUND,
    HANDLING,
    JOINT,
    MERGED,
    NOT_UNLICENSED,
    OBJECTED,
    PART_ENDED,
    PUSHED,
    RECEIVED,
    TO_ASSIGN,
    TO_CHECK,
    TO_DESIGNATE,
    TO_PLAN,
    TO_ROUTE,
    UNPLACED,
    URGENT,
    URGING,
    WAITING,
    WITH_DEPARTMENT,
    WITHDRAWN,
)
from gongzhi.flow.graph import EMPTY_FORM, NEW, Clock, Edge, Form
from gongzhi.org.roles import Role

SAME = "="
"""The target of an act that leaves a case where it is."""

Who = frozenset[Role]
_SYSTEM: Who = frozenset({Role.SYSTEM})
_CITY: Who = frozenset({Role.CITY_OFFICE})
_TOWN: Who = frozenset({Role.TOWN_OFFICE})
_OFFICES: Who = _TOWN | _CITY
_VILLAGE: Who = frozenset({Role.VILLAGE})
_ON_THE_SPOT: Who = frozenset({Role.VILLAGE, Role.OFFICER})
_LOCAL: Who = frozenset({Role.VILLAGE, Role.TOWN_OFFICE})
_DEPARTMENT: Who = frozenset({Role.DEPARTMENT})
_COMMAND: Who = frozenset({Role.COMMAND})
_FINDERS: Who = _ON_THE_SPOT | _OFFICES | _DEPARTMENT | _COMMAND | _SYSTEM | {Role.MARKET_MANAGER}
_RAISERS: Who = _ON_THE_SPOT | _OFFICES | _DEPARTMENT | _COMMAND | _SYSTEM
_HANDLERS: Who = _LOCAL | _DEPARTMENT | _CITY | _COMMAND

_START, _KEEP, _PAUSE, _RESUME, _STOP = Clock.START, Clock.KEEP, Clock.PAUSE, Clock.RESUME, Clock.STOP
_PLAIN = EMPTY_FORM
_OPEN_PLACES = (UNPLACED, TO_ASSIGN, FOUND, URGING, TO_ROUTE)

Row = tuple[str, tuple[str, ...], str, str, str, Who, Clock, Form]
"""Action, sources, target, what it is called in both languages, who, clock, form."""

_FINDING: tuple[Row, ...] = (
    ("report", (NEW,), FOUND, "上报线索", "Report a clue", _FINDERS, _START, _PLAIN),
    (
        "report_in_town",
        (NEW,),
        TO_ASSIGN,
        "上报线索（村待定）",
        "Report, village unknown",
        _FINDERS,
        _START,
        _PLAIN,
    ),
    (
        "report_somewhere",
        (NEW,),
        UNPLACED,
        "上报线索（镇街待定）",
        "Report, town unknown",
        _FINDERS,
        _START,
        _PLAIN,
    ),
    ("transfer_in", (NEW,), TO_ROUTE, "部门转来线索", "Passed on by a department", _FINDERS, _START, _PLAIN),
    ("alarm", (NEW,), COMMANDED, "上报重大隐患", "Report a serious clue", _FINDERS, _START, _PLAIN),
    (
        "open_part",
        (NEW,),
        PUSHED,
        "同时推送其他部门",
        "Push to a further department",
        _SYSTEM,
        _START,
        _PLAIN,
    ),
    ("name_town", (UNPLACED,), TO_ASSIGN, "确定镇街", "Name the town", _CITY, _START, forms.TO_TOWN),
    (
        "name_village",
        (UNPLACED,),
        FOUND,
        "确定村（社区）",
        "Name the village",
        _CITY,
        _START,
        forms.TO_VILLAGE,
    ),
    ("assign", (TO_ASSIGN,), FOUND, "派到村（社区）", "Give to a village", _TOWN, _RESUME, forms.TO_VILLAGE),
    (
        "wrong_village",
        (FOUND,),
        TO_ASSIGN,
        "不在本村，退回重派",
        "Not in this village",
        _VILLAGE,
        _PAUSE,
        forms.WITH_REASONS,
    ),
    ("hand_over", (FOUND, URGING), SAME, "交网格员", "Hand to a grid", _VILLAGE, _KEEP, forms.TO_GRID),
    (
        "urge",
        (FOUND,),
        URGING,
        "催办：告知并引导办理",
        "Urge: tell and guide",
        _ON_THE_SPOT,
        _KEEP,
        forms.IN_WORDS,
    ),
    (
        "correct",
        (FOUND, URGING),
        CLOSED,
        "已整改，凭佐证办结",
        "Put right, with proof",
        _VILLAGE,
        _STOP,
        forms.CORRECTED,
    ),
    (
        "not_corrected",
        (FOUND, URGING),
        TO_ROUTE,
        "未整改，转部门处置",
        "Not put right: on to a department",
        _VILLAGE | _SYSTEM,
        _START,
        forms.NOT_CORRECTED,
    ),
    (
        "dismiss",
        (FOUND, URGING),
        NOT_UNLICENSED,
        "不作线索，结案",
        "No clue: close",
        _LOCAL,
        _STOP,
        forms.DISMISS,
    ),
    (
        "dismiss",
        (UNPLACED, TO_ASSIGN, TO_ROUTE, OBJECTED),
        NOT_UNLICENSED,
        "不作线索，结案",
        "No clue: close",
        _OFFICES,
        _STOP,
        forms.DISMISS,
    ),
    (
        "merge",
        _OPEN_PLACES,
        MERGED,
        "与其他线索重复，并入",
        "Same as another: merge",
        _LOCAL | _CITY,
        _STOP,
        forms.MERGE,
    ),
)

_ROUTING: tuple[Row, ...] = (
    ("push", (TO_ROUTE,), PUSHED, "按职责规则推送", "Pushed by the duty rule", _SYSTEM, _START, _PLAIN),
    (
        "send",
        (TO_ROUTE,),
        PUSHED,
        "指定部门并推送",
        "Name the department and push",
        _OFFICES,
        _START,
        forms.TO_DEPARTMENT,
    ),
    (
        "to_city",
        (TO_ROUTE, OBJECTED, COMMANDED),
        TO_DESIGNATE,
        "提请市级指定",
        "Ask the city to designate",
        _TOWN | _SYSTEM,
        _START,
        forms.WITH_REASONS,
    ),
    (
        "designate",
        (TO_DESIGNATE,),
        RECEIVED,
        "市级指定部门（最终）",
        "The city designates, finally",
        _CITY,
        _START,
        forms.TO_ANOTHER,
    ),
    (
        "dismiss",
        (TO_DESIGNATE,),
        NOT_UNLICENSED,
        "不作线索，结案",
        "No clue: close",
        _CITY,
        _STOP,
        forms.DISMISS,
    ),
    (
        "add_department",
        (PUSHED, *AT_WORK, URGENT),
        SAME,
        "同时推送另一部门",
        "Push to a further department too",
        _OFFICES,
        _KEEP,
        forms.TO_ANOTHER,
    ),
    (
        "alarm",
        (TO_ASSIGN, FOUND, URGING, TO_ROUTE, PUSHED, *AT_WORK),
        COMMANDED,
        "升为重大隐患",
        "Raise to serious",
        _RAISERS,
        _START,
        forms.ALARM,
    ),
    (
        "dispatch",
        (COMMANDED,),
        URGENT,
        "即时指派部门",
        "Dispatch a department at once",
        _COMMAND | _TOWN | _SYSTEM,
        _START,
        forms.TO_ANOTHER,
    ),
    (
        "calm",
        (COMMANDED,),
        TO_ROUTE,
        "不属重大隐患，转一般办理",
        "Not serious after all",
        _COMMAND,
        _START,
        forms.WITH_REASONS,
    ),
    (
        "dismiss",
        (COMMANDED,),
        NOT_UNLICENSED,
        "不作线索，结案",
        "No clue: close",
        _COMMAND | _TOWN,
        _STOP,
        forms.DISMISS,
    ),
    (
        "acknowledge",
        WAITING,
        SAME,
        "指挥中心签收",
        "The command centre has seen it",
        _COMMAND,
        _KEEP,
        forms.IN_WORDS,
    ),
)

_HANDLING: tuple[Row, ...] = (
    ("receive", (PUSHED,), RECEIVED, "接收", "Receive", _DEPARTMENT, _START, _PLAIN),
    ("take_on", (RECEIVED,), HANDLING, "由我承办", "Take it on", _DEPARTMENT, _KEEP, _PLAIN),
    ("release", (HANDLING,), RECEIVED, "放回", "Put it back", _DEPARTMENT, _KEEP, _PLAIN),
    (
        "measure",
        (*AT_WORK, URGENT),
        SAME,
        "记录处置措施",
        "Record a measure",
        _DEPARTMENT,
        _KEEP,
        forms.MEASURE,
    ),
    (
        "feed_back",
        (*AT_WORK, URGENT),
        TO_CHECK,
        "反馈处置结果",
        "Feed back the outcome",
        _DEPARTMENT,
        _START,
        forms.FEED_BACK,
    ),
    (
        "ask_extension",
        (RECEIVED, HANDLING),
        EXTENSION_ASKED,
        "申请延期",
        "Ask for an extension",
        _DEPARTMENT,
        _PAUSE,
        forms.EXTENSION,
    ),
    (
        "grant_extension",
        (EXTENSION_ASKED,),
        EXTENDED,
        "批准延期",
        "Grant the extension",
        _TOWN,
        _START,
        forms.IN_WORDS,
    ),
    (
        "refuse_extension",
        (EXTENSION_ASKED,),
        HANDLING,
        "不批准延期",
        "Refuse the extension",
        _TOWN | _SYSTEM,
        _RESUME,
        forms.WITH_REASONS,
    ),
    (
        "ask_assistance",
        AT_WORK,
        AWAITING_ASSISTANCE,
        "请其他部门协助",
        "Ask another department for assistance",
        _DEPARTMENT,
        _PAUSE,
        forms.ASSISTANCE,
    ),
    (
        "go_on",
        (AWAITING_ASSISTANCE,),
        HANDLING,
        "不再等待，继续处置",
        "Go on without waiting",
        _DEPARTMENT,
        _RESUME,
        forms.WITH_REASONS,
    ),
    (
        "assisted",
        (AWAITING_ASSISTANCE,),
        HANDLING,
        "收到协助结果",
        "The assistance is answered",
        _SYSTEM,
        _RESUME,
        _PLAIN,
    ),
    (
        "copy_to",
        (TO_ROUTE, TO_CHECK, *AT_WORK, URGENT),
        SAME,
        "抄告",
        "Tell another department",
        _DEPARTMENT | _OFFICES,
        _KEEP,
        forms.COPY,
    ),
    ("object", (PUSHED,), OBJECTED, "提出异议", "Object", _DEPARTMENT, _START, forms.OBJECT),
    ("object", AT_WORK, OBJECTED, "提出异议", "Object", _DEPARTMENT, _PAUSE, forms.OBJECT),
    ("object", (URGENT,), COMMANDED, "提出异议", "Object", _DEPARTMENT, _START, forms.OBJECT),
    (
        "reroute",
        (OBJECTED,),
        PUSHED,
        "异议成立，改派其他部门",
        "The objection is upheld: to another department",
        _TOWN,
        _START,
        forms.TO_ANOTHER,
    ),
    (
        "insist",
        (OBJECTED,),
        RECEIVED,
        "异议不成立，说明理由退回",
        "The objection is refused, with reasons",
        _TOWN,
        _RESUME,
        forms.WITH_REASONS,
    ),
)

_ENDING: tuple[Row, ...] = (
    ("confirm", (TO_CHECK,), CLOSED, "核查属实，办结", "Checked: close", _LOCAL, _STOP, forms.CONFIRM),
    ("redo", (TO_CHECK,), RECEIVED, "退回重办", "Back to be done again", _LOCAL, _START, forms.REDO),
    (
        "await_parts",
        (TO_CHECK,),
        AWAITING_PARTS,
        "等待其他部门",
        "Wait for the others",
        _SYSTEM,
        _START,
        _PLAIN,
    ),
    (
        "parts_done",
        (AWAITING_PARTS,),
        TO_CHECK,
        "其他部门均已办结",
        "The others are done",
        _SYSTEM,
        _START,
        _PLAIN,
    ),
    (
        "call_off_parts",
        (AWAITING_PARTS,),
        TO_CHECK,
        "其余部门不再办理",
        "The others need not go on",
        _TOWN,
        _START,
        forms.WITH_REASONS,
    ),
    ("end_part", (TO_CHECK,), PART_ENDED, "本部门办结", "This department is done", _SYSTEM, _STOP, _PLAIN),
    (
        "send_to_joint",
        (TO_CHECK, *AT_WORK),
        TO_PLAN,
        "列入镇街联合整治",
        "Take up in a joint operation",
        _TOWN,
        _START,
        forms.WITH_REASONS,
    ),
    ("plan", (TO_PLAN,), JOINT, "确定联合整治方案", "Set the plan", _TOWN, _START, forms.PLAN),
    (
        "joint_result",
        (JOINT,),
        TO_CHECK,
        "联合整治结果",
        "Outcome of the operation",
        _TOWN,
        _START,
        forms.JOINT_RESULT,
    ),
)

_ALWAYS: tuple[Row, ...] = (
    ("close_by_data", WAITING, CLOSED, "数据已证明，办结", "Proved by data: close", _SYSTEM, _STOP, _PLAIN),
    ("withdraw", WAITING, WITHDRAWN, "撤回", "Withdraw", _SYSTEM, _STOP, _PLAIN),
    (
        "relocate",
        (*(state for state in WITH_DEPARTMENT if state != URGENT), OBJECTED),
        PUSHED,
        "转到所在镇街",
        "On to the town where it lies",
        _SYSTEM,
        _START,
        _PLAIN,
    ),
)

_QUIET: tuple[Row, ...] = (
    ("note", WAITING, SAME, "记事", "Note", _HANDLERS | {Role.OFFICER}, _KEEP, forms.NOTE),
    ("move", WAITING, SAME, "随地址变更属地", "Moved with the address", _SYSTEM, _KEEP, _PLAIN),
    ("absorb", WAITING, SAME, "并入重复线索", "Joined by the same clue", _SYSTEM, _KEEP, _PLAIN),
    (
        "revise",
        WAITING,
        SAME,
        "补充情况",
        "Add what was found out",
        _HANDLERS | {Role.OFFICER},
        _KEEP,
        forms.NOTE,
    ),
    ("learn", WAITING, SAME, "登记信息有变化", "The file has changed", _SYSTEM, _KEEP, _PLAIN),
)

_MARKS = frozenset({"acknowledge", "measure", "copy_to"})
"""Acts by persons that add to the file and leave everybody's work as it is."""


def edges() -> tuple[Edge, ...]:
    """Every edge of the process, stage by stage."""
    loud = (*_FINDING, *_ROUTING, *_HANDLING, *_ENDING, *_ALWAYS)
    return tuple(
        Edge(
            action=action,
            source=source,
            target=source if target == SAME else target,
            zh=zh,
            en=en,
            who=who,
            clock=clock,
            form=form,
            quiet=row in _QUIET or action in _MARKS,
        )
        for row in (*loud, *_QUIET)
        for action, sources, target, zh, en, who, clock, form in (row,)
        for source in sources
    )
