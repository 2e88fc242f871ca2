"""What people teach the library, case by case: dated, signed, and taken back with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from gongzhi.addresses import Gazetteer, door_key, normal_text
from gongzhi.addresses.reading import read_front
from gongzhi.flow.moment import Moment
from gongzhi.org.access import elevated
from gongzhi.org.acting import Acting
from gongzhi.places.actions import LONGEST
from gongzhi.places.models import StandardAddress
from gongzhi.places.queries import gazetteer
from gongzhi.places.rules import can_teach

_VILLAGE_DIGITS = 12


class NotTaughtError(ValueError):
    """What is to be taken back is not in force, or not taught by anybody, or not this post's to take back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """A person found `text` in `area`, a village or a grid (12 or 15 digits), in a case; `how` as in the model.

    `lon` and `lat` are WGS-84 where somebody measured; `stated_in` names the system they came in.
    """

    text: str
    area: str
    case: int
    how: str
    by: str
    post: int
    lon: float | None = None
    lat: float | None = None
    stated_in: str = ""


def learn_many(teachings: Sequence[Teaching], *, moment: Moment) -> int:
    """Keep what people found, inside the caller's transaction, as the system; returns how many addresses are new.

    Only what names a door exactly is taught (`rules.can_teach`), nothing that itself names another town or village
    than where somebody was found, and one address once: the last of several wins. What
    the library already says of that very door teaches nothing. What it said otherwise ends today and can be brought
    back (`unlearn`). Two who teach the same address at once do not wait for each other's pages: the first is kept.
    """
    names = gazetteer(moment.today)
    chosen: dict[str, tuple[Teaching, str]] = {}
    for one in teachings:
        text = " ".join(one.text.split())[:LONGEST]
        if len(one.area) < _VILLAGE_DIGITS or _says_otherwise(text, one.area, names):
            continue
        key = door_key(text, names, one.area[:_VILLAGE_DIGITS])[:LONGEST]
        if can_teach(key.partition("/")[2]):
            chosen[text] = (one, key)
    if not chosen:
        return 0
    with connection.cursor() as cursor:
        rows = _news(cursor, sorted(chosen.items()))
        if not rows:
            return 0
        texts = [text for text, _ in rows]
        cursor.execute(_STANDING, [texts])
        gives_way = {text: number for number, text in cursor.fetchall()}
        cursor.execute(_END, [moment.today, list(gives_way.values())])
        cursor.execute(
            _LEARN,
            {
                "text": texts,
                "key": [key for _, (_, key) in rows],
                "area": [one.area for _, (one, _) in rows],
                "case": [one.case for _, (one, _) in rows],
                "how": [one.how for _, (one, _) in rows],
                "by": [one.by[:160] for _, (one, _) in rows],
                "post": [one.post for _, (one, _) in rows],
                "lon": [one.lon for _, (one, _) in rows],
                "lat": [one.lat for _, (one, _) in rows],
                "stated_in": [one.stated_in for _, (one, _) in rows],
                "replaces": [gives_way.get(text) for text in texts],
                "today": moment.today,
            },
        )
        return int(cursor.rowcount)


def _says_otherwise(text: str, area: str, names: Gazetteer) -> bool:
    """Whether the words name another town or village: then somebody is elsewhere, and the words stay true."""
    front = read_front(normal_text(text), names)
    if front.village_code:
        return front.village_code != area[:_VILLAGE_DIGITS]
    return bool(front.town_codes) and area[:9] not in front.town_codes


_Row = tuple[str, tuple[Teaching, str]]


def _news(cursor: Any, rows: Sequence[_Row]) -> list[_Row]:
    """Those that say something else, or more, than the library does."""
    cursor.execute(
        _NEWS,
        [
            [text for text, _ in rows],
            [key for _, (_, key) in rows],
            [one.area for _, (one, _) in rows],
            [one.lon is not None for _, (one, _) in rows],
        ],
    )
    fresh = {text for (text,) in cursor.fetchall()}
    return [row for row in rows if row[0] in fresh]


def unlearn(address_id: int, why: str, *, acting: Acting, moment: Moment) -> StandardAddress | None:
    """Take back what somebody taught, with the reason, inside the caller's transaction, for a post that sees it.

    What the library said before holds again and is returned; None where it said nothing. Raises NotTaughtError.
    """
    taught = StandardAddress.objects.select_for_update().filter(
        pk=address_id, source=StandardAddress.Source.LEARNT, valid_to__isnull=True
    )
    row = taught.first()
    if row is None or not why.strip():
        raise NotTaughtError(f"address {address_id} is nothing to take back")
    with connection.cursor() as cursor:
        cursor.execute(
            _UNLEARN,
            {
                "id": row.pk,
                "today": moment.today,
                "by": acting.signature,
                "post": acting.post_id,
                "why": why.strip()[:500],
            },
        )
    if row.replaces is None:
        return None
    # What it had replaced may lie in another town, which this post does not see.
    with elevated(), connection.cursor() as cursor:
        cursor.execute(_REOPEN, [row.replaces])
        return StandardAddress.objects.filter(pk=row.replaces).first() if cursor.rowcount else None


# Known is what stands there by these very words; and, unless its words are known to lie elsewhere, what all that is
# known of the door agrees on. Where only a village was found, any grid of it is as good an answer. A point is news.
_NEWS = """
SELECT said.text FROM unnest(%s::text[], %s::text[], %s::text[], %s::bool[]) AS said (text, key, area, measured)
LEFT JOIN places_address own ON own.text = said.text AND own.valid_to IS NULL
LEFT JOIN LATERAL (
    SELECT bool_and(a.area LIKE said.area || '%%') AS agrees FROM places_address a
    WHERE a.door_key = said.key AND a.valid_to IS NULL
) door ON own.id IS NULL
WHERE CASE WHEN own.id IS NULL THEN measured OR NOT coalesce(door.agrees, false)
    ELSE own.area NOT LIKE said.area || '%%' OR measured AND own.lon IS NULL END
