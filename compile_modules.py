"""Compile the modules that `gongzhi.machine_code` names, with mypyc; without a C compiler they stay Python.

    python compile_modules.py

`make setup` and the build of a wheel run it. Whether or not it can compile, everything works: it ends with 0, and
where it could not it says so in a line.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

SOURCES = Path(__file__).resolve().parent / "src"
sys.path.insert(0, str(SOURCES))

from gongzhi.machine_code import COMPILED, LIBRARY, MADE_OF, MODULES, files, sources  # noqa: E402

# Without optimising nothing is gained; with more, compiling takes half as long again and reading hardly less.
_OPTIMISED = "1"


def main() -> int:
    """Compile, or say why not; what is compiled already stays."""
    if files():
        return 0
    shutil.rmtree(COMPILED, ignore_errors=True)
    reason = missing()
    if reason:
        print(f"经营范围匹配以 Python 运行 · scopes are matched by Python as it stands: {reason}")
        return 0
    # Beside the place where it goes, so that it appears there whole or not at all.
    with tempfile.TemporaryDirectory(prefix=".compiling-", dir=COMPILED.parent) as folder:
        made_of = sources()
        done = subprocess.run(
            [sys.executable, __file__, folder],
            cwd=SOURCES,
            capture_output=True,
            text=True,
            check=False,
        )
        made = Path(folder, "made")
        if done.returncode:
            print((done.stdout + done.stderr)[-2_000:], file=sys.stderr)
            print(
                "未能编译，经营范围匹配以 Python 运行 · not compiled, scopes are matched by Python as it stands"
            )
            return 0
        (made / MADE_OF).write_text(json.dumps(made_of, indent=1), "utf-8")
        made.rename(COMPILED)
    return 0


def missing() -> str:
    """Say what is lacking here to compile anything, or "" when nothing is."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "").split()
    if not compiler or shutil.which(compiler[0]) is None:
        return "没有 C 编译器 no C compiler"
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        return "没有 Python.h no Python.h"
    return ""


def compile_into(folder: Path) -> None:
    """Compile into `folder`; whatever goes wrong ends the process."""
    from mypyc.build import mypycify  # noqa: PLC0415  who lacks a compiler needs none of these
    from setuptools import setup  # noqa: PLC0415

    extensions = mypycify(
        [
            "--follow-imports=skip",
            "--ignore-missing-imports",
            "--config-file=",  # the checks of the house name plugins that a build does without
            f"--cache-dir={os.devnull}",
            *(name.replace(".", "/") + ".py" for name in MODULES),
        ],
        opt_level=_OPTIMISED,
        debug_level="0",
        group_name=LIBRARY.removesuffix("__mypyc"),
        target_dir=str(folder / "c"),
    )
    setup(
        name="gongzhi-compiled",
        ext_modules=extensions,
        script_args=[
            "build_ext",
            f"--build-temp={folder / 'objects'}",
            f"--build-lib={folder / 'made'}",
        ],
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        compile_into(Path(sys.argv[1]))
        sys.exit(0)
    sys.exit(main())
