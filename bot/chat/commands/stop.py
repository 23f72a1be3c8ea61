"""/stop: no more alerts in this chat."""

from bot.chat.command import Command, Reply, Request


async def handle(request: Request) -> Reply:
    """Switch the chat off; its preferences are kept."""
    await request.services.store.deactivate(request.chat_id, "stopped by the chat")
    return Reply(request.say.stopped(), request.say.stopped_buttons())


COMMAND = Command("stop", "/stop", "/stop", "no more alerts here", handle)
