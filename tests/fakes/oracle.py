"""Another Telegram library's models as judge of every request the bot makes."""

from typing import Any

from aiogram import methods
from pydantic import ValidationError

METHODS: dict[str, Any] = {
    kind.__api_method__: kind
    for name in methods.__all__
    if isinstance(kind := getattr(methods, name), type) and hasattr(kind, "__api_method__")
}


class BadCallError(AssertionError):
    """The bot made a call that the Bot API does not document."""


def check(method: str, parameters: dict[str, Any]) -> None:
    """Raise if a call has an unknown name, a missing parameter, or one of the wrong type."""
    kind = METHODS.get(method)
    if kind is None:
        raise BadCallError(f"expected a documented method, found {method}")
    unknown = set(parameters) - set(kind.model_fields)
    if unknown:
        raise BadCallError(f"{method}: unknown parameters {sorted(unknown)}")
    try:
        kind.model_validate(parameters)
    except ValidationError as error:
        raise BadCallError(f"{method}: {error}") from error
