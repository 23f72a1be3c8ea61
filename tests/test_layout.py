"""The tree is a table of contents: names are ours, registries complete, tests in their places."""

import importlib
import inspect
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import bot
import rules
import watchers
from bot.chat.commands.registry import COMMANDS
from rules.base import Rule
from rules.registry import RULES
from watchers.base import Watcher
from watchers.registry import WATCHERS

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "watchers", "rules")
LONGEST = 300
# Beside the three packages: what tests have for themselves.
TEST_FOLDERS = ("corpus", "e2e", "episodes", "fakes", "fixtures", "golden")
# Tests of what the modules of one folder do together.
WHOLE_FOLDER = ("catalogs", "golden", "commands")
TOP_LEVEL = ("docs", "layout")


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def defined(package: str, base: type) -> Iterator[type]:
    """Every concrete subclass that a file of the package defines."""
    for path in sources(package):
        module = importlib.import_module(module_name(path))
        for _, kind in inspect.getmembers(module, inspect.isclass):
            own = kind.__module__ == module.__name__ and issubclass(kind, base)
            if own and not inspect.isabstract(kind) and kind is not base:
                yield kind


def tracked() -> list[Path]:
    """Files under version control that are text; all files where there is no git."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - from PATH
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    paths = (ROOT / line for line in listing.stdout.splitlines())
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:1024]]


@pytest.mark.parametrize("package", [bot, watchers, rules], ids=lambda package: package.__name__)
def test_the_package_is_ours_and_not_one_of_the_same_name(package: ModuleType) -> None:
    assert Path(inspect.getfile(package)).parent.parent == ROOT


def test_every_rule_is_registered_under_its_name() -> None:
    assert {vars(kind)["name"]: kind for kind in defined("rules", Rule)} == RULES


def test_every_watcher_is_registered_under_its_name() -> None:
    assert {vars(kind)["name"]: kind for kind in defined("watchers", Watcher)} == WATCHERS


def test_every_chat_command_is_registered() -> None:
    files = {path.stem for path in (ROOT / "bot" / "chat" / "commands").glob("*.py")}

    assert files - {"__init__", "registry"} == set(COMMANDS)


@pytest.mark.parametrize("kind", [*RULES.values(), *WATCHERS.values()], ids=lambda kind: kind.name)
def test_every_rule_and_watcher_has_its_tests(kind: type) -> None:
    path = Path(inspect.getfile(kind)).relative_to(ROOT)

    assert (ROOT / "tests" / path.parent / f"test_{path.name}").is_file()


def test_test_folders_are_no_packages() -> None:
    """With an `__init__.py`, tests/rules would be taken for our package `rules`."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_every_test_file_mirrors_a_module() -> None:
    tests = ROOT / "tests"
    lost = []
    for path in tests.rglob("test_*.py"):
        inside = path.relative_to(tests)
        subject = path.stem.removeprefix("test_")
        if len(inside.parts) == 1 and subject in TOP_LEVEL:
            continue
        if inside.parts[0] in TEST_FOLDERS:
            continue
        folder = ROOT / inside.parent
        whole_folder = subject in WHOLE_FOLDER and folder.is_dir()
        if not (folder / f"{subject}.py").is_file() and not whole_folder:
            lost.append(str(inside))

    assert lost == []


def test_no_source_file_is_longer_than_a_reader_can_keep_in_mind() -> None:
    paths = [path for package in PACKAGES for path in sources(package)]
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in paths}

    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in sources(package)
        if path.stat().st_size and not path.read_text("utf-8").startswith('"""')
    ]

    assert silent == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    """Paths of one computer, and hosts that packages came from, are of no use to a reader."""
    hosts = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "deb.debian" + ".org")
    unwanted = re.compile("|".join([r"(?<![\w.])/(?:work|root|Users)/\w", *map(re.escape, hosts)]))

    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if (match := unwanted.search(path.read_text("utf-8", errors="replace")))
    ]

    assert found == []
