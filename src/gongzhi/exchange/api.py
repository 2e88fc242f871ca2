"""The addresses that other systems call. `GET /api/v1/openapi.json` describes them to a machine.

Every call carries `Authorization: Bearer TOKEN` and acts as the post that the token was issued for. Errors have one
form, `{"code", "zh", "en"}`, and say what to do. A registration is never half taken: each row has its outcome, and a
call that fails leaves nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import Field

from gongzhi.catalog.queries import installed
from gongzhi.codes import uscc
from gongzhi.exchange.actions import KeyUsedOtherwiseError, TooManyCallsError, once
from gongzhi.exchange.queries import business_state, calling
from gongzhi.flow.moment import Moment, moment_at, moment_now, noon
from gongzhi.org.access import acting_as, acting_for, elevated
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role
from gongzhi.places.queries import placer
from gongzhi.registry.actions import RowTaken, register_many
from gongzhi.registry.intake.checking import Stated

MOST_ROWS = 500
"""Registrations in one call: what is taken in while the caller waits. Larger lots come as a file."""
_TRIES = 3


class Token(HttpBearer):
    """Knows the system that calls by its token."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:  # noqa: ARG002  the framework's form
        """The calling system, or None: then the call is refused with 401."""
        return calling(token, moment_now().today)


class Registration(Schema):
    """One registration as the registrar states it; what is wrong with it is answered row by row."""

    name: str = Field("", description="名称 · name")
    uscc: str = Field(
        "", description="统一社会信用代码 · unified social credit code, 18 characters (GB 32100)"
    )
    old_number: str = Field(
        "", description="15 位注册号，可空；没有统一代码时凭它建档 · old registration number; may be empty"
    )
    established_date: str = Field("", description="成立日期 · date of establishment, such as 2026-09-21")
    business_scope: str = Field("", description="经营范围原文 · the scope as registered, word for word")
    address: str = Field("", description="住所（经营场所） · address")
    kind: str = Field("", description="主体类型，可空 · kind of body; may be empty")
    status: str = Field(
        "", description="登记状态，空为存续 · status; empty means in business; 注销, 吊销, 歇业, 迁出"
    )
    extra: dict[Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f]+$")], str] = Field(
        {}, description="其余各项，原样保存 · anything else, kept as stated"
    )


class Lot(Schema):
    """Registrations, changes and cancellations of one day."""

    as_of: date | None = Field(
        None, description="数据基准日，缺省为今日 · the day the rows are true for; default today"
    )
    registrations: Annotated[list[Registration], Field(min_length=1, max_length=MOST_ROWS)]


class Row(Schema):
    """What became of one row; `line` counts from 1."""

    line: int
    uscc: str
    outcome: str = Field(description="accepted · changed · unchanged · cancelled · rejected")
    reason: str = ""
    zh: str = ""
    en: str = ""


class Taken(Schema):
    """What became of a lot: the counts add up to the rows, and each row is accounted for in its order."""

    rows: int
    accepted: int
    changed: int
    unchanged: int
    cancelled: int
    rejected: int
    registrations: list[Row]


class Matter(Schema):
    """A notice or a visit: its number, how far it is, by when it is due and what was found."""

    number: int
    state: str
    state_zh: str
    state_en: str
    department: str | None
    due: date | None
    result: str
    permits: list[str]


class BusinessState(Schema):
    """A business as it is known, with what is going on about it."""

    uscc: str
    name: str
    status: str
    area: str
    placed: bool
    as_of: date
    notices: list[Matter]
    visits: list[Matter]


class Problem(Schema):
    """Why a call was refused."""

    code: str
    zh: str
    en: str


class RefusedError(Exception):
    """A call that can't be answered, with its HTTP status and what to do about it."""

    def __init__(self, status: int, code: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.status = status
        self.code = code
        self.zh = zh
        self.en = en


api = NinjaAPI(
    title="共治 · Gongzhi",
    version="1",
    description="其他系统报送登记、查询办理情况 · registrations in, their state out",
    auth=Token(),
    docs_url=None,
    urls_namespace="exchange",
)


@api.post(
    "/registrations",
    response={200: Taken, 401: Problem, 403: Problem, 409: Problem, 422: Problem, 429: Problem},
    summary="报送登记、变更、注销 · send registrations, changes and cancellations",
)
def send_registrations(
    request: Any, lot: Lot, key: Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=80)]
) -> dict[str, Any]:
    """Take in up to 500 rows with everything that follows; the same key again is answered as the first time."""
    acting = acting_for(request.auth.post)
    if acting.role is not Role.REGISTRAR:
        raise RefusedError(
            403, "not_a_registrar", "此令牌不属于登记机关，不能报送登记", "this token is not a registrar's"
        )
    now = moment_now()
    if lot.as_of and lot.as_of > now.today:
        raise RefusedError(422, "as_of_in_future", "基准日不能晚于今日", "as_of may not lie after today")
    moment = moment_at(noon(lot.as_of)) if lot.as_of else now
    try:
        return _once(request, lot, key, acting=acting, moment=moment, now=now)
    except KeyUsedOtherwiseError:
        raise RefusedError(
            409,
            "key_used_otherwise",
            "此 Idempotency-Key 已用于另一份内容，请换一个",
            "this Idempotency-Key was used with another body; choose a new one",
        ) from None
    except TooManyCallsError:
        raise RefusedError(
            429, "too_many_calls", "调用过于频繁，请一分钟后再试", "too many calls; try again in a minute"
        ) from None
    except IntegrityError:
        raise RefusedError(
            409,
            "busy",
            "其中有主体正由他人登记，请稍后重发",
            "one of them is being registered by others; send again",
        ) from None


