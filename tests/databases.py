"""Databases for tests: one template, migrated and loaded with a city once, and clones of it.

A clone takes a fraction of a second, so a test that commits, starts threads or runs a server gets its own.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from gongzhi.catalog.actions import load, pack_digest
from gongzhi.embedded import Cluster
from gongzhi.embedded.cluster import SUPERUSER
from gongzhi.flow.install import install_graphs
from gongzhi.flow.moment import forget_limits
from gongzhi.home import OWNER_ROLE, current_home, database_urls
from gongzhi.org.actions import ensure_app_role, keep_pass_key, open_framework_tables
from gongzhi.packs import load_pack

CITY = "dongguan"
"""The city whose reference data every test finds."""
_PREFIX = "gongzhi_test_"
_TRIES = 20
_ONE_AT_A_TIME = 7_402_019
"""The number of the advisory lock under which a template is made: two test runs share a server and its roles."""
_TEMPLATE_IN_USE = 7_402_020
"""The first number of the lock that each process of a run holds while it may clone the run's template."""


@dataclass
class Databases:
    """The template and where clones of it are made."""

    run: int
    """The process whose workers share the template: pytest's own, or that of xdist's controller."""
    owner_url: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def template(self) -> str:
        """The name of the database that clones are made of."""
        return f"{_PREFIX}{self.run}"

    @classmethod
    @contextmanager
    def started(cls, allowed: Callable[[], AbstractContextManager[None]]) -> Iterator[Databases]:
        """Start the server (or use DATABASE_URL's), build the template, drop everything at the end.

        `allowed` opens Django's connections meanwhile, which pytest-django keeps closed outside marked tests.
        """
        urls = database_urls()
        cluster = Cluster(current_home()) if urls.embedded else None
        if cluster is not None:
            cluster.hold()
        try:
            worker = "PYTEST_XDIST_WORKER" in os.environ
            made = cls(run=os.getppid() if worker else os.getpid(), owner_url=urls.owner)
            if cluster is not None:
                _hurry(cluster)
                made._clear_leftovers()
            with made._shared(), allowed():
                made._build()
                yield made
        finally:
            connections.close_all()
            if cluster is not None:
                cluster.release()

    @contextmanager
    def clone(self, purpose: str) -> Iterator[str]:
        """A copy of the template that all connections of this process point to meanwhile."""
        name = f"{self.template}_{os.getpid()}_{purpose}_{next(self._numbers)}"
        self._make(name, template=self.template)
        try:
            with self._pointed_at(name):
                yield name
        finally:
            self._drop(name)

    @contextmanager
    def _shared(self) -> Iterator[None]:
        """Keep the template for this process; the last of the run drops it."""
        with self._maintenance() as server:
            server.execute("SELECT pg_advisory_lock_shared(%s, %s)", [_TEMPLATE_IN_USE, self.run])
            try:
                yield
            finally:
                server.execute("SELECT pg_advisory_unlock_all()")
                mine = "SELECT pg_try_advisory_lock(%s, %s)"
                if server.execute(mine, [_TEMPLATE_IN_USE, self.run]).fetchone() == (True,):
                    self._drop(self.template)

    def _build(self) -> None:
        """Make the template, unless another worker of this run has."""
        draft = f"{self.template}_draft"
        with self._maintenance() as server:
            server.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
            if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template]).fetchone():
                return
            self._drop(draft)
            self._make(draft)
            with self._pointed_at(draft):
                _load()
            # Under its name there is never one that is half filled.
            names = sql.Identifier(draft), sql.Identifier(self.template)
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))

    @contextmanager
    def _pointed_at(self, name: str) -> Iterator[None]:
        before = {alias: settings.DATABASES[alias]["NAME"] for alias in settings.DATABASES}
        connections.close_all()
        for alias in before:
            settings.DATABASES[alias]["NAME"] = name
            connections[alias].settings_dict["NAME"] = name
        forget_limits()
        try:
            yield
        finally:
            connections.close_all()
            for alias, old in before.items():
                settings.DATABASES[alias]["NAME"] = old
                connections[alias].settings_dict["NAME"] = old
            forget_limits()

    def _make(self, name: str, template: str = "template0") -> None:
        with self._maintenance() as server:
            server.execute(
                # Copied as files: through the log the same pages are written twice.
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

    def _drop(self, name: str) -> None:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        for tries_left in reversed(range(_TRIES)):
            try:
                with self._maintenance() as server:
                    server.execute(drop)
            except psycopg.errors.InsufficientPrivilege:
                # The server's own worker is still at the clone's tables; only it may say when it is done.
                if not tries_left:
                    raise
                time.sleep(0.5)
            else:
                return

    def _clear_leftovers(self) -> None:
        """What a killed run left behind; only runs of this machine use the embedded server."""
        with self._maintenance() as server:
            names = server.execute("SELECT datname FROM pg_database").fetchall()
        for (name,) in names:
            found = re.match(rf"{_PREFIX}(\d+)", name)
            if found and not _alive(int(found[1])):
                self._drop(name)

    def _maintenance(self) -> psycopg.Connection:
        return psycopg.connect(self.owner_url, autocommit=True)


def _hurry(cluster: Cluster) -> None:
    """Let the tests' own server not wait for the disk: each dropped clone costs seconds otherwise.

    What it keeps is worth nothing after a power cut. That the server of a city does wait is tested elsewhere.
    """
    superuser = cluster.url(SUPERUSER, current_home().secrets.postgres_password, "postgres")
    with psycopg.connect(superuser, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
        # A clone in which autovacuum happens to be at work can't be dropped by its owner.
        # A statement that never ends is a failure with its own text in it, not a run that never ends.
        # The log is short and plain: the home may lie in memory, and nobody will ever replay it.
        for setting, wanted in (
            ("fsync", "off"),
            ("full_page_writes", "off"),
            ("wal_compression", "off"),
            ("max_wal_size", "256MB"),
            ("autovacuum", "off"),
            ("statement_timeout", "5min"),
            ("scram_iterations", "1"),
        ):
            if server.execute(f"SHOW {setting}").fetchone() != (wanted,):
                server.execute(f"ALTER SYSTEM SET {setting} = '{wanted}'")
        server.execute("SELECT pg_reload_conf()")
        # Each test opens connections of its own, and to prove a password takes longer than all else about that.
        # The application's role is given its password anew by `_load`, as the owner is here.
        server.execute("SET scram_iterations = 1")
        password = sql.Literal(current_home().secrets.owner_password)
        server.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(OWNER_ROLE), password))


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _load() -> None:
    """Fill the template: the only place that says what every test finds in its database."""
    ensure_app_role(current_home().secrets.app_password)
    call_command("migrate", database="owner", verbosity=0)
    keep_pass_key()
    open_framework_tables()
    install_graphs()
    load(load_pack(CITY), pack_digest(CITY))
    connections.close_all()
