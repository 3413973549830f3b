"""The product's HTTP API, as far as a benchmark needs it to prepare its drivers and orders."""

import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from tests.bench.programs import Unusable

WORKERS: Final = 8
TIMEOUT: Final = 60.0

T = TypeVar("T")


class Api:
    """One connection that is kept."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def get(self, path: str) -> bytes:
        """What is there."""
        return self._ask("GET", path, None)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """The answer to a command."""
        answer: dict[str, Any] = json.loads(self._ask("POST", path, json.dumps(body)))
        return answer

    def timed(self, path: str, *, whole: bool) -> float:
        """Seconds until all of what is there has come, or its first byte; the rest is not taken."""
        begin = time.perf_counter()
        answer = self._begin("GET", path, None)
        _check(answer, "GET", path)
        answer.read(None if whole else 1)
        taken = time.perf_counter() - begin
        if not whole:
            answer.close()
            self.close()  # the next question opens it anew
        return taken

    def close(self) -> None:
        """No more questions."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None) -> bytes:
        answer = self._begin(method, path, body)
        _check(answer, method, path)
        return answer.read()

    def _begin(self, method: str, path: str, body: str | None) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, self._headers)
        return self._connection.getresponse()


def _check(answer: http.client.HTTPResponse, method: str, path: str) -> None:
    if answer.status not in {200, 201}:
        # Not the whole path: it may be a customer's link.
        where = path.rpartition("/")[0]
        raise Unusable(f"{method} {where}: {answer.status} {answer.read()[:200].decode()}")


def for_each(port: int, key: str, count: int, work: Callable[[Api, int], T]) -> list[T]:
    """``work(api, number)`` for each number, on some connections at a time; answers in order."""
    with ThreadPoolExecutor(WORKERS) as pool:
        parts = list(pool.map(lambda first: _part(port, key, count, first, work), range(WORKERS)))
    return [parts[number % WORKERS][number // WORKERS] for number in range(count)]


def _part(port: int, key: str, count: int, first: int, work: Callable[[Api, int], T]) -> list[T]:
    api = Api(port, key)
    try:
        return [work(api, number) for number in range(first, count, WORKERS)]
    finally:
        api.close()
