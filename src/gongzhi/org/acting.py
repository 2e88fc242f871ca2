"""The post on whose behalf something happens. Pure: graphs and rules may name it."""

from __future__ import annotations

from dataclasses import dataclass

from gongzhi.org.roles import Role


@dataclass(frozen=True, slots=True)
class Acting:
    """The post on whose behalf something is read or written.

    `area` is a code prefix (empty: everywhere); `department` narrows to one department's rows.
    """

    post_id: int
    role: Role
    area: str
    department: str | None = None
    name: str = ""
    title: str = ""
    title_en: str = ""

    @property
    def signature(self) -> str:
        """How the post signs outside the journal: its title and the person's name, at most 160 characters."""
        return f"{self.title} {self.name}".strip()[:160]

    def sees(self, area: str, department: str | None = None) -> bool:
        """Whether a row with this area and department is in scope: the same rule as row security's."""
        if not area.startswith(self.area):
            return False
        return self.department is None or department is None or department == self.department


SYSTEM = Acting(post_id=0, role=Role.SYSTEM, area="", name="系统", title="系统", title_en="The system")
"""The machine itself: imports, clocks and reactions. Its lines in the journal carry post 0."""
