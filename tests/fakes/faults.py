"""Ways in which a source fails in the middle of an answer; for `World.fault`."""

import asyncio

from aiohttp import web

from bot.demo.world import Handler

CHUNK = b"x" * (1 << 16)


def truncated(body: bytes, content_type: str) -> Handler:
    """A server that announces the whole and hangs up after half."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if request.transport is not None:
            request.transport.close()
        return response

    return handler


def drip(body: bytes, content_type: str, pause_s: float) -> Handler:
    """A server that sends a byte at a time: never silent, never done."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        await response.prepare(request)
        for byte in body:
            await response.write(bytes([byte]))
            await asyncio.sleep(pause_s)
        return response

    return handler


def oversized(size: int, content_type: str) -> Handler:
    """A server whose answer is so many bytes long."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        await response.prepare(request)
        for _ in range(size // len(CHUNK)):
            await response.write(CHUNK)
        return response

    return handler
