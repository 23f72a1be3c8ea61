"""Compressed time: slow around releases, fast in between."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Segment:
    """From `start` to the next segment's start in so many real seconds; zero is a jump."""

    start: datetime
    seconds: float


class DemoClock:
    """Maps real seconds onto simulated time, piecewise linearly and never back.

    Until `begin` it stands still at the first moment; after the end it goes on at real pace.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        end: datetime,
        monotonic: Callable[[], float],
        speed: float = 1.0,
    ) -> None:
        if not speed > 0:
            raise ValueError(f"expected a speed above 0, found {speed}")
        self._starts = [segment.start for segment in segments] + [end]
        self._real = [0.0]
        for segment in segments:
            self._real.append(self._real[-1] + segment.seconds / speed)
        self._monotonic = monotonic
        self._began: float | None = None

    @property
    def seconds(self) -> float:
        """Real length of the whole, in seconds."""
        return self._real[-1]

    def begin(self) -> None:
        """Let time pass."""
        self._began = self._monotonic()

    def elapsed(self) -> float:
        """Real seconds since the beginning; 0 before it."""
        return 0.0 if self._began is None else self._monotonic() - self._began

    def __call__(self) -> datetime:
        """The simulated time now."""
        return self.at(self.elapsed())

    def when(self, monotonic: float) -> datetime:
        """The simulated time at a reading of the monotonic clock; the first before the start."""
        return self.at(0.0 if self._began is None else max(monotonic - self._began, 0.0))

    def at(self, seconds: float) -> datetime:
        """The simulated time after so many real seconds, from 0 on."""
        index = bisect_right(self._real, seconds) - 1
        start = self._starts[index]
        inside = seconds - self._real[index]
        if index == len(self._real) - 1:
            return start + timedelta(seconds=inside)
        share = inside / (self._real[index + 1] - self._real[index])
        return start + (self._starts[index + 1] - start) * share