"""
# Locked in the order of their numbers, so that two who teach together never block each other.
_STANDING = """
SELECT id, text FROM places_address WHERE text = ANY(%s) AND valid_to IS NULL ORDER BY id FOR UPDATE
"""
_END = "UPDATE places_address SET valid_to = %s, changed_at = clock_timestamp() WHERE id = ANY(%s)"
_LEARN = """
INSERT INTO places_address (text, door_key, area, village_code, lon, lat, stated_in, source, learnt_from, how,
    learnt_by, learnt_post, replaces, valid_from, changed_at)
SELECT text, key, area, left(area, 12), lon, lat, stated_in, 'learnt', case_id, how, "by", post, replaces, %(today)s,
    clock_timestamp()
FROM unnest(%(text)s::text[], %(key)s::text[], %(area)s::text[], %(case)s::bigint[], %(how)s::text[], %(by)s::text[],
    %(post)s::bigint[], %(lon)s::float8[], %(lat)s::float8[], %(stated_in)s::text[], %(replaces)s::bigint[])
    AS s (text, key, area, case_id, how, "by", post, lon, lat, stated_in, replaces)
ON CONFLICT (text) WHERE valid_to IS NULL DO NOTHING
"""
_UNLEARN = """
UPDATE places_address SET valid_to = %(today)s, ended_by = %(by)s, ended_post = %(post)s, ended_why = %(why)s,
    changed_at = clock_timestamp()
WHERE id = %(id)s
"""
_REOPEN = """
UPDATE places_address a SET valid_to = NULL, changed_at = clock_timestamp()
WHERE a.id = %s AND a.ended_why = ''
    AND NOT EXISTS (SELECT 1 FROM places_address b WHERE b.text = a.text AND b.valid_to IS NULL)
"""
