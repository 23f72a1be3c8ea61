"""/help: every command with its usage."""

from bot.chat.command import Command, Reply, Request


async def handle(request: Request) -> Reply:
    """The list that the registry holds."""
    from bot.chat.commands.registry import COMMANDS

    rows = [(command.usage, command.summary) for command in COMMANDS.values()]
    return Reply(request.say.help(rows))


COMMAND = Command("help", "/help", "/help", "what you can ask", handle)
