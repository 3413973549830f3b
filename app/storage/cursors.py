"""Where a page of a list ends and the next begins, as a text that says nothing to people."""

from base64 import b64decode, urlsafe_b64encode

import msgspec

from app.domain.errors import OnthewayError

LARGEST = 2**63 - 1


def encode_cursor(*parts: int) -> str:
    """The cursor for numbers of at most 64 bits."""
    text = ".".join(str(part) for part in parts)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, count: int) -> tuple[int, ...]:
    """The ``count`` numbers of a cursor; raises ``invalid_field`` for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = b64decode(padded, b"-_", validate=True).decode("ascii").split(".")
        numbers = tuple(_number(part) for part in parts)
    except ValueError:
        numbers = ()
    if len(numbers) != count:
        raise _wrong_cursor()
    return numbers


def encode_place(order: str, value: str | int | None, num: int) -> str:
    """The cursor for a row of a list that is sorted by ``order``: the row's value, its number."""
    text = msgspec.json.encode((order, value, num))
    return urlsafe_b64encode(text).decode().rstrip("=")


def decode_place(cursor: str, order: str) -> tuple[str | int | None, int]:
    """Value and number of `encode_place`; raises ``invalid_field`` for anything else."""
    try:
        text = b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        known, value, num = msgspec.json.decode(text, type=tuple[str, str | int | None, int])
    except (ValueError, RecursionError):
        raise _wrong_cursor() from None
    large = any(isinstance(one, int) and abs(one) > LARGEST for one in (value, num))
    if known != order or large:
        raise _wrong_cursor()
    return value, num


def _wrong_cursor() -> OnthewayError:
    return OnthewayError("invalid_field", "cursor is not one of this list.", field="cursor")


def _number(text: str) -> int:
    if len(text) > 20 or not text.removeprefix("-").isdecimal():
        raise ValueError("not a number")
    number = int(text)
    if not -LARGEST <= number <= LARGEST:
        raise ValueError("out of range")
    return number
