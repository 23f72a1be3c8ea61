"""Lengths of time as people write them: `90s`, `5m`, `1.5h`, `2d`, `4w`."""

import re
from datetime import timedelta

UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
FORM = re.compile(rf"([0-9]{{1,15}}(?:\.[0-9]{{1,9}})?)\s*({'|'.join(UNITS)})")


def parse(text: str) -> timedelta | None:
    """The length of time; None for a text of another form, or for longer than time can be."""
    found = FORM.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return float(found[1]) * UNITS[found[2]]
    except OverflowError:
        return None


def spell(length: timedelta) -> str:
    """The shortest spelling that `parse` reads back as the same length."""
    if not length:
        return "0s"
    for name, unit in UNITS.items():
        if not length % unit:
            return f"{length // unit}{name}"
    return f"{length.total_seconds():.6f}s"
