"""Catalogs are complete, keep their placeholders, and never claim a cause or a direction."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import bot.render.language
from bot.render.language import CATALOGS, LANGUAGES, locale, translation

RENDER = Path(bot.render.language.__file__).parent
KEYWORDS = {"say": None, "mark": None, "say_many": (1, 2)}
MsgId = str | tuple[str, ...]

CLAIMS = (
    "because", "due to", "thanks to", "caused", "causes", "driven by", "will rise", "will fall",
    "bullish", "bearish", "rally", "pump", "crash", "buy now", "sell now", "should buy",
    "因為", "由於", "導致", "造成", "引發", "帶動", "推升", "看漲", "看跌", "利多", "利空",
    "將上漲", "將下跌", "暴漲", "暴跌", "建議買", "建議賣",
)  # fmt: skip
MAINLAND = ("美联储", "聯儲", "國債", "缩表", "回购", "准备金", "信息", "默認")


def said() -> set[MsgId]:
    """Every message id that the wording of alerts names."""
    files = [*RENDER.glob("*.py"), *(RENDER / "alerts").glob("*.py")]
    return {
        tuple(message) if isinstance(message, list | tuple) else message
        for file in files
        if file.name != "replies.py"
        for _, message, _, _ in extract_from_file("python", file, keywords=KEYWORDS)
    }


def catalog(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, abort_invalid=True)


def messages(path: Path) -> Iterator[Message]:
    return (message for message in catalog(path) if message.id)


def texts(value: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


ALERT_CATALOGS = sorted(CATALOGS.glob("*/alerts.po"))
ALL_CATALOGS = sorted(CATALOGS.glob("*/*.po"))


@pytest.mark.parametrize("path", ALERT_CATALOGS, ids=lambda path: path.parent.name)
def test_every_wording_is_translated_and_none_is_left_over(path: Path) -> None:
    translated = {
        tuple(message.id) if isinstance(message.id, list | tuple) else message.id
        for message in messages(path)
        if all(texts(message.string)) and not message.fuzzy
    }

    assert translated == said()


@pytest.mark.parametrize("path", ALL_CATALOGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_translation_keeps_every_placeholder(path: Path) -> None:
    for message in messages(path):
        wanted = placeholders(texts(message.id)[0])
        for text in (*texts(message.id), *texts(message.string)):
            assert placeholders(text) == wanted, message.id


@pytest.mark.parametrize("path", ALL_CATALOGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_wording_claims_a_cause_or_a_direction(path: Path) -> None:
    for message in messages(path):
        for text in (*texts(message.id), *texts(message.string)):
            found = [claim for claim in CLAIMS if claim in text.lower()]
            assert not found, text


@pytest.mark.parametrize("path", ALERT_CATALOGS, ids=lambda path: path.parent.name)
def test_taiwan_terms_are_used(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not [term for term in MAINLAND if term in text]
    assert all(term in text for term in ("聯準會", "縮表", "附買回", "準備金", "公債", "基點"))


def test_every_language_but_english_has_a_catalog() -> None:
    wanted = {str(locale(language)) for language in LANGUAGES if language != "en"}

    assert {path.parent.name for path in ALERT_CATALOGS} == wanted


def test_english_is_the_wording_itself() -> None:
    assert translation("en").gettext("Vote {vote}") == "Vote {vote}"


def test_a_catalog_is_compiled_once() -> None:
    assert translation("zh-Hant") is translation("zh-Hant")


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LookupError, match="en, zh-Hant, found 'fr'"):
        translation("fr")


def test_an_unknown_domain_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.po"):
        translation("zh-Hant", domain="nothing")
