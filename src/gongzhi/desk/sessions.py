"""Sessions in the database, as Django keeps them, but read together with the post that somebody acts as.

Every request asks for both, so they are one query, written out.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from gongzhi.desk.models import Session
from gongzhi.org.models import Person, Post
from gongzhi.org.prepared import prepared


class SessionStore(db.SessionStore):
    """Django's own store but for how it looks a session up."""

    held: Post | None = None
    """The post, with its person, that stood beside the session when it was read."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table that names the post in a column of its own."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row to be stored."""
        row = super().create_model_instance(data)
        row.post_id = data.get("post")
        return row

    def load(self) -> dict[str, Any]:
        """What the session holds; empty, and without its key, when it is unknown or has expired."""
        self.held = None
        found = prepared(_FIND, [self.session_key, timezone.now()])
        if not found:
            self._session_key = None
            return {}
        data, *post = found[0]
        if post[0] is not None:
            self.held = _held(tuple(post))
        return json.loads(_decoded(data))


@lru_cache(maxsize=4096)
def _held(row: tuple[Any, ...]) -> Post:
    """The post of such a row. Requests whose rows are the same share it: it is to be read, not to be changed."""
    post = Post.from_db(DEFAULT_DB_ALIAS, _POST, row[: len(_POST)])
    post.person = Person.from_db(DEFAULT_DB_ALIAS, _PERSON, row[len(_POST) :])
    return post


@lru_cache(maxsize=4096)
def _decoded(data: str) -> str:
    # The same text has the same valid signature, request after request.
    return json.dumps(SessionBase.decode(SessionStore(), data))


_POST = [field.attname for field in Post._meta.concrete_fields]  # noqa: SLF001  how Django lets one ask for columns
_PERSON = [field.attname for field in Person._meta.concrete_fields]  # noqa: SLF001
_FIND = f"""
SELECT s.session_data,
    {", ".join(f'post."{name}"' for name in _POST)}, {", ".join(f'person."{name}"' for name in _PERSON)}
FROM desk_session s
LEFT JOIN (org_post post JOIN org_person person ON person.id = post.person_id) ON post.id = s.post_id
WHERE s.session_key = %s AND s.expire_date > %s
"""
