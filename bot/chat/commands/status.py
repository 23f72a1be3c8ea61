"""/status: how every source is doing, and what fires now."""

from bot.chat.command import Command, Reply, Request


async def handle(request: Request) -> Reply:
    """Sources with their last success and next look, regime, alerts that hold."""
    services = request.services
    return Reply(
        request.say.status(
            version=services.version,
            now=request.now,
            sources=services.sources(),
            firing=services.firing(),
            regime=services.regime(),
        )
    )


COMMAND = Command("status", "/status", "/status", "sources, regime, what fires", handle)
