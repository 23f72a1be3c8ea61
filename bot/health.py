"""Health by freshness: a part is well if it has made progress lately, not if it is running."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest


@dataclass(frozen=True, slots=True)
class Part:
    """When a part last made progress, and how long it may go without."""

    name: str
    at: datetime | None
    limit: timedelta


Parts = Callable[[], list[Part]]


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
        return web.Response(body=generate_latest(registry), content_type="text/plain")


def _age(part: Part, now: datetime) -> dict[str, object]:
    age = None if part.at is None else (now - part.at).total_seconds()
    limit = part.limit.total_seconds()
    return {"ok": age is not None and age <= limit, "age_s": age, "limit_s": limit}
