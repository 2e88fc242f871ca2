"""A city in which every page has something to show, and every page's address with who reads it.

The list is compared with the URL configuration: a page that nobody visits and that is not excused fails.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import shapely
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode
from PIL import Image

from gongzhi.clues.actions import keep_photo
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.models import Copy, JointOperation, Market
from gongzhi.clues.reports import receive_report
from gongzhi.clues.rules import Situation, Where
from gongzhi.desk.models import FileIntake
from gongzhi.notices.corrections import go_through
from gongzhi.notices.models import Correction
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Grid, Person
from gongzhi.places import redraws
from gongzhi.places.models import Doubt, StandardAddress
from gongzhi.rulebooks.models import Remark
from tests.clues.conftest import MARKET, NEW_TRADE, TOBACCO_SHOP, Clues, settle_clues
from tests.loop.away import say
from tests.loop.busy import busy
from tests.loop.city import FOOD, GRID, NEXT_GRID, PASSWORD, TOWN, VILLAGE, door
from tests.rulebooks.drafting import FERRY, draft, in_force, put, tried

INVENTED = "虚拟"
"""Stands in every text that this city's people wrote and in every name of its businesses."""

NOBODY = ""
EXCUSED = {
    "health": "says to a machine that the server is well",
    "set_language": "only changes the cookie",
    "clue_photo": "a picture",
    "file_progress": "a part of the file's page, fetched by it",
    "trial_progress": "a part of the trial's page, fetched by it",
    "correction_progress": "a part of the page of what rules touch, fetched by it",
    "styleguide": "tried by tests/desk/test_design_in_browser.py, on its own",
    "home_overview": "a part of the city office's first page, fetched by it",
    "clue_ledger_sums": "a part of the ledger's page, fetched by it",
    "clue_identity": "shown after a reason was given; tests/desk/clues/test_clue_scope.py",
}
"""Addresses that are no page of their own, with the reason. Workbooks and what only takes a POST are told by asking."""


def page_names() -> set[str]:
    """The names of all addresses, from the URL configuration."""

    def below(resolver: URLResolver) -> Iterator[str]:
        for one in resolver.url_patterns:
            if isinstance(one, URLPattern):
                if "static" in str(one.pattern):
                    continue
                assert one.name, f"{one.pattern} has no name"
                yield one.name
            elif not one.namespace:
                # What has a namespace is the other systems' API: no person reads it.
                yield from below(one)

    return set(below(get_resolver()))


def busy_city(now: datetime) -> dict[str, list[tuple[str, str]]]:
    """Fill the city, commit, and give each page's addresses by its name, with the user who reads each."""
    people = settle_clues()
    with acting_as(SYSTEM):
        for person in Person.objects.exclude(password__startswith="argon2"):
            person.set_password(PASSWORD)
            person.save(update_fields=["password"])
    city = Clues(people, now)
    pages: dict[str, list[tuple[str, str]]] = {}
    for filled in (_loop(city), _clues(city), _places(city), _rules(city), _rest(city)):
        for name, visits in filled.items():
            pages.setdefault(name, []).extend(visits)
    return pages


def _to(name: str, *args: object, **query: object) -> str:
    return reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")


def _loop(city: Clues) -> dict[str, list[tuple[str, str]]]:
    cases = busy(city)
    firm = city.register(name=f"{INVENTED}百货商行", sure=[FOOD], at=door(GRID, "振华路200号"))
    return {
        "home": [(who, "/") for who in ("officer", "town_office", "city_office", "market", "town_centre")],
        "cases": [("town_office", "/cases/?mine=0"), ("officer", "/cases/")],
        "case": [
            ("market", _to("case", cases["notices", "claimed"])),
            ("town_office", _to("case", cases["notices", "returned"])),
            ("registrar", _to("case", cases["visits", "to_place"])),
            ("officer", _to("case", cases["visits", "guided"])),
            ("registrar", _to("case", cases["visits", "to_add"])),
        ],
        "call": [("officer", _to("call", cases["visits", "to_visit"]))],
        "businesses": [("officer", "/businesses/"), ("town_office", "/businesses/?q=" + INVENTED)],
        "business": [("registrar", _to("business", firm))],
        "review_addresses": [("registrar", "/review/addresses/")],
        "review_scopes": [("registrar", "/review/scopes/")],
        "register": [("registrar", "/businesses/new/")],
    }


