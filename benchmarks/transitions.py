"""How many acts a second the desk takes: signed in, through HTTP, durable, web and database on this machine.

    python benchmarks/transitions.py [NOTICES] [--clients 6] [--workers 2]

Makes a city in a folder of its own (fsync on), has notices delivered to one department, starts `gongzhi up` and lets
signed-in clerks, each on a connection that is kept, receive every notice and then take it on: a POST each, with its
CSRF token, the line that was read and a client key, as the page sends it. The clients are a process of their own.
Afterwards the journal is counted: an act that answered and is not in it would be a failure.

Beside it, in the same run and with the same number of connections: the same acts through the kernel alone, without
web; and the barest durable write there is, PostgreSQL's own simple update (a row updated, a line added, a commit).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from machine import describe

PASSWORD = "benchmark-2026-only"  # noqa: S105  of invented clerks in a folder that is thrown away
TOWN = "441900006"
PAGES = ("/", "/cases/", "/businesses/")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notices", nargs="?", type=int, default=3_000)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pages", type=int, default=200, help="requests of each list page")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        _PARTS[arguments.part](json.loads(sys.stdin.read()))
        return
    print(describe())
    with tempfile.TemporaryDirectory(prefix="gongzhi-benchmark-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        os.environ["GONGZHI_HOME"] = str(Path(folder) / "home")
        os.environ.pop("DATABASE_URL", None)
        _command("database", "start")
        try:
            _command("init", "--city", "dongguan")
            _measure(arguments)
        finally:
            _command("database", "stop")


def _measure(arguments: argparse.Namespace) -> None:
    made = _part("prepare", {"notices": 2 * arguments.notices, "clients": arguments.clients})
    through_web, through_kernel = made["cases"][: arguments.notices], made["cases"][arguments.notices :]
    common = {"clients": arguments.clients, "port": _free_port(), "pages": arguments.pages}
    figure("simple update, one commit each", _part("simple", common | {"count": arguments.notices}))
    with _up(common["port"], arguments.workers) as ours:
        answer = _part("clients", common | {"cases": through_web, "ours": ours})
    for name in ("receive", "claim"):
        figure(f"HTTP {name}", answer[name])
    for address, times in answer["pages"].items():
        figure(f"HTTP GET {address}", times)
    kept = _part("count", {"cases": through_web})
    print(
        f"journal lines of these acts: {kept['lines']:,} of {2 * len(through_web):,}; fsync {kept['fsync']}"
    )
    figure("kernel alone, receive", _part("kernel", common | {"cases": through_kernel}))


def figure(name: str, times: dict[str, Any]) -> None:
    """One line: how many a second, how long each took in milliseconds, how many succeeded."""
    each = sorted(times["each"])

    def at(share: float) -> float:
        return 1000 * each[min(len(each) - 1, int(share * len(each)))]

    print(
        f"{name:<34} {len(each) / times['seconds']:>8,.0f}/s  p50 {at(0.50):6.1f}  p95 {at(0.95):6.1f}  "
        f"p99 {at(0.99):6.1f} ms  success {100 * times['good'] / len(each):.2f} % of {len(each):,}"
    )
    if "processors" in times:
        cost = times["processors"] / len(each)
        print(
            f"{'':<34} web and database used {1000 * cost:.2f} ms of processor an act,"
            f" {times['processors'] / times['seconds']:.2f} processors at work;"
            f" the clients {1000 * times['asking'] / len(each):.2f} ms an act"
        )


def _processor_seconds(ours: list[int]) -> float:
    """What these processes and all that descend from them have used of the processors, ended children included."""
    parents, used = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
            used[int(folder.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    total = 0.0
    for process, seconds in used.items():
        ancestor = process
        while ancestor not in ours and ancestor in parents:
            ancestor = parents[ancestor]
        total += seconds if ancestor in ours else 0.0
    return total


def _part(name: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Run one part in a process of its own; JSON in, JSON out."""
    done = subprocess.run(
        [sys.executable, __file__, "--part", name],
        input=json.dumps(wanted),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def _prepare(wanted: dict[str, Any]) -> None:
    """People, businesses and their notices, by the registry's own way in."""
    _django()
    from gongzhi.codes import uscc  # noqa: PLC0415
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.org.models import Person, Post  # noqa: PLC0415
    from gongzhi.registry.intake.checking import Stated, check  # noqa: PLC0415
    from gongzhi.registry.intake.loading import Counts, load  # noqa: PLC0415
    from gongzhi.registry.intake.matching import Answer  # noqa: PLC0415
    from gongzhi.registry.rules import Where  # noqa: PLC0415
    from gongzhi.scopes import default_book, match_many  # noqa: PLC0415

    moment = moment_now()
    with acting_as(SYSTEM):
        for number in range(wanted["clients"]):
            person = Person.objects.create_person(f"clerk{number}", f"clerk {number}", PASSWORD)
            Post.objects.create(
                person=person, role="department", area=TOWN, department_id="market", title="经办",
                title_en="Clerk", valid_from=moment.today.replace(month=1, day=1),
            )  # fmt: skip
    scope, grid = "许可项目：餐饮服务。", f"{TOWN}003001"
    (match,) = match_many([scope], default_book(moment.today))
    count, chunk = wanted["notices"], 2_000
    for start in range(0, count, chunk):
        stated = [
            Stated(
                line=n,
                name=f"基准{n:06d}号食店",
                uscc=uscc.make("92", "441900", f"XJ{n:06d}"),
                established=moment.today.isoformat(),
                scope=scope,
                address=f"基准路{n}号",
            )
            for n in range(start, min(count, start + chunk))
        ]
        where = [Where(grid, True, f"{grid}/基准路{one.line}号", "road-number", 0.99) for one in stated]
        with acting_as(SYSTEM):
            load(
                check(stated, moment.today), [Answer(match, one) for one in where],
                source=None, city="4419", acting=SYSTEM, moment=moment, counts=Counts(), invented=True,
            )  # fmt: skip
    from django.db import connection, connections  # noqa: PLC0415

    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, seq FROM flow_case WHERE graph = 'notices' AND state = 'delivered' AND department = 'market'"
            " ORDER BY id"
        )
        cases = cursor.fetchall()
    assert len(cases) == count, f"{len(cases)} notices were delivered, not {count}"
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "CREATE TABLE simple_row (id int PRIMARY KEY, balance int, filler char(84));"
            "CREATE TABLE simple_line (id int, delta int, at timestamptz, filler char(22));"
            "INSERT INTO simple_row SELECT n, 0, '' FROM generate_series(1, 100000) n"
        )
    print(json.dumps({"cases": cases}))


