"""The server's settings, fitted to the machine.

They go into a file of their own that is rewritten at each start; what somebody writes below its include line
in postgresql.conf wins.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FILE = "gongzhi.conf"

_MB = 1024 * 1024


def memory_bytes() -> int:
    """The memory this process may use: the machine's, or the control group's where that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def settings_for(*, memory: int, free_disk: int, socket_folder: Path, port: int) -> dict[str, str]:
    """The settings that differ from PostgreSQL's own, for so many bytes of memory and of free disk.

    The shares follow PostgreSQL's documentation (Resource Consumption): a quarter of the memory for
    `shared_buffers`, capped because web and worker live on the same machine.
    """
    megabytes = memory // _MB
    return {
        "listen_addresses": "",
        "port": str(port),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        # Said although they are the defaults: these three are the promise that what was committed stays.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "shared_buffers": f"{_between(32, megabytes // 4, 2048)}MB",
        "effective_cache_size": f"{_between(128, megabytes // 2, 65536)}MB",
        # A hundred connections that each sort or hash twice should fit into another quarter.
        "work_mem": f"{_between(4, megabytes // 4 // 200, 32)}MB",
        "maintenance_work_mem": f"{_between(32, megabytes // 16, 512)}MB",
        # Few checkpoints during a bulk import, as far as the disk can hold their log.
        "max_wal_size": f"{_between(256, free_disk // _MB // 10, 4096)}MB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "jit": "off",  # every query here is short; compiling it costs more than running it
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        "logging_collector": "on",
        "log_directory": "../log",
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_checkpoints": "off",
    }


def written(settings: dict[str, str]) -> str:
    """The settings as a PostgreSQL configuration file."""
    lines = ["# Rewritten at each start; put your own settings at the end of postgresql.conf."]
    lines += [f"{name} = '{value}'" for name, value in settings.items()]
    return "\n".join(lines) + "\n"


def free_disk_bytes(folder: Path) -> int:
    """What is free on the disk of `folder`."""
    return shutil.disk_usage(folder).free


def _between(least: int, wanted: int, most: int) -> int:
    return max(least, min(wanted, most))
