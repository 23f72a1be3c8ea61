"""Health by freshness: a part is well if it has made progress lately, not if it is running."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import REGISTRY, CollectorRegistry, Gauge, generate_latest

PULSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """When a part last made progress, and how long it may go without."""

    name: str
    at: datetime | None
    limit: timedelta


Parts = Callable[[], list[Part]]


class Progress:
    """When each task last got on with its work; a task that waits for work marks each wait."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._stamps: dict[str, datetime] = {}

    def mark(self, part: str) -> None:
        """This part has got on just now."""
        self._stamps[part] = self._clock()

    async def pulse(self, part: str) -> None:
        """Mark a part every second for ever: its age is then the lag of the event loop."""
        while True:
            self.mark(part)
            await asyncio.sleep(PULSE_S)

    def parts(self, limits: Mapping[str, timedelta]) -> list[Part]:
        """Every part that has a limit, whether or not it ever got on."""
        return [Part(name, self._stamps.get(name), limit) for name, limit in limits.items()]


class Health:
    """The page that a container's health check and a metrics collector read."""

    def __init__(self, parts: Parts, clock: Callable[[], datetime]) -> None:
        self._parts = parts
        self._clock = clock

    def report(self) -> tuple[bool, Mapping[str, object]]:
        """Whether every part is fresh, and each part's age and limit in seconds."""
        now = self._clock()
        parts = {part.name: _age(part, now) for part in self._parts()}
        well = all(part["ok"] for part in parts.values())
        return well, {"ok": well, "parts": parts}

    def app(self) -> web.Application:
        """/healthz and /metrics."""
        app = web.Application()
        app.add_routes([web.get("/healthz", self._healthz), web.get("/metrics", self._metrics)])
        return app

    async def _healthz(self, _: web.Request) -> web.Response:
        well, body = self.report()
        return web.json_response(body, status=200 if well else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        registry = CollectorRegistry()
        age = Gauge("fedpivot_part_age_seconds", "Time since progress", ["part"], registry=registry)
        now = self._clock()
        for part in self._parts():
            if part.at is not None:
                age.labels(part.name).set((now - part.at).total_seconds())
        body = generate_latest(REGISTRY) + generate_latest(registry)
        return web.Response(body=body, content_type="text/plain", charset="utf-8")


def _age(part: Part, now: datetime) -> dict[str, object]:
    age = None if part.at is None else (now - part.at).total_seconds()
    limit = part.limit.total_seconds()
    return {"ok": age is not None and age <= limit, "age_s": age, "limit_s": limit}
