"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def evaluation() -> Path:
    """The folder of real records that measurements are made on; it is never part of the project.

    `.ci/run` sets GONGZHI_EVALUATION_REQUIRED, so that a missing folder fails there instead of skipping.
    """
    stated = os.environ.get("GONGZHI_EVALUATION")
    folder = Path(stated) if stated else _CHECKOUT.parent / "shared" / "evaluation"
    if not folder.is_dir():
        if os.environ.get("GONGZHI_EVALUATION_REQUIRED"):
            pytest.fail(f"the evaluation data is required here and {folder} is absent")
        pytest.skip(f"needs the evaluation data; {folder} is absent (set GONGZHI_EVALUATION)")
    return folder
