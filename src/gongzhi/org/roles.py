"""The roles a post may hold, and what each is called."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who acts. The kernel's graphs name these; a post holds exactly one."""

    CITY_OFFICE = "city_office"
    TOWN_OFFICE = "town_office"
    REGISTRAR = "registrar"
    DEPARTMENT = "department"
    VILLAGE = "village"
    OFFICER = "officer"
    COMMAND = "command_centre"
    MARKET_MANAGER = "market_manager"
    REPORT_DESK = "report_desk"
    REPORT_REWARD = "report_reward"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


LABELS: dict[Role, tuple[str, str]] = {
    Role.CITY_OFFICE: ("市市场监管办", "City supervision office"),
    Role.TOWN_OFFICE: ("镇街综合部门", "Town coordinating office"),
    Role.REGISTRAR: ("登记机关", "Registrar"),
    Role.DEPARTMENT: ("部门经办", "Department clerk"),
    Role.VILLAGE: ("村（社区）联合处置队伍", "Village team"),
    Role.OFFICER: ("网格员", "Grid officer"),
    Role.COMMAND: ("指挥中心", "Command centre"),
    Role.MARKET_MANAGER: ("共治市场管理方", "Market manager"),
    Role.REPORT_DESK: ("举报受理岗", "Report desk"),
    Role.REPORT_REWARD: ("举报答复奖励岗", "Report answers and rewards"),
    Role.ADMINISTRATOR: ("系统管理员", "System administrator"),
    Role.SYSTEM: ("系统", "The system"),
}
