"""Find or install the Chromium that the browser tests drive.

`make setup-browser` calls this file with `--install`; tests only find, they never install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
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

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> Path | None:
    """The browser to use: GONGZHI_CHROMIUM, else one on the PATH, else the one that `install` unpacked."""
    stated = os.environ.get("GONGZHI_CHROMIUM")
    if stated:
        return Path(stated)
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def install() -> Path:
    """Install Chromium and Chinese fonts with apt. Raises `RuntimeError` where that is impossible."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise RuntimeError(
            "no Chromium found and only root with apt can install one: install Chromium, or set "
            "GONGZHI_CHROMIUM to its path, or set GONGZHI_NO_BROWSER=1 to go without the browser tests"
        )
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["chromium", "fonts-noto-cjk"]
    subprocess.run(["apt-get", "update", "-q"], env=quiet, check=True)
    subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", *packages], env=quiet, check=True)
    found = find()
    if found is None:
        raise RuntimeError("apt installed Chromium but it is not on the PATH")
    return found


def main() -> int:
    """Install when asked and needed, and prove that the browser starts."""
    if os.environ.get("GONGZHI_NO_BROWSER"):
        return 0
    try:
        path = find() or (install() if "--install" in sys.argv[1:] else None)
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
