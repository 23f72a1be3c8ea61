"""python-telegram-bot over the process's one aiohttp session."""

import aiohttp
import orjson
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from telegram._utils.defaultvalue import DefaultValue  # isort: skip - PTB's marker for "not given"
from telegram._utils.types import ODVInput  # isort: skip

DEFAULT_READ_S = 10.0


class AiohttpRequest(BaseRequest):
    """Kept-alive connections in place of httpx, which costs ten times as much per call."""

    __slots__ = ("_session",)

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer."""
        return DEFAULT_READ_S

    async def initialize(self) -> None:
        """The session is opened and closed by its owner."""

    async def shutdown(self) -> None:
        """The session is opened and closed by its owner."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """The answer as a dictionary; anything else is somebody else's page."""
        try:
            answer = orjson.loads(payload)
        except orjson.JSONDecodeError as error:
            raise NetworkError("expected JSON from the Bot API, found something else") from error
        if not isinstance(answer, dict) or (
            "result" not in answer and answer.get("ok") is not False
        ):
            raise NetworkError("expected an answer of the Bot API, found other JSON")
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call of the Bot API: HTTP status and body."""
        seconds = DEFAULT_READ_S if isinstance(read_timeout, DefaultValue) else read_timeout
        try:
            async with self._session.request(
                method,
                url,
                json=request_data.parameters if request_data else None,
                timeout=aiohttp.ClientTimeout(total=(seconds or DEFAULT_READ_S) + 5),
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(f"{type(error).__name__}: no answer from the Bot API") from error
