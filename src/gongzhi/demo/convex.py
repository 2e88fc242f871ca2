"""Convex polygons cut by straight lines, in plain kilometres.

Every cell of the invented city is convex, so one half-plane cut is all the geometry its making needs; a
general polygon library would be slower here and could return a cell in two pieces.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_HALVINGS = 48  # the cut's place is found to well under a millimetre


class Point(NamedTuple):
    """A place in kilometres east and north of the city's origin."""

    x: float
    y: float


Ring = list[Point]


def cut(ring: Ring, normal: Point, offset: float) -> Ring:
    """Keep the part of a convex ring where ``normal · p <= offset``; an empty list when nothing is left."""
    kept: Ring = []
    for here, after in zip(ring, ring[1:] + ring[:1], strict=True):
        d_here = normal.x * here.x + normal.y * here.y - offset
        d_after = normal.x * after.x + normal.y * after.y - offset
        if d_here <= 0:
            kept.append(here)
        if (d_here < 0 < d_after) or (d_after < 0 < d_here):
            share = d_here / (d_here - d_after)
            kept.append(Point(here.x + share * (after.x - here.x), here.y + share * (after.y - here.y)))
    return kept if len(kept) > 2 else []


def area(ring: Ring) -> float:
    """Area in km² of a ring that turns left."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(a.x * b.y - b.x * a.y for a, b in pairs) / 2


def centroid(ring: Ring) -> Point:
    """The centre of mass of a ring."""
    sum_x = sum_y = twice_area = 0.0
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = a.x * b.y - b.x * a.y
        twice_area += cross
        sum_x += (a.x + b.x) * cross
        sum_y += (a.y + b.y) * cross
    return Point(sum_x / (3 * twice_area), sum_y / (3 * twice_area))


def inscribed(centre: Point, radius: float, turns: Sequence[float]) -> Ring:
    """A polygon with its corners on a circle (radius in km), at the given rising angles in radians."""
    return [Point(centre.x + radius * math.cos(t), centre.y + radius * math.sin(t)) for t in turns]


def power_cells(frames: list[Ring], centres: list[Point], weights: list[float]) -> list[Ring]:
    """Weighted Voronoi cells: each frame cut down to where its own centre is nearest.

    Distance is squared distance less the centre's weight (km²), which keeps every border straight.
    """
    cells = []
    for i, (frame, own) in enumerate(zip(frames, centres, strict=True)):
        cell = frame
        for j, other in enumerate(centres):
            if i == j or not cell:
                continue
            normal = Point(2 * (other.x - own.x), 2 * (other.y - own.y))
            squares = other.x**2 + other.y**2 - own.x**2 - own.y**2
            cell = cut(cell, normal, squares - weights[j] + weights[i])
        cells.append(cell)
    return cells


def long_axis(ring: Ring) -> Point:
    """The unit direction in which a ring is longest."""
    a, b = max(
        ((a, b) for k, a in enumerate(ring) for b in ring[k + 1 :]),
        key=lambda pair: math.dist(pair[0], pair[1]),
    )
    length = math.dist(a, b)
    return Point((b.x - a.x) / length, (b.y - a.y) / length)


def split_evenly(ring: Ring, parts: int, tilts: list[float]) -> list[Ring]:
    """Cut a ring into `parts` pieces of equal area by halving again and again across its long axis.

    `tilts` (radians, at least ``parts - 1`` of them, consumed from the end) turn each cut a little, so that
    the pieces look like streets and not like a ruler.
    """
    if parts == 1:
        return [ring]
    first = parts // 2
    axis = long_axis(ring)
    turn = tilts.pop()
    normal = Point(
        axis.x * math.cos(turn) - axis.y * math.sin(turn), axis.x * math.sin(turn) + axis.y * math.cos(turn)
    )
    wanted = area(ring) * first / parts
    heights = [normal.x * p.x + normal.y * p.y for p in ring]
    low, high = min(heights), max(heights)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        piece = cut(ring, normal, middle)
        if piece and area(piece) > wanted:
            high = middle
        else:
            low = middle
    below = cut(ring, normal, high)
    above = cut(ring, Point(-normal.x, -normal.y), -high)
    return split_evenly(below, first, tilts) + split_evenly(above, parts - first, tilts)
