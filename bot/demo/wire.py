"""Calls and answers of the Bot API as they go over the wire."""

import json
from typing import Any

from aiohttp import web


class RefusedError(Exception):
    """A call that Telegram refuses, with the status and the words it uses."""

    def __init__(
        self, status: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def response(self) -> web.Response:
        """As it goes over the wire."""
        body: dict[str, Any] = {
            "ok": False, "error_code": self.status, "description": self.description,
        }  # fmt: skip
        if self.parameters:
            body["parameters"] = self.parameters
        return web.json_response(body, status=self.status)


async def parameters(request: web.Request) -> dict[str, Any]:
    """What a call asks with, from JSON, a form or the query."""
    if request.content_type == "application/json":
        body: dict[str, Any] = await request.json()
        return body
    form = {**request.query, **await request.post()}
    return {name: _decoded(str(value)) for name, value in form.items()}


def _decoded(value: str) -> Any:
    try:
        return json.loads(value) if value[:1] in "[{" else value
    except json.JSONDecodeError:
        return value


def answer(result: Any) -> web.Response:
    """A call that went well."""
    return web.json_response({"ok": True, "result": result})
