"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# CI tries the same examples every time; a developer's machine looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

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
