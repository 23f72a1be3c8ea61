"""How every part of the bot talks to Redis: no silent retries, bounded waits."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

# A blocking read waits this long at most, so a lost connection shows within a few seconds.
LONGEST_WAIT_S = 8


def connect(url: str, *, blocking: bool = False) -> Redis:
    """A client for `url`; a blocking one may wait `LONGEST_WAIT_S` for an answer.

    Answers are bytes. redis-py repeats a command up to ten times when a reply is lost, which
    doubles every XADD: what is safe to repeat is decided by the caller, so its own retries are off.
    """
    client: Redis = Redis.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=LONGEST_WAIT_S + 5 if blocking else 5,
        socket_connect_timeout=5,
        protocol=2,
    )
    return client


async def warnings(redis: Redis) -> list[str]:
    """What is wrong with the settings of a server that we did not start ourselves."""
    found: list[str] = []
    try:
        info = await redis.info("server")
        version = str(info.get("redis_version", "0"))
        if int(version.split(".")[0]) < 7:
            found.append(f"Redis 7.0 or newer expected, found {version}")
        config = await redis.config_get("appendonly", "maxmemory-policy")
    except RedisError as error:
        return [
            *found,
            f"cannot ask the store for its settings ({error}): "
            "make sure that it has appendonly yes and maxmemory-policy noeviction",
        ]
    kept = config.get("appendonly")
    if kept != "yes":
        found.append(f"appendonly yes expected, found {kept}: a restart of the store loses alerts")
    policy = config.get("maxmemory-policy")
    if policy != "noeviction":
        found.append(f"maxmemory-policy noeviction expected, found {policy}: keys may vanish")
    return found
