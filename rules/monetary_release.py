"""A monetary-policy press release that is no routine paper: facilities, swap lines, plans."""

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from rules.base import Finding, Pace, Rule, Severity, Topic, View
from rules.events import Document, DocumentType, Event, Fact


class MonetaryRelease(Rule):
    """Tell the headline at once. Statements and notes have rules of their own."""

    name: ClassVar[str] = "monetary_release"
    topic: ClassVar[Topic] = Topic.POLICY
    reads: ClassVar[tuple[type[Fact], ...]] = (Document,)

    pace: Pace = Pace(resolves=False)
    routine: str = Field(
        default=r"FOMC statement|^Minutes of|economic projections|discount rate meetings",
        description="titles that are not told as headlines",
    )

    def findings(self, event: Event, view: View) -> Iterator[Finding]:
        """One finding for each release of the category Monetary Policy."""
        if not isinstance(event, Document) or event.type is not DocumentType.PRESS_RELEASE:
            return
        if event.category != "Monetary Policy" or re.search(self.routine, event.title):
            return
        yield Finding(
            rule=self.name,
            key=f"{self.name}:{event.url or event.uid}",
            topic=self.topic,
            severity=Severity.WATCH,
            message="monetary_release",
            values={"title": event.title, "category": event.category},
            evidence=(event.uid,),
            urls=(event.url,) if event.url else (),
            revision=event.revision,
            published_at=event.published_at,
            observed_at=event.observed_at,
        )
