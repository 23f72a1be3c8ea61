"""All commands, by name, in the order people see them."""

from bot.chat.command import Command, Reply, Request, UsageError
from bot.chat.commands import help as help_
from bot.chat.commands import language, latest, rules, silence, start, status, stop

COMMANDS: dict[str, Command] = {
    module.COMMAND.name: module.COMMAND
    for module in (start, stop, help_, status, latest, silence, rules, language)
}


async def answer(name: str, request: Request) -> Reply:
    """Run a command by name; what cannot be understood gets a friendly answer."""
    command = COMMANDS.get(name)
    if command is None:
        return Reply(request.say.unknown(name))
    try:
        return await command.handle(request)
    except UsageError as error:
        return Reply(request.say.usage(str(error), command.usage, command.example))
