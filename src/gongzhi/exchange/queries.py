"""Who is calling, and what a registrar may read back about a business."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from gongzhi.exchange.actions import digest_of
from gongzhi.exchange.models import ConnectedSystem
from gongzhi.flow.graph import graph_named
from gongzhi.registry.models import Business


def calling(token: str, today: date) -> ConnectedSystem | None:
    """The system that this token belongs to, if it and its post still hold today."""
    return (
        ConnectedSystem.objects.select_related("post__person")
        .filter(token_digest=digest_of(token), revoked_at=None, valid_to__gte=today)
        .filter(post__valid_from__lte=today, post__person__is_active=True)
        .filter(Q(post__valid_to=None) | Q(post__valid_to__gt=today))
        .first()
    )


def business_state(code: str) -> dict[str, Any] | None:
    """A business by its code with its notices and visits, as far as the post sees them; None when it sees none."""
    business = Business.objects.filter(Q(uscc=code) | Q(old_number=code)).first() if code else None
    if business is None:
        return None
    return {
        "uscc": business.uscc,
        "name": business.name,
        "status": business.status,
        "area": business.area,
        "placed": business.placed,
        "as_of": business.as_of,
        "notices": _cases(
            "SELECT c.id, c.state, c.department, c.due, n.visit_result,"
            " ARRAY(SELECT p.permit FROM notices_noticepermit p WHERE p.notice_id = n.case_id ORDER BY p.permit)"
            " FROM notices_notice n JOIN flow_case c ON c.id = n.case_id WHERE n.business_id = %s ORDER BY c.id",
            "notices",
            business.pk,
        ),
        "visits": _cases(
            "SELECT c.id, c.state, NULL, c.due, coalesce(nullif(v.returned_result, ''), v.result), ARRAY[]::text[]"
            " FROM visits_visitedbusiness v JOIN flow_case c ON c.id = v.visit_id"
            " WHERE v.business_id = %s ORDER BY c.id",
            "visits",
            business.pk,
        ),
    }


def _cases(query: str, graph: str, business_id: int) -> list[dict[str, Any]]:
    states = {state.name: state for state in graph_named(graph).states}
    with connection.cursor() as cursor:
        cursor.execute(query, [business_id])
        return [
            {
                "number": row[0],
                "state": row[1],
                "state_zh": states[row[1]].zh,
                "state_en": states[row[1]].en,
                "department": row[2],
                "due": row[3],
                "result": row[4],
                "permits": row[5],
            }
            for row in cursor.fetchall()
        ]
