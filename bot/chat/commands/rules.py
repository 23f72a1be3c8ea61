"""/rules: what the bot looks out for, with its thresholds."""

from bot.chat.command import Command, Reply, Request


async def handle(request: Request) -> Reply:
    """Each rule, what it asks, and its knobs."""
    return Reply(request.say.rules(request.services.rules))


COMMAND = Command("rules", "/rules", "/rules", "what is watched for", handle)