def _clues(city: Clues) -> dict[str, list[tuple[str, str]]]:
    with acting_as(SYSTEM):
        Market.objects.create(code=MARKET, name=f"{INVENTED}共治市场", area=GRID, address="试风路1号")
    sign = f"{INVENTED}小吃"
    pushed = city.push(TOBACCO_SHOP, sign=sign)
    open_one = city.report(NEW_TRADE, sign=f"{INVENTED}新行当", address="东正路8号").case_id
    serious = city.report(
        Situation(where=Where(area=GRID), hazards=("three_small",)),
        sign=f"{INVENTED}烧烤",
        address="东正路6号",
    ).case_id
    city.report(TOBACCO_SHOP, sign=sign)
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    with acting_as(city.people["village"]) as village:
        keep_photo(pushed, out.getvalue(), purpose="found", acting=village, moment=city.moment)
    today = city.moment.today
    with acting_as(SYSTEM):
        operation = JointOperation.objects.create(
            area=TOWN,
            title=f"{INVENTED}联合整治",
            plan=f"{INVENTED}方案",
            members=["market", "health"],
            planned_on=today,
            made_by="x",
            made_on=today,
        )
        Copy.objects.create(
            clue_id=pushed,
            area=TOWN,
            department="market",
            sent_by_department="health",
            words=f"{INVENTED}抄告",
            about=sign,
            sent_at=city.now,
            sent_by="x",
        )
    report = receive_report(
        Discovery(
            source="public",
            area=GRID,
            found_on=today,
            situation=Situation(where=Where(area=GRID)),
            address="东正路9号",
            words=f"{INVENTED}举报",
        ),
        name="x",
        phone="13800009999",
        moment=city.moment,
    )
    return {
        "case": [
            ("market", _to("case", pushed)),
            ("town_office", _to("case", open_one)),
            ("town_centre", _to("case", serious)),
        ],
        "clue_report": [("officer", "/clues/report/")],
        "clue_serious": [("village_centre", "/clues/serious/")],
        "clue_ledger": [("town_office", "/clues/ledger/")],
        "clue_plans": [("town_office", "/clues/plans/")],
        "clue_pairs": [("village", "/clues/alike/")],
        "clue_operator": [("town_office", _to("clue_operator", city.clue(pushed).operator_id))],
        "clue_operations": [("town_office", "/clues/operations/")],
        "clue_operation": [("town_office", _to("clue_operation", operation.pk))],
        "clue_copies": [("market", "/clues/copies/")],
        "clue_market": [("market_manager", "/clues/market/")],
        "clue_reports": [("report_desk", "/clues/reports/")],
        "clue_readings": [("report_desk", "/clues/reports/readings/")],
        "clue_report_one": [("report_desk", _to("clue_report_one", report.report_id))],
        "clue_hotline": [("city_office", "/clues/hotline/")],
        "clue_guidance": [("village", _to("clue_guidance", pushed))],
        "clue_revise": [("town_office", _to("clue_revise", open_one))],
        "public_report": [(NOBODY, "/report/")],
        "public_track": [(NOBODY, "/report/track/")],
    }


def _places(city: Clues) -> dict[str, list[tuple[str, str]]]:
    address = "广东省东莞市莞城街道北隅社区振华路300号"
    visit = city.visit(city.register(at=(address, door(GRID, "振华路300号")[1]))).id
    city.call("officer", visit, "in_order")
    with acting_as(SYSTEM):
        learnt = StandardAddress.objects.get(text=address)
        Doubt.objects.create(
            text="振华路301号",
            area=VILLAGE,
            found=NEXT_GRID,
            why="other_village",
            lon=113.75,
            lat=23.04,
            stated_in="WGS-84",
            opened_on=city.moment.today,
        )
        shapes = {
            row.code: shapely.from_wkt(row.polygon)
            for row in Grid.objects.filter(village_id=VILLAGE, valid_to__isnull=True)
        }
    shapes[VILLAGE + "090"] = shapely.union_all([shapes.pop(GRID), shapes.pop(NEXT_GRID)])
    lines = [f'{code},{VILLAGE},第{code[-2:]}网格,"{shapely.to_wkt(one, 9)}"' for code, one in shapes.items()]
    drawing = "\n".join(["grid_code,village_code,name,polygon_wkt", *lines]).encode()
    with acting_as(city.people["city_office"]) as office:
        redraw = redraws.hand_in(
            "grids.csv",
            drawing,
            valid_from=city.moment.today + timedelta(3),
            acting=office,
            moment=city.moment,
        )
    return {
        "places": [
            ("officer", _to("places", q=address)),
            ("market", _to("places", point="113.75, 23.04", system="WGS-84")),
        ],
        "learnt": [("town_office", "/places/learnt/")],
        "learnt_one": [("registrar", _to("learnt_one", learnt.pk))],
        "review_points": [("registrar", "/review/points/")],
        "redraws": [("city_office", "/places/redraws/")],
        "redraw": [("city_office", _to("redraw", redraw.pk))],
    }


