"""/language: in which language this chat is told."""

from bot.chat.command import Command, Reply, Request, UsageError
from bot.render.language import LANGUAGES
from bot.render.replies import replies

SPOKEN = {"en": "en", "english": "en", "zh": "zh-Hant", "zh-hant": "zh-Hant", "中文": "zh-Hant"}


async def handle(request: Request) -> Reply:
    """Set the language, or offer the known ones."""
    if not request.words:
        return Reply(request.say.pick_language(), request.say.language_buttons())
    wanted = SPOKEN.get(request.words[0].lower())
    if wanted not in LANGUAGES:
        raise UsageError(request.words[0])
    # A language is no wish to be told: who has stopped, or never started, stays so.
    told = request.subscriber is not None and request.subscriber.active
    why = None if told else "not started"
    await request.services.store.subscribe(
        request.chat_id, language=wanted, active=told, why_inactive=why
    )
    say = replies(wanted)
    return Reply(say.language_set(), say.start_buttons())


COMMAND = Command("language", "/language [en|zh]", "/language zh", "pick your language", handle)
