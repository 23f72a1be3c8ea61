"""Compressed time: slow around releases, fast in between."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Segment:
    """From `start` to the next segment's start in so many real seconds."""

    start: datetime
    seconds: float


class DemoClock:
    """Maps real seconds onto simulated time, piecewise linearly and always forward."""

    def __init__(
        self,
        segments: Sequence[Segment],
        end: datetime,
        monotonic: Callable[[], float],
        speed: float = 1.0,
    ) -> None:
        self._starts = [segment.start for segment in segments] + [end]
        self._real = [0.0]
        for segment in segments:
            self._real.append(self._real[-1] + segment.seconds / speed)
        self._monotonic = monotonic
        self._began = monotonic()

    @property
    def seconds(self) -> float:
        """Real length of the whole, in seconds."""
        return self._real[-1]

    def elapsed(self) -> float:
        """Real seconds since the start."""
        return self._monotonic() - self._began

    def __call__(self) -> datetime:
        """The simulated time now; after the end it goes on at real pace."""
        return self.at(self.elapsed())

    def at(self, seconds: float) -> datetime:
        """The simulated time after so many real seconds."""
        index = bisect_right(self._real, seconds) - 1
        start = self._starts[index]
        inside = seconds - self._real[index]
        if index == len(self._real) - 1:
            return datetime.fromtimestamp(start.timestamp() + inside, start.tzinfo)
        share = inside / (self._real[index + 1] - self._real[index])
        return start + (self._starts[index + 1] - start) * share