def _rules(city: Clues) -> dict[str, list[tuple[str, str]]]:
    ferry = {**FERRY, "meaning": f"{INVENTED}的一条", "basis": f"{INVENTED}办法"}
    city.register(name=f"{INVENTED}果店", scope="神奇果零售", at=door(GRID, "振华路202号"))
    in_force(city, ferry)
    with acting_as(SYSTEM):
        correction = Correction.objects.latest("id").pk
    go_through(correction, clock=lambda: city.now)
    book = draft(city, title=f"{INVENTED}一版")
    put(city, book, {**ferry, "rule": "P024-91", "objects": f"{INVENTED}果"})
    trial = tried(city, book, f"{INVENTED}果零售", "餐饮服务")
    with acting_as(SYSTEM):
        Remark.objects.create(
            rule="P001-1",
            scope=f"{INVENTED}小吃",
            words=f"{INVENTED}建议",
            post_id=city.people["registrar"].post_id,
            by="x",
            at=city.now,
        )
    tables = ("rules", "synonyms", "examples")
    return {
        "rulebooks": [("administrator", "/rules/"), ("registrar", "/rules/")],
        "rulebook": [("administrator", _to("rulebook", book.pk))],
        "rule_rows": [("administrator", _to("rule_rows", book.pk, table)) for table in tables],
        "rule_row": [
            ("administrator", _to("rule_row", book.pk, "rules", key="P001-1")),
            ("city_office", _to("rule_row", 0, "rules", key="P001-1")),
        ],
        "rule_try": [("administrator", _to("rule_try", book.pk))],
        "trial": [("city_office", _to("trial", trial))],
        "trial_scopes": [("city_office", _to("trial_scopes", trial))],
        "touched": [("registrar", "/rules/touched/")],
        "rule_objections": [("administrator", "/rules/objections/")],
    }


def _rest(city: Clues) -> dict[str, list[tuple[str, str]]]:
    say(city)
    with acting_as(SYSTEM):
        intake = FileIntake.objects.create(
            file_name="september.csv",
            token="x" * 40,
            suffix=".csv",
            as_of=city.moment.today,
            post_id=city.people["city_registrar"].post_id,
            by="x",
            state="running",
            done=3,
            total=9,
            handed_in_at=city.now,
            seen_at=city.now,
        )
    return {
        "people": [("town_office", "/people/"), ("village", "/people/")],
        "person": [("village", _to("person", city.people["officer"].post_id))],
        "files": [("city_registrar", "/businesses/import/")],
        "file": [("city_registrar", _to("file", intake.pk))],
        "sign_in": [(NOBODY, "/sign-in/")],
        "lists": [("registrar", "/businesses/lists/")],
        "silent": [("village", "/businesses/silent/")],
        "public_address": [(NOBODY, "/address/"), (NOBODY, _to("public_address", q="北隅社区试风路5号"))],
    }


def not_visited(pages: Mapping[str, object]) -> list[str]:
    """Names of addresses that are neither visited nor excused."""
    return sorted(page_names() - set(pages) - set(EXCUSED))


def any_address(name: str) -> str:
    """An address of that name, whatever it numbers; to ask what kind of answer it gives."""
    possible = get_resolver().reverse_dict[name][0][0][1]
    words = {"action": "withdraw", "table": "rules"}
    return reverse(name, kwargs={one: words.get(one, 1) for one in possible})
