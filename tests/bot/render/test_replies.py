"""Answers: every sentence is translated, and every answer is HTML that fits one message."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.commands.registry import COMMANDS
from bot.demo.telegram import entity_problem
from bot.render.language import CATALOGS, LANGUAGES
from bot.render.markup import LIMIT, units
from bot.render.replies import question, replies, whole_lines
from rules.registry import RULES

FIELD = re.compile(r"\{\w*\}")


@pytest.fixture
def used(root: Path) -> set[str]:
    """Every message id that an answer can ask for."""
    source = ast.parse((root / "bot/render/replies.py").read_text(encoding="utf-8"))
    ids = {message for node in ast.walk(source) if (message := _message(node))}
    ids |= {command.summary for command in COMMANDS.values()}
    return ids | {question(rule()) for rule in RULES.values()}


@pytest.fixture
def catalog() -> dict[str, str]:
    """Message id -> Taiwan wording."""
    with (CATALOGS / "zh_Hant_TW" / "replies.po").open("rb") as source:
        return {str(m.id): str(m.string) for m in read_po(source, abort_invalid=True) if m.id}


def _message(node: ast.AST) -> str:
    """The text of a call of `_` or `self._`, also inside an f-string."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return ""
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
    first = node.args[0] if name == "_" else None
    return str(first.value) if isinstance(first, ast.Constant) else ""


def test_every_sentence_is_translated_and_none_is_left_over(
    used: set[str], catalog: dict[str, str]
) -> None:
    assert len(used) > 30
    assert set(catalog) == used
    assert all(catalog.values())


def test_a_translation_has_the_fields_of_its_sentence(catalog: dict[str, str]) -> None:
    for english, chinese in catalog.items():
        assert sorted(FIELD.findall(chinese)) == sorted(FIELD.findall(english)), english


def test_the_wording_is_taiwan_s(catalog: dict[str, str]) -> None:
    elsewhere = re.compile("美联储|聯儲局|聯儲會|默認|信息|數據源|设置|程序|逆回購協議|回購")

    assert not [chinese for chinese in catalog.values() if elsewhere.search(chinese)]


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text(max_size=200))
def test_whatever_people_type_the_answer_is_valid_html(language: str, text: str) -> None:
    say = replies(language)

    for html in (say.unknown(text), say.usage(text, "/x <a>", "/x 1")):
        assert entity_problem(html) == ""
        assert units(html) <= LIMIT


@given(st.lists(st.text(alphabet="a<b>&é😀", max_size=900), max_size=12))
@example(["<b>a</b> 😀" * 40] * 20)
@example(["a" * 4096])
@example(["a" * 4097])
def test_an_answer_too_long_is_cut_between_two_lines(lines: list[str]) -> None:
    html = "\n".join(lines)

    short = whole_lines(html)

    assert units(short) <= LIMIT
    assert short == html or set(short.split("\n")) <= {*lines, "…"}


def test_times_are_utc_to_the_minute() -> None:
    text = replies("en").silenced(None, datetime(2025, 12, 10, 19, 0, 59, tzinfo=UTC))

    assert text.startswith("Quiet until 2025-12-10 19:00 UTC.")
