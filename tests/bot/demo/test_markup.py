"""Telegram's HTML: what it shows, and its own words for what it refuses."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.markup import KINDS, Entity, MarkupError, read_html, utf16_length


def test_text_and_entities() -> None:
    html = '🏦 <b>SRF <i>50.35</i></b> bn &amp; <a href="https://x.org/?a=1&amp;b=2">page</a>'

    text, entities = read_html(html)

    assert text == "🏦 SRF 50.35 bn & page"
    assert entities == (
        Entity("bold", 3, 9),
        Entity("italic", 7, 5),
        Entity("text_link", 18, 4, "https://x.org/?a=1&b=2"),
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param(
            "a &lt; b &gt; c &quot;d&quot; &#39;e&#x27;", "a < b > c \"d\" 'e'", id="known"
        ),
        pytest.param("AT&T &nbsp; &", "AT&T &nbsp; &", id="unknown ones stay as they are"),
        pytest.param("&#0; &#55296;", "&#0; &#55296;", id="no character"),
        pytest.param("a > b", "a > b", id="a lone closing bracket"),
        pytest.param("<B>x</B>", "x", id="capitals"),
        pytest.param("<blockquote expandable>x</blockquote>", "x", id="an attribute alone"),
        pytest.param("<b></b>", "", id="nothing inside"),
    ],
)
def test_what_is_shown(html: str, text: str) -> None:
    assert read_html(html)[0] == text


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        pytest.param("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2', id="a paragraph"),
        pytest.param("a < b", 'Unsupported start tag "" at byte offset 2', id="a comparison"),
        pytest.param("<b>x", 'Can\'t find end tag corresponding to start tag "b"', id="open"),
        pytest.param("x</b>", "Unexpected end tag at byte offset 1", id="never opened"),
        pytest.param("<b", "Unclosed start tag at byte offset 0", id="start cut off"),
        pytest.param('<a href="x', "Unclosed start tag at byte offset 0", id="attribute cut off"),
        pytest.param("<b>x</b", "Unclosed end tag at byte offset 4", id="end cut off"),
        pytest.param(
            "<b><i>x</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
            id="crossed",
        ),
    ],
)
def test_what_is_refused(html: str, problem: str) -> None:
    with pytest.raises(MarkupError) as caught:
        read_html(html)

    assert str(caught.value) == problem


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(words)
def test_escaped_text_is_shown_as_it_was(text: str) -> None:
    assert read_html(escape(text)) == (text, ())


@given(words, st.sampled_from(sorted(set(KINDS) - {"a"})))
def test_an_entity_covers_its_words(text: str, tag: str) -> None:
    shown, entities = read_html(f"<{tag}>{escape(text)}</{tag}>")

    assert shown == text
    assert entities == ((Entity(KINDS[tag], 0, utf16_length(text)),) if text else ())


@given(st.text(alphabet="<>/&;ab =\"'#1x", max_size=60))
def test_anything_is_read_or_refused(html: str) -> None:
    try:
        text, entities = read_html(html)
    except MarkupError:
        return

    assert all(0 < e.length <= utf16_length(text) - e.offset for e in entities)
