"""The outbox's other end: jobs to messages, messages to the sender, answers to the ledger.

Each chat is a lane of its own: in order within a chat, and no chat waits for another one's pause.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from pydantic import ValidationError

from bot import outbox as rows
from bot.outbox import Job, Outbox
from bot.outcome import Fate, Outcome
from bot.pacing import Pacing
from bot.render.alert import Message, Reader, Receipt, render
from bot.store import Store, Subscriber
from bot.stream import Entry
from bot.supervise import undisturbed
from rules.alerts import Reason
from rules.base import Severity

log = structlog.get_logger(__name__)

WAIT = timedelta(seconds=2)
LONGEST_PAUSE_S = 60.0
MOST_JOBS = 50
TRY_AGAIN = (Fate.PAUSED, Fate.NOT_SENT, Fate.UNCERTAIN)


class Sender(Protocol):
    """Whatever takes messages: Telegram, or a terminal."""

    async def send(
        self, chat_id: int, message: Message, *, plain: bool = False, reply_to: int | None = None
    ) -> Outcome:
        """One attempt; never raises for what the outside world does."""
        ...


class NothingCanBeSentError(Exception):
    """The token is not accepted: the outbox is kept, the process must end and say so."""


class Deliverer:
    """Sends what is in the outbox until the ledger says what became of each copy."""

    def __init__(
        self,
        outbox: Outbox,
        store: Store,
        sender: Sender,
        pacing: Pacing,
        clock: Callable[[], datetime],
        worker: str = "sender",
    ) -> None:
        self._outbox = outbox
        self._store = store
        self._sender = sender
        self._pacing = pacing
        self._clock = clock
        self._worker = worker
        self._lanes: dict[int, asyncio.Lock] = {}
        self._jobs: set[asyncio.Task[None]] = set()
        self._ending = asyncio.Event()
        self.read_at: datetime | None = None

    async def run(self) -> None:
        """Send for ever; cancelled, finish what has left and keep the rest for the next start."""
        await self._outbox.stream.join(rows.GROUP)
        async with asyncio.TaskGroup() as tasks:
            try:
                await self._read(tasks)
            finally:
                self._ending.set()

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        stream = self._outbox.stream
        # First what other workers left lying, then what we did: reclaimed entries are ours by then.
        await stream.reclaim(rows.GROUP, self._worker)
        for entry in await stream.unfinished(rows.GROUP, self._worker):
            await self._start(tasks, entry)
        while True:
            jobs = await self._outbox.jobs(self._worker, wait=WAIT)
            self.read_at = self._clock()
            for entry in jobs:
                await self._start(tasks, entry)
            while len(self._jobs) >= MOST_JOBS:
                await asyncio.wait(self._jobs, return_when=asyncio.FIRST_COMPLETED)

    async def _start(self, tasks: asyncio.TaskGroup, entry: Entry) -> None:
        """Read a job's open rows and queue each in its chat's lane.

        Jobs are read one after the other, so a lane has them in the order of the outbox: a reply
        never overtakes the message it replies to.
        """
        try:
            job = Job.model_validate_json(entry.payload)
        except ValidationError as error:
            log.error("job cannot be read", id=entry.id, problem=str(error))  # noqa: TRY400 - one line
            await self._outbox.stream.acknowledge(rows.GROUP, [entry.id])
            return
        ledger, (audience, _) = await asyncio.gather(
            self._outbox.ledger(job.transition.id), self._store.audience()
        )
        people = {person.chat_id: person for person in audience}
        lanes = [
            tasks.create_task(
                self._lane(job, chat, people.get(chat), begun=state == rows.IN_FLIGHT)
            )
            for chat, state in ledger.items()
            if rows.is_open(state)
        ]
        task = tasks.create_task(self._finish(entry, lanes))
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def _finish(self, entry: Entry, lanes: list[asyncio.Task[None]]) -> None:
        """Acknowledge a job when every lane has settled its copy; one that failed comes again."""
        await asyncio.gather(*lanes)
        await self._outbox.stream.acknowledge(rows.GROUP, [entry.id])

    async def _lane(
        self, job: Job, chat_id: int, person: Subscriber | None, *, begun: bool
    ) -> None:
        async with self._lanes.setdefault(chat_id, asyncio.Lock()):
            if person is None or not person.active:
                await self._outbox.mark(job.transition.id, chat_id, "D:left")
                return
            await self._deliver(job, person, begun=begun)

    async def _deliver(self, job: Job, person: Subscriber, *, begun: bool) -> None:
        """Try until the row is final. `begun` means that an earlier try may have arrived."""
        reply_to = await self._reply_to(job, person)
        attempt = _Attempt(person.chat_id, reply_to, uncertain=begun)
        while not await self._once(job, person, attempt):
            pass

    async def _once(self, job: Job, person: Subscriber, attempt: "_Attempt") -> bool:
        """One try; whether the row is final now."""
        id_, chat_id = job.transition.id, attempt.chat_id
        if attempt.uncertain and job.transition.finding.severity is Severity.INFO:
            # Chatter may rather be missed once than come twice.
            await self._outbox.mark(id_, chat_id, rows.UNCERTAIN)
            return True
        await self._pacing.wait(chat_id)
        # Once it has left, what became of it is written down, even while the bot is ending.
        outcome = await undisturbed(self._send(job, person, attempt))
        if outcome.fate is Fate.ACCEPTED:
            return True
        if outcome.fate in TRY_AGAIN:
            await self._pause(id_, attempt, outcome)
            return False
        return not attempt.adapts(outcome) and await self._ends(job, attempt, outcome)

    async def _pause(self, id_: str, attempt: "_Attempt", outcome: Outcome) -> None:
        attempt.uncertain = attempt.uncertain or outcome.fate is Fate.UNCERTAIN
        state = rows.IN_FLIGHT if attempt.uncertain else rows.PENDING
        await self._outbox.mark(id_, attempt.chat_id, state)
        with suppress(TimeoutError):
            pause_s = outcome.retry_after_s or attempt.wait_s
            await asyncio.wait_for(self._ending.wait(), pause_s)
            # A store write on the way here may have swallowed this lane's own cancellation.
            raise asyncio.CancelledError
        attempt.wait_s = min(attempt.wait_s * 2, LONGEST_PAUSE_S)

    async def _ends(self, job: Job, attempt: "_Attempt", outcome: Outcome) -> bool:
        """A refusal: the chat has moved, is gone, or nothing can be sent at all."""
        id_ = job.transition.id
        if outcome.fate is Fate.FATAL:
            await self._outbox.mark(id_, attempt.chat_id, rows.PENDING)
            raise NothingCanBeSentError(
                f"telegram.token: expected a token the Bot API accepts, found {outcome.why}"
            )
        if outcome.fate is Fate.MIGRATED and outcome.new_chat_id:
            await self._store.migrate(attempt.chat_id, outcome.new_chat_id)
            await self._outbox.mark(id_, attempt.chat_id, "D:migrated")
            attempt.chat_id = outcome.new_chat_id
            return False
        await self._give_up(job, attempt.chat_id, outcome)
        return True

    async def _send(self, job: Job, person: Subscriber, attempt: "_Attempt") -> Outcome:
        """Mark the row as in flight, send, and mark it as accepted if it was."""
        id_, chat_id = job.transition.id, attempt.chat_id
        # The store syncs its disk while the text is written.
        marking = asyncio.create_task(self._outbox.mark(id_, chat_id, rows.IN_FLIGHT))
        await asyncio.sleep(0)
        message = _message(job, person, attempt)
        await marking
        outcome = await self._sender.send(
            chat_id, message, plain=attempt.plain, reply_to=attempt.reply_to
        )
        if outcome.fate is Fate.ACCEPTED:
            await self._outbox.mark(id_, chat_id, rows.accepted(outcome.message_id))
            log.info("delivered", alert=id_, chat=chat_id, reason=job.transition.reason)
        return outcome

    async def _give_up(self, job: Job, chat_id: int, outcome: Outcome) -> None:
        log.warning("chat cannot be reached", chat=chat_id, problem=outcome.why)
        await self._outbox.bury(job.transition.id, chat_id, outcome.why)
        if outcome.fate is Fate.DEAD:
            await self._store.deactivate(chat_id, outcome.why)

    async def _reply_to(self, job: Job, person: Subscriber) -> int | None:
        """The message in this chat that this one belongs under."""
        transition = job.transition
        first = transition.root or transition.finding.key
        if transition.root is None and transition.reason is Reason.FIRST:
            return None
        return await self._outbox.message_id(f"{first}#1", person.chat_id)


@dataclass(slots=True)
class _Attempt:
    """How the next try differs from the last one."""

    chat_id: int
    reply_to: int | None
    uncertain: bool
    plain: bool = False
    wait_s: float = 0.5

    def adapts(self, outcome: Outcome) -> bool:
        """Change what was refused, once: drop the markup, drop the reply."""
        if outcome.fate is Fate.POISON and not self.plain:
            self.plain = True
            return True
        if outcome.fate is Fate.NO_THREAD and self.reply_to is not None:
            self.reply_to = None
            return True
        return False


def _message(job: Job, person: Subscriber, attempt: _Attempt) -> Message:
    reader = Reader(language=person.language, time_zone=person.time_zone)
    receipt = Receipt(*rows.receipt_times(job))
    return render(
        job.transition,
        reader,
        receipt,
        possible_repeat=attempt.uncertain,
        before=job.transition.before,
    )
