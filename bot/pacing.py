"""How fast we may send: Telegram's limits, kept for the whole process and for each chat."""

import asyncio
from collections import deque
from collections.abc import Callable

GLOBAL_A_SECOND = 28
GROUP_GAP_S = 60 / 18
CHAT_GAP_S = 1.0


class Pacing:
    """Waits until one more message may go. `monotonic` gives seconds that only grow."""

    def __init__(
        self, monotonic: Callable[[], float], *, a_second: int = GLOBAL_A_SECOND, gaps: bool = True
    ) -> None:
        self._monotonic = monotonic
        self._a_second = a_second
        self._gaps = gaps
        self._sent: deque[float] = deque(maxlen=a_second)
        self._next: dict[int, float] = {}
        self._turn = asyncio.Lock()

    async def wait(self, chat_id: int) -> None:
        """Return when a message to this chat may be sent, and count it."""
        if self._gaps:
            await self._chat(chat_id)
        async with self._turn:
            if len(self._sent) == self._a_second:
                await asyncio.sleep(max(0.0, self._sent[0] + 1 - self._monotonic()))
            self._sent.append(self._monotonic())

    async def _chat(self, chat_id: int) -> None:
        now = self._monotonic()
        due = max(now, self._next.get(chat_id, 0.0))
        self._next[chat_id] = due + (GROUP_GAP_S if chat_id < 0 else CHAT_GAP_S)
        if due > now:
            await asyncio.sleep(due - now)
        if len(self._next) > 100_000:
            self._next = {chat: at for chat, at in self._next.items() if at > now}
