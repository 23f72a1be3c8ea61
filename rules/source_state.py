"""A source that fails or changed its shape: people must know that silence is not news."""

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from rules.base import Finding, Pace, Rule, Severity, Topic, View
from rules.events import ClockTick, Event, Fact, Health, SourceState


class SourceTrouble(Rule):
    """Fire while a source is not ok for longer than a hiccup; resolve when it is back."""

    name: ClassVar[str] = "source_state"
    topic: ClassVar[Topic] = Topic.SOURCES
    reads: ClassVar[tuple[type[Fact], ...]] = (SourceState, ClockTick)

    pace: Pace = Pace(hold=timedelta(minutes=10), repeat=timedelta(days=1))

    def findings(self, event: Event, view: View) -> Iterator[Finding]:
        """One finding for each source in trouble."""
        for state in view.history.states.values():
            if state.state is Health.OK:
                continue
            yield Finding(
                rule=self.name,
                key=f"{self.name}:{state.watcher}",
                topic=self.topic,
                severity=Severity.WARN if state.state is Health.CHANGED else Severity.INFO,
                message="source_state",
                values={
                    "watcher": state.watcher,
                    "state": state.state.value,
                    "reason": state.reason[:300],
                },
                evidence=(state.uid,),
                urls=(state.url,) if state.url else (),
                observed_at=state.observed_at,
            )