def _once(request: Any, lot: Lot, key: str, *, acting: Acting, moment: Moment, now: Moment) -> dict[str, Any]:
    """Take the lot in, in one transaction; what somebody else registers meanwhile is known at the next try."""
    for tries_left in reversed(range(_TRIES)):
        try:
            with acting_as(acting):
                return once(
                    request.auth,
                    key,
                    request.body,
                    len(lot.registrations),
                    now=now.at,
                    work=lambda: _take(lot, acting, moment),
                ).answer
        except IntegrityError:
            if not tries_left:
                raise
    raise AssertionError("the last try answers or raises")


def _take(lot: Lot, acting: Acting, moment: Moment) -> dict[str, Any]:
    rows = [
        Stated(
            line=line,
            name=row.name.strip(),
            uscc=row.uscc.strip(),
            old_number=row.old_number.strip(),
            established=row.established_date.strip(),
            scope=row.business_scope.strip(),
            address=row.address.strip(),
            kind=row.kind.strip(),
            status=row.status.strip(),
            extra=row.extra,
        )
        for line, row in enumerate(lot.registrations, 1)
    ]

    def may(area: str) -> bool:
        return acting.sees(area) or acting.area.startswith(area)

    # What follows from a registration reaches beyond the registrar's own rows.
    with elevated():
        taken = register_many(
            rows,
            places=placer(moment.today),
            city=installed().city_code4,
            acting=acting,
            moment=moment,
            may=may,
        )
    outcomes = [row.outcome for row in taken]
    counts = {
        name: outcomes.count(name) for name in ("accepted", "changed", "unchanged", "cancelled", "rejected")
    }
    return {"rows": len(rows), **counts, "registrations": [_row(row) for row in taken]}


def _row(row: RowTaken) -> dict[str, Any]:
    why = row.why
    said = {"reason": why.value, "zh": why.zh, "en": why.en} if why else {}
    return {"line": row.line, "uscc": row.uscc, "outcome": row.outcome, **said}


@api.get(
    "/businesses/{code}",
    response={200: BusinessState, 401: Problem, 404: Problem},
    summary="查询主体的告知与走访情况 · a business with its notices and visits",
)
def read_business(request: Any, code: str) -> dict[str, Any]:
    """A business in the token's area, by its unified social credit code."""
    wanted = uscc.normalise(code)
    with acting_as(acting_for(request.auth.post)):
        found = business_state(wanted) if wanted.isalnum() else None
    if found is None:
        raise Http404
    return found


@api.exception_handler(RefusedError)
def _refused(request: HttpRequest, error: RefusedError) -> HttpResponse:
    return _problem(request, error.status, error.code, error.zh, error.en)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, _: Http404) -> HttpResponse:
    return _problem(request, 404, "not_found", "辖区内没有这一主体", "no such business in this token's area")


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(
        request,
        error.status_code,
        "unreadable",
        "请求内容不是完整的 JSON",
        "the body is not one whole JSON object",
    )


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    return _problem(
        request,
        401,
        "unknown_token",
        "令牌无效、已到期或已停用",
        "the token is unknown, has ended or was revoked",
    )


@api.exception_handler(ValidationError)
def _unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = "; ".join(
        f"{'.'.join(map(str, one.get('loc', ())))}: {one.get('msg', '')}"[:200] for one in error.errors[:5]
    )
    return _problem(
        request,
        422,
        "unfit_call",
        f"请求格式不对（{places}）",
        f"the call does not have the right form ({places})",
    )


def _problem(request: HttpRequest, status: int, code: str, zh: str, en: str) -> HttpResponse:
    return api.create_response(request, {"code": code, "zh": zh, "en": en}, status=status)


def urls() -> Any:
    """The API's addresses, open to callers without a session: each call brings its own token."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        pattern.callback.is_public = True
    return patterns, app, namespace
