"""What every test may ask for."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of shared recordings and histories, or a skip that says how to give one."""
    folder = Path(os.environ.get("FEDPIVOT_CORPUS", ROOT.parent / "shared" / "data"))
    if not (folder / "fomc").is_dir():
        pytest.skip(f"no recordings at {folder}: set FEDPIVOT_CORPUS to their folder")
    return folder
