"""Where a post finds what it does with clues."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.desk.views import clue_alike, clue_inbox, clue_joint, clue_ledger, clue_report, clue_reports
from gongzhi.org.roles import Role

_CITY_DIGITS = 4


def clue_nav(role: Role, area: str) -> list[tuple[str, Any, str]]:
    """The menu's entries about clues: name of the address, words, icon."""
    found: list[tuple[str, Any, str]] = []
    if role in clue_report.REPORTERS:
        found.append(("clue_report", _("上报线索"), "flag"))
    if role in clue_inbox.CENTRES:
        found.append(("clue_serious", _("重大线索"), "warning"))
    if role is Role.MARKET_MANAGER:
        found.append(("clue_market", _("上报记录"), "inbox"))
    if role in clue_ledger.VIEWERS:
        found.append(("clue_ledger", _("线索台账"), "chart"))
    if role in clue_alike.DECIDERS:
        found.append(("clue_pairs", _("线索查重"), "people"))
    if role in clue_joint.VIEWERS:
        found.append(("clue_operations", _("联合整治"), "people"))
    if role is Role.DEPARTMENT:
        found.append(("clue_copies", _("抄告"), "send"))
    if role in clue_reports.READERS:
        found.append(("clue_reports", _("群众举报"), "bell"))
    if role in clue_reports.IMPORTERS and len(area) <= _CITY_DIGITS:
        found.append(("clue_hotline", _("12345 导入"), "phone"))
    return found
