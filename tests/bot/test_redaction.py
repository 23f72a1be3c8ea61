"""A text without its secrets."""

from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import BOT_TOKEN, Redaction

LETTERS = "ABCDEFabcdef0123456789_-"
TOKENS = st.builds(
    "{}:{}".format,
    st.integers(min_value=10_000, max_value=10**12 - 1),
    st.text(LETTERS, min_size=30, max_size=40),
)


@given(before=st.text(), token=TOKENS, after=st.text(" /\n\"'<"))
def test_no_token_survives_wherever_it_stands(before: str, token: str, after: str) -> None:
    clean = Redaction()(f"{before}{token}{after}")

    assert token not in clean
    assert BOT_TOKEN.search(clean) is None


@given(secret=st.text(min_size=4).filter(str.strip), around=st.text())
def test_no_secret_of_the_settings_survives_as_it_is_or_in_repr(secret: str, around: str) -> None:
    redact = Redaction([secret])

    clean = redact(f"{around}\x00{secret}\x00{secret!r}")

    assert secret not in clean.replace("***", "\x01")


def test_of_two_secrets_the_longer_one_is_taken_out_whole() -> None:
    redact = Redaction(["hunter", "hunter22"])

    assert redact("password hunter22, not hunter") == "password ***, not ***"


def test_a_short_word_is_not_taken_for_a_secret() -> None:
    assert Redaction(["a", ""])("a letter") == "a letter"
