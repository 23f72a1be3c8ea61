"""Every Redis key and stream name, with its unit and lifetime. One hash tag: one slot, one fate."""

from datetime import timedelta

PREFIX = "{fedpivot}:"

# Facts. Stream of event JSON; trimmed once every reader and the snapshot are past an entry.
EVENTS = PREFIX + "events"
# Uids that were published, one key each; lifetime by kind of event (bot/bus.py).
SEEN = PREFIX + "seen:"

# Evaluation. Stream id up to which events are folded and committed; for ever.
POSITION = PREFIX + "position"
# The engine's state as JSON with the stream id it stands at; replaced every few minutes.
SNAPSHOT = PREFIX + "snapshot"
# Newest transitions first, JSON, for /latest; 200 kept.
RECENT = PREFIX + "recent"
RECENT_KEPT = 200

# Delivery. Stream of transition JSON, one entry for all its recipients.
OUTBOX = PREFIX + "outbox"
# Hash chat id -> state of that chat's copy of one transition; see bot/outbox.py.
LEDGER = PREFIX + "ledger:"
LEDGER_KEPT = timedelta(days=60)
# Messages nobody could read or send, with the reason; 1,000 kept.
DEAD_LETTERS = PREFIX + "dead"

# People. Hash chat id -> Subscriber JSON; for ever.
SUBSCRIBERS = PREFIX + "subscribers"
# Hash silence id -> Silence JSON; an entry is dropped when its time is over.
SILENCES = PREFIX + "silences"

# Watching. Hash watcher name -> cursor JSON; for ever.
CURSORS = PREFIX + "cursors"

# Chat. The next Telegram update id to ask for; for ever.
UPDATE_OFFSET = PREFIX + "update-offset"
