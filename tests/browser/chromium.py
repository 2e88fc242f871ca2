"""Find or install the Chromium that the browser tests drive.

`make setup-browser` calls this file with `--install`; tests only find, they never install.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""How it is started: without its sandbox, for root has none, and without calls to its maker."""

_LEAN = "chromium-headless-shell"
"""The same browser without its window: what all pages take of the processor falls by nearly half."""
_NAMES = (_LEAN, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_UNPACKED = Path(sys.prefix) / "chromium"
_ASKED = Path(sys.prefix) / "asked-for-headless-shell"
"""Here when apt was asked for the browser without its window, so that one that lacks it is asked only once."""

_PACKAGE = "@sparticuz/chromium@153.0.0"
_INTEGRITY = "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
"""A headless Chromium for 64-bit x86 Linux with the libraries that it needs, in one npm package."""

_UNPACK = """
const { brotliDecompressSync } = require("node:zlib");
const { readFileSync, writeFileSync } = require("node:fs");
for (const name of ["chromium", "al2023.tar", "swiftshader.tar"])
  writeFileSync(name, brotliDecompressSync(readFileSync(`package/bin/${name}.br`)));
"""

_START = """#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="$here/lib" exec "$here/chromium" "$@"
"""


def find() -> Path | None:
    """The browser to use: GONGZHI_CHROMIUM, else one on the PATH, else the one that `install` unpacked."""
    stated = os.environ.get("GONGZHI_CHROMIUM")
    if stated:
        return Path(stated)
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    start = _UNPACKED / "start"
    return start if start.exists() else None


def install() -> Path:
    """Install Chromium: with apt for root, otherwise from an npm package into the Python environment.

    Only apt brings Chinese fonts along. Raises `RuntimeError` where neither is possible.
    """
    if _may_use_apt():
        _apt("update", "-q")
        try:
            _apt_install(_LEAN)
        except subprocess.CalledProcessError:
            # An older system has only the whole one.
            _apt_install("chromium")
    elif (sys.platform, platform.machine()) == ("linux", "x86_64"):
        _unpack()
    found = find()
    if found is None:
        raise RuntimeError(
            "no Chromium here and no way to install one: install Chromium, or set GONGZHI_CHROMIUM to its path, "
            "or set GONGZHI_NO_BROWSER=1 to go without the browser tests"
        )
    return found


def install_lean(found: Path) -> Path:
    """Where only a browser with a window was `found`: get the one without, if apt has it. Asked once, never needed."""
    if _may_use_apt() and not shutil.which(_LEAN) and not _ASKED.exists():
        with contextlib.suppress(subprocess.CalledProcessError):
            _apt("update", "-q")
            _apt_install(_LEAN)
        _ASKED.touch()
    return find() or found


def _may_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_install(browser: str) -> None:
    _apt("install", "-qy", "--no-install-recommends", browser, "fonts-noto-cjk")


def _apt(*arguments: str) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", *arguments], env=quiet, check=True)


def _unpack() -> None:
    tools = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory(dir=sys.prefix) as folder:
        draft = Path(folder) / "chromium"
        draft.mkdir()

        def run(*command: str) -> str:
            done = subprocess.run(
                command, cwd=draft, env=tools, check=True, stdout=subprocess.PIPE, text=True
            )
            return done.stdout.strip()

        packed = draft / run("npm", "pack", "--silent", _PACKAGE).splitlines()[-1]
        digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != _INTEGRITY:
            raise RuntimeError(f"{_PACKAGE} is not the package that was looked at; it is not used")
        for archive in (packed.name, "al2023.tar", "swiftshader.tar"):
            run("tar", "-xf", archive)
            if archive == packed.name:
                run("node", "--eval", _UNPACK)
        (draft / "chromium").chmod(0o755)
        (draft / "start").write_text(_START, encoding="ascii")
        (draft / "start").chmod(0o755)
        shutil.rmtree(draft / "package")
        for archive in (packed, *draft.glob("*.tar")):
            archive.unlink()
        shutil.rmtree(_UNPACKED, ignore_errors=True)
        draft.rename(_UNPACKED)


def main() -> int:
    """Install when asked and needed, and say which browser it is."""
    if os.environ.get("GONGZHI_NO_BROWSER"):
        return 0
    try:
        path = find()
        if "--install" in sys.argv[1:] and not os.environ.get("GONGZHI_CHROMIUM"):
            path = install_lean(path) if path else install()
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if path is None:
        sys.stderr.write("no Chromium found\n")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
