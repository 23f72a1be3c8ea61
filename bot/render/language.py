"""The languages the bot speaks, and their catalogs, compiled in memory from the .po files."""

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_LOCALES: Final = {
    "en": Locale("en"),
    "zh-Hant": Locale("zh", territory="TW", script="Hant"),
}

LANGUAGES: Final[tuple[str, ...]] = tuple(_LOCALES)
SOURCE_LANGUAGE: Final = "en"  # message ids are the English wording itself
CATALOGS: Final = Path(__file__).parent / "locales"


def locale(language: str) -> Locale:
    """How a language writes numbers and dates; `LookupError` names the languages there are."""
    if language not in _LOCALES:
        raise LookupError(f"expected a language of {', '.join(LANGUAGES)}, found {language!r}")
    return _LOCALES[language]


@lru_cache
def translation(language: str, domain: str = "alerts") -> gettext.NullTranslations:
    """The wording of one domain ("alerts" or "replies") in one language.

    An unknown language is a `LookupError`, a domain without a catalog a `FileNotFoundError`.
    """
    if locale(language).language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    path = CATALOGS / str(locale(language)) / f"{domain}.po"
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, domain=domain, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