def _simple(wanted: dict[str, Any]) -> None:
    import psycopg  # noqa: PLC0415

    from gongzhi.home import database_urls  # noqa: PLC0415

    url = database_urls().owner

    def write(place: psycopg.Connection, number: int) -> bool:
        row = 1 + number * 7919 % 100_000
        place.execute("UPDATE simple_row SET balance = balance + %s WHERE id = %s", [number, row])
        place.execute("SELECT balance FROM simple_row WHERE id = %s", [row])
        place.execute("INSERT INTO simple_line VALUES (%s, %s, now(), '')", [row, number])
        place.commit()
        return True

    print(
        json.dumps(_threads(wanted["clients"], range(wanted["count"]), lambda: psycopg.connect(url), write))
    )


def _kernel(wanted: dict[str, Any]) -> None:
    """The same acts without web, by as many threads of one process."""
    _django()
    from gongzhi.flow.actions import transition  # noqa: PLC0415
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415
    from gongzhi.org.access import acting_as, acting_for  # noqa: PLC0415
    from gongzhi.org.models import Post  # noqa: PLC0415

    posts = list(Post.objects.select_related("person").filter(person__username__startswith="clerk"))

    def receive(place: Any, case: list[int]) -> bool:
        moment = moment_now()
        with acting_as(place) as acting:
            transition(
                case[0],
                "receive",
                acting=acting,
                moment=moment,
                client_key=f"k{case[0]}",
                expected_seq=case[1],
            )
        return True

    hands = iter(posts * wanted["clients"])
    print(json.dumps(_threads(wanted["clients"], wanted["cases"], lambda: acting_for(next(hands)), receive)))


def _threads(
    count: int, jobs: Any, opened: Callable[[], Any], act: Callable[[Any, Any], bool]
) -> dict[str, Any]:
    """Do all jobs by so many threads, each with something of its own that is opened first."""
    left, each, good = iter(list(jobs)), [], []
    places = [opened() for _ in range(count)]

    def work(place: Any) -> None:
        for job in left:
            began = time.perf_counter()
            good.append(act(place, job))
            each.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(place,)) for place in places]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - began, "each": each, "good": sum(good)}


def _clients(wanted: dict[str, Any]) -> None:
    print(json.dumps(asyncio.run(_all_clients(wanted))))


