"""What nobody expected: general words outside, everything in the log, silence for the absent."""

import json
from typing import Any

from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from app.web.failures import Failures


def _scope(accept: str = "*/*") -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/track/a-secret-token",
        "headers": [(b"accept", accept.encode())],
    }


async def _broken(_scope: Scope, receive: Receive, _send: Send) -> None:
    if (await receive())["type"] != "http.disconnect":
        raise RuntimeError("the inside: /srv/secret")
    raise RuntimeError("No response returned.")


async def _run(first: Message, accept: str = "*/*") -> tuple[list[Message], list[Any]]:
    sent: list[Message] = []

    async def receive() -> Message:
        return first

    async def send(message: Message) -> None:
        sent.append(message)

    with capture_logs() as logs:
        await Failures(_broken)(_scope(accept), receive, send)
    return sent, logs


async def test_a_failure_is_told_in_general_words_and_logged_with_its_id() -> None:
    request = {"type": "http.request", "body": b"", "more_body": False}
    for accept in ("*/*", "text/html"):
        sent, logs = await _run(request, accept)
        assert sent[0]["status"] == 500
        body = sent[1]["body"].decode()
        assert "secret" not in body
        assert logs[0]["request_id"] in body
        assert logs[0]["path"] == "/track"
        if accept == "*/*":
            assert json.loads(body)["error"]["code"] == "internal"


async def test_nothing_is_said_or_logged_when_the_browser_is_gone() -> None:
    assert await _run({"type": "http.disconnect"}) == ([], [])
