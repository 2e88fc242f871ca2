"""Only the owner of the tables may change them."""

from __future__ import annotations


class OwnerMigrates:
    """Sends every migration to the `owner` connection; the application's role never alters a table."""

    def allow_migrate(self, db: str, _app_label: str, **_hints: object) -> bool:
        return db == "owner"

    def allow_relation(self, *_objects: object, **_hints: object) -> bool:
        return True
