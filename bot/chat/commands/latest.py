"""/latest: the newest alerts again."""

from bot.chat.command import Command, Reply, Request, UsageError

MOST = 10


async def handle(request: Request) -> Reply:
    """The newest alerts, newest first; five unless a number is given."""
    count = 5
    if request.words:
        if not request.words[0].isdecimal() or not 1 <= int(request.words[0]) <= MOST:
            raise UsageError(request.words[0])
        count = int(request.words[0])
    jobs = await request.services.recent(count)
    return Reply(request.say.latest(jobs))


COMMAND = Command("latest", "/latest [1-10]", "/latest 3", "the newest alerts", handle)
