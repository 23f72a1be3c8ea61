"""Whatever text arrives, the markup is valid for Telegram, within its limit, and links are ours."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.markup import (
    FOOT_LIMIT,
    LIMIT,
    Piece,
    as_html,
    as_plain,
    clean,
    compose,
    cut,
    official_host,
    units,
)

STATEMENT = "https://www.federalreserve.gov/newsevents/pressreleases/monetary20251029a.htm"
TOKEN = re.compile(r"<(?P<close>/?)(?P<tag>[a-z]+)(?P<href> href=\"[^\"<>]*\")?>|(?P<text>[^<]+)")
ENTITY = re.compile(r"&(?:lt|gt|amp|quot);")
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"

anything = st.one_of(
    st.text(),
    st.text(alphabet="<>&\"'/ab\n\x00\u202e😀é中", max_size=6000),
    st.sampled_from(["&" * 5000, "😀" * 5000, "<b>" * 2000, "</a>", "&lt;", "\x00" * 9000]),
)
pieces = st.builds(
    Piece,
    anything,
    tag=st.sampled_from(["", "b", "i"]),
    url=st.one_of(st.none(), st.just(STATEMENT), anything),
)
lines = st.lists(st.lists(pieces, max_size=4).map(tuple), max_size=5)


def check_telegram_html(text: str) -> None:
    """Raise unless Telegram would accept it: known tags, closed in order, every sign escaped."""
    open_tags: list[str] = []
    position = 0
    while position < len(text):
        token = TOKEN.match(text, position)
        assert token, f"not a tag and not text: {text[position : position + 20]!r}"
        position = token.end()
        if token["text"] is not None:
            bare = ENTITY.sub("", token["text"])
            assert "&" not in bare, bare
            assert ">" not in bare, bare
        elif token["close"]:
            assert open_tags, "closed but never opened"
            assert open_tags.pop() == token["tag"]
            assert not token["href"]
        else:
            assert token["tag"] in {"a", "b", "i"}
            assert bool(token["href"]) == (token["tag"] == "a")
            open_tags.append(token["tag"])
    assert not open_tags, f"left open: {open_tags}"
    text.encode("utf-8")


@pytest.mark.parametrize(
    "broken", ["a < b", "<b>x", "x</b>", "<b><i>x</b></i>", "AT&T", "AA&lt;b&", "<u>x</u>", "a>b"]
)
def test_the_checker_itself_refuses_broken_markup(broken: str) -> None:
    with pytest.raises(AssertionError):
        check_telegram_html(broken)


@given(lines, lines, lines)
def test_any_text_becomes_valid_html_within_the_limit(
    head: list[tuple[Piece, ...]], body: list[tuple[Piece, ...]], foot: list[tuple[Piece, ...]]
) -> None:
    text = compose(head, body, foot, as_html)
    plain = compose(head, body, foot, as_plain)

    check_telegram_html(text)
    assert units(text) <= LIMIT
    assert units(plain) <= LIMIT


@given(anything)
def test_no_control_or_bidi_character_survives(raw: str) -> None:
    text = clean(raw)

    assert not [sign for sign in text if sign in BIDI or ord(sign) < 32 or 127 <= ord(sign) < 160]
    text.encode("utf-8")


def test_a_dropped_character_leaves_one_space() -> None:
    assert clean("a \u200b b") == "a b"


@given(anything)
def test_visible_text_survives_escaping(raw: str) -> None:
    assert unescape(as_html(Piece(raw))) == unescape(as_html(Piece(clean(raw))))
    assert as_html(Piece("<b>&amp;")) == "&lt;b&gt;&amp;amp;"


@given(anything, st.integers(min_value=1, max_value=500))
def test_a_cut_keeps_its_length_in_utf_16(raw: str, at_most: int) -> None:
    assert units(cut(raw, at_most)) <= at_most


@pytest.mark.parametrize(
    ("raw", "at_most", "text"),
    [
        pytest.param("short", 5, "short", id="what fits is whole"),
        pytest.param("longer", 5, "long…", id="an ellipsis shows a cut"),
        pytest.param("😀😀😀", 4, "😀…", id="an emoji is two units and never halved"),
        pytest.param("a\n\n b\t", 9, "a b", id="white space collapses"),
        pytest.param("x" + "\x00" * 99, 9, "x…", id="a flood of nothing is shown as cut"),
    ],
)
def test_a_cut_reads_well(raw: str, at_most: int, text: str) -> None:
    assert cut(raw, at_most) == text


def test_a_long_body_gives_way_to_the_foot() -> None:
    foot = [(Piece("Official source: "), Piece("statement", url=STATEMENT))]

    text = compose([(Piece("Headline", "b"),)], [(Piece("&" * 9000),)], foot, as_html)

    assert text.startswith("<b>Headline</b>\n\n&amp;")
    assert text.endswith(f'…\n\nOfficial source: <a href="{STATEMENT}">statement</a>')
    assert LIMIT - 10 < units(text) <= LIMIT


def test_a_long_foot_leaves_room_for_the_body() -> None:
    text = compose([(Piece("H"),)], [(Piece("body"),)], [(Piece("f" * 9000),)], as_html)

    assert text.startswith("H\n\nbody\n\nfff")
    assert units(text) <= FOOT_LIMIT + 20


def test_an_unseen_piece_hides_nothing_behind_it() -> None:
    text = compose([(Piece("\x00" * 9000, "b"), Piece("seen"))], [], [], as_html)

    assert text == "seen"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (STATEMENT, "federalreserve.gov"),
        ("https://markets.newyorkfed.org/api/rp/all.json", "markets.newyorkfed.org"),
        ("https://fred.stlouisfed.org/series/WALCL?a=1&b=2", "fred.stlouisfed.org"),
        ("https://home.treasury.gov", "home.treasury.gov"),
    ],
)
def test_official_addresses_are_linked(url: str, host: str) -> None:
    assert official_host(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "http://www.federalreserve.gov/",
        "javascript:alert(1)",
        "https://federalreserve.gov.evil.example/",
        "https://evilfederalreserve.gov/",
        "https://evil.example\\@federalreserve.gov/",
        "https://user@federalreserve.gov/",
        "https://federalreserve.gov:8443/",
        'https://federalreserve.gov/"><b>',
        "https://federalreserve.gov/\u202e",
        "https://fedеralreserve.gov/",  # a Cyrillic letter
        "https://federalreserve.gov/" + "a" * 300,
        "",
    ],
)
def test_any_other_address_stays_text(url: str) -> None:
    assert official_host(url) is None
    assert as_html(Piece("here", url=url)) == "here"
    assert as_plain(Piece("here", url=url)) == "here"


def test_without_markup_a_link_is_its_address() -> None:
    assert as_plain(Piece("statement", url=STATEMENT)) == STATEMENT
