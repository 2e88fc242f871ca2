"""How a command says that its work failed."""

from __future__ import annotations

import errno

_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "当前账户无权读写",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘只读",
    errno.EIO: "磁盘读写出错",
}


class CommandFailed(Exception):  # noqa: N818  it reads as a sentence where it is raised
    """The work failed; the message is one polite line for a person, without a traceback. Exit code 1."""


def of_file(error: OSError) -> str:
    """Which file could not be read or written and why, in both languages; the system's own words are English."""
    name = "" if error.filename is None else f"{error.filename}："
    return f"{name}{_REASONS.get(error.errno or 0, '文件无法读写')} / {error.strerror or error}"