async def _all_clients(wanted: dict[str, Any]) -> dict[str, Any]:
    clients = [await _Client.signed_in(wanted["port"], f"clerk{n}") for n in range(wanted["clients"])]
    answer: dict[str, Any] = {}
    for step, action in enumerate(("receive", "claim")):
        acts = iter([(case, seq + step) for case, seq in wanted["cases"]])
        before, asking = _processor_seconds(wanted["ours"]), time.process_time()
        answer[action] = await _share(
            clients, acts, lambda client, act, action=action: client.act(act, action)
        )
        answer[action]["processors"] = _processor_seconds(wanted["ours"]) - before
        answer[action]["asking"] = time.process_time() - asking
    answer["pages"] = {
        page: await _share(clients[:2], iter([page] * wanted["pages"]), lambda client, page: client.get(page))
        for page in PAGES
    }
    for client in clients:
        client.close()
    return answer


async def _share(clients: list[_Client], jobs: Any, work: Callable[[Any, Any], Any]) -> dict[str, Any]:
    each: list[float] = []
    good: list[bool] = []

    async def one(client: _Client) -> None:
        for job in jobs:
            began = time.perf_counter()
            good.append(await work(client, job))
            each.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one(client) for client in clients))
    return {"seconds": time.perf_counter() - began, "each": each, "good": sum(good)}


class _Client:
    """One browser's connection: HTTP/1.1, kept open, with its cookies."""

    def __init__(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host, self._reader, self._writer = f"127.0.0.1:{port}", reader, writer
        self._cookies: dict[str, str] = {}

    @classmethod
    async def signed_in(cls, port: int, username: str) -> _Client:
        """A client that went through the sign-in page."""
        client = cls(port, *await asyncio.open_connection("127.0.0.1", port))
        status, page = await client._ask("GET", "/sign-in/")
        token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert status == 200, status
        assert token is not None
        form = {"csrfmiddlewaretoken": token[1].decode(), "username": username, "password": PASSWORD}
        status, _ = await client._ask("POST", "/sign-in/", form)
        assert status == 302, status
        return client

    async def act(self, case: tuple[int, int], action: str) -> bool:
        """Make an act as the case's page sends it; whether it was made."""
        number, seq = case
        form = {
            "csrfmiddlewaretoken": self._cookies["csrftoken"],
            "expected_seq": str(seq),
            "client_key": f"{action}-{number}",
        }
        status, _ = await self._ask("POST", f"/cases/{number}/act/{action}/", form)
        return status == 302

    async def get(self, path: str) -> bool:
        """Read a page whole."""
        status, _ = await self._ask("GET", path)
        return status == 200

    async def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        body = urlencode(form).encode() if form else b""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nCookie: {cookies}\r\nContent-Length: {len(body)}\r\n"
        if form:
            head += "Content-Type: application/x-www-form-urlencoded\r\n"
        self._writer.write(head.encode() + b"\r\n" + body)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = 0
        for line in lines[1:]:
            name, _, value = map(str.strip, line.partition(":"))
            if name.lower() == "set-cookie":
                cookie, _, kept = value.partition(";")[0].partition("=")
                # The page that the answer leads to would have shown the message that an act was made.
                if cookie != "messages":
                    self._cookies[cookie] = kept
            elif name.lower() == "content-length":
                length = int(value)
        return int(lines[0].split()[1]), await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


def _count(wanted: dict[str, Any]) -> None:
    _django()
    from django.db import connections  # noqa: PLC0415

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM flow_journal WHERE case_id = ANY(%s) AND action IN ('receive', 'claim')",
            [[case for case, _ in wanted["cases"]]],
        )
        lines = cursor.fetchone()[0]
        cursor.execute("SHOW fsync")
        print(json.dumps({"lines": lines, "fsync": cursor.fetchone()[0]}))


class _up:  # noqa: N801  reads as what it is: with _up(port, workers)
    """`gongzhi up` while the block lasts."""

    def __init__(self, port: int, workers: int) -> None:
        self._command = [
            sys.executable,
            "-m",
            "gongzhi.cli.main",
            "up",
            "--port",
            str(port),
            "--workers",
            str(workers),
        ]

    def __enter__(self) -> list[int]:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "http://" in line, "gongzhi up did not start"
        postmaster = Path(os.environ["GONGZHI_HOME"]) / "postgres" / "data" / "postmaster.pid"
        return [self._process.pid, int(postmaster.read_text().split()[0])]

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)


def _free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def _django() -> None:
    from gongzhi.cli.main import with_django  # noqa: PLC0415

    with_django()


def _command(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "gongzhi.cli.main", *arguments], check=True, stdout=subprocess.DEVNULL
    )


_PARTS = {"prepare": _prepare, "simple": _simple, "kernel": _kernel, "clients": _clients, "count": _count}

if __name__ == "__main__":
    main()
