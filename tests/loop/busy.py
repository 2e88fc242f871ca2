"""A city in the middle of its work: some business in every state of both processes, one door each."""

from __future__ import annotations

from tests.loop.city import AWAY, BOOKS, FOOD, GRID, NOWHERE, TOBACCO, VILLAGE, City, door

Cases = dict[tuple[str, str], int]
"""One case for each (process, state)."""


def busy(city: City, grid: str = GRID, prefix: str = "") -> Cases:
    """Bring one notice and one visit into every state, in `grid`'s town, by that town's people (`prefix`ed names)."""
    doors = (door(grid, f"振华路{number}号") for number in range(1, 100))
    made: Cases = {}
    for state in ("delivered", "received", "claimed", "following_up", "returned", "fed_back", "withdrawn"):
        business = city.register(sure=[FOOD, TOBACCO], at=next(doors), name=f"虚拟{prefix}{state}商行")
        notice = city.notice(business).id
        made["notices", state] = notice
        if state in {"received", "claimed", "fed_back"}:
            city.act(f"{prefix}market", notice, "receive")
        if state == "claimed":
            city.act(f"{prefix}market", notice, "claim")
            city.act(f"{prefix}market", notice, "report_progress", progress="accepted", words="材料已收。")
        elif state == "fed_back":
            city.act(f"{prefix}market", notice, "feed_back", result="licensed", permit_number="JY24419000001")
        elif state == "returned":
            city.act(f"{prefix}market", notice, "return", reason="no_such_item", words="无此事项。")
        elif state == "following_up":
            city.call(f"{prefix}officer", city.visit(business).id, "in_order")
            made["visits", "done"] = city.visit(business).id
        elif state == "withdrawn":
            city.cancel(business)
            made["visits", "withdrawn"] = city.visit(business).id
    unsure = city.register(review=[FOOD], at=next(doors))
    made["notices", "to_confirm"] = city.notice(unsure).id
    dismissed = city.notice(city.register(review=[FOOD], at=next(doors))).id
    city.act(f"{prefix}registrar", dismissed, "dismiss", words="不涉及食品。")
    made["notices", "not_needed"] = dismissed
    made["notices", "pushed"] = city.notice(city.register(sure=[BOOKS], at=next(doors)), AWAY).id
    made["notices", "unclaimed"] = city.notice(city.register(at=next(doors)), None).id
    nowhere = city.register(sure=[FOOD], at=NOWHERE)
    made["notices", "to_place"] = city.notice(nowhere).id
    _visits(city, made, doors, grid[:12] if grid != GRID else VILLAGE, prefix)
    return made


def _visits(city: City, made: Cases, doors, village: str, prefix: str) -> None:  # type: ignore[no-untyped-def]
    officer = f"{prefix}officer"
    unsure = city.register(at=door(village, "无名巷", sure=False))
    made["visits", "to_place"] = city.visit(unsure).id
    made["visits", "to_assign"] = city.visit(city.register(at=door(village))).id
    first, _second = city.register_many(2, at=next(doors), sure=(FOOD,))
    made["visits", "to_visit"] = city.visit(first).id
    missing = {"address": f"{village}新编巷6号", "reason": "not_in_library"}
    never_placed = city.visit(city.register(at=door(village, "无名里", sure=False))).id
    city.act(f"{prefix}registrar", never_placed, "report_missing", **missing)
    made["visits", "to_add"] = never_placed
    for state, action, form in (
        ("address_missing", "report_missing", missing),
        ("address_wrong", "return_address", {"reason": "no_such_number"}),
        ("grid_wrong", "return_grid", {}),
    ):
        visit = city.visit(city.register(at=next(doors))).id
        city.act(officer, visit, action, **form)
        made["visits", state] = visit
    guided = city.visit(city.register(at=next(doors))).id
    city.call(officer, guided, "needs_correction")
    made["visits", "guided"] = guided
    passed = city.visit(city.register(at=next(doors))).id
    city.call(officer, passed, "needs_correction")
    city.call(officer, passed, "needs_correction")
    made["visits", "passed_on"] = passed
    excused = city.visit(city.register(at=next(doors))).id
    city.act(f"{prefix}town_office", excused, "excuse", proof="许可证库中已有有效许可。")
    made["visits", "not_needed"] = excused
