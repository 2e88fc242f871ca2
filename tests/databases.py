"""Databases for tests: one template, migrated and loaded with a city once, and clones of it.

A clone takes a fraction of a second, so a test that commits, starts threads or runs a server gets its own.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from gongzhi.embedded import Cluster
from gongzhi.flow.install import install_graphs
from gongzhi.flow.moment import forget_limits
from gongzhi.home import current_home, database_urls
from gongzhi.org.actions import ensure_app_role, keep_pass_key, open_framework_tables


@dataclass
class Databases:
    """The template and where clones of it are made."""

    template: str
    owner_url: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Databases]:
        """Start the server (or use DATABASE_URL's), build the template, drop everything at the end."""
        urls = database_urls()
        cluster = Cluster(current_home()) if urls.embedded else None
        if cluster is not None:
            cluster.ensure_started()
        made = cls(template=f"gongzhi_test_{os.getpid()}", owner_url=urls.owner)
        try:
            made._make(made.template)
            with made._pointed_at(made.template):
                _load()
            yield made
        finally:
            made._drop(made.template)
            if cluster is not None:
                cluster.stop()

    @contextmanager
    def clone(self, purpose: str) -> Iterator[str]:
        """A copy of the template that all connections of this process point to meanwhile."""
        name = f"{self.template}_{purpose}_{next(self._numbers)}"
        self._make(name, template=self.template)
        try:
            with self._pointed_at(name):
                yield name
        finally:
            self._drop(name)

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
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )

    def _drop(self, name: str) -> None:
        with self._maintenance() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _maintenance(self) -> psycopg.Connection:
        return psycopg.connect(self.owner_url, autocommit=True)


def _load() -> None:
    ensure_app_role(current_home().secrets.app_password)
    call_command("migrate", database="owner", verbosity=0)
    keep_pass_key()
    open_framework_tables()
    install_graphs()
    connections.close_all()
