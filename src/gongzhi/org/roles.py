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
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


LABELS: dict[Role, tuple[str, str]] = {
    Role.CITY_OFFICE: ("市市场监管办", "City supervision office"),
    Role.TOWN_OFFICE: ("镇街综合部门", "Town coordinating office"),
    Role.REGISTRAR: ("登记机关", "Registrar"),
    Role.DEPARTMENT: ("部门经办", "Department clerk"),
    Role.VILLAGE: ("村（社区）联合处置队伍", "Village team"),
    Role.OFFICER: ("网格员", "Grid officer"),
    Role.ADMINISTRATOR: ("系统管理员", "System administrator"),
    Role.SYSTEM: ("系统", "The system"),
}
