"""/start: subscribe this chat and let it pick a language."""

from bot.chat.command import Command, Reply, Request
from bot.render.replies import replies


async def handle(request: Request) -> Reply:
    """Subscribe; safe to repeat, and brings a switched-off chat back."""
    subscriber = await request.services.store.subscribe(request.chat_id)
    say = replies(subscriber.language)
    return Reply(say.welcome(), say.start_buttons())


COMMAND = Command("start", "/start", "/start", "subscribe this chat", handle)
