"""Pages of lists: the limits, and cursors for lists that are in memory."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeVar

import msgspec
from fastapi import Query

from app.domain.errors import OnthewayError

MOST: Final = 500
USUAL: Final = 50
MOST_POSITIONS: Final = 5_000
USUAL_POSITIONS: Final = 1_000
MAX_CURSOR: Final = 512

Limit = Annotated[int, Query(ge=1, le=MOST, description="So many at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR, description="`next` of the page before."),
]

T = TypeVar("T")
Key = tuple[int | str, ...]


def page_of(
    items: Sequence[T], key: Callable[[T], Key], cursor: str | None, limit: int
) -> tuple[list[T], str | None]:
    """A page of ``items``, sorted by a unique ``key``; it may begin after one that is gone.

    Raises ``invalid_field`` for a cursor that is none of this list.
    """
    ordered = sorted(items, key=key)
    if cursor:
        after = _read(cursor)
        try:
            ordered = [item for item in ordered if key(item) > after]
        except TypeError:
            raise wrong_cursor() from None
    page = ordered[:limit]
    return page, _write(key(page[-1])) if len(ordered) > limit else None


def paged(
    items: Sequence[T],
    key: Callable[[T], Key],
    shown: Callable[[T], object],
    cursor: str | None,
    limit: int,
) -> dict[str, object]:
    """`page_of` as a list, each item as ``shown`` says it."""
    page, following = page_of(items, key, cursor, limit)
    return listed([shown(item) for item in page], following)


def wrong_cursor() -> OnthewayError:
    """The refusal for a cursor of nowhere."""
    return OnthewayError("invalid_field", "cursor is not one of this list.", field="cursor")


def _write(key: Key) -> str:
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def _read(cursor: str) -> Key:
    try:
        text = b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        values: Any = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        raise wrong_cursor() from None
    if not isinstance(values, list) or not values:
        raise wrong_cursor()
    return tuple(values)


def listed(items: Sequence[object], following: str | None) -> dict[str, object]:
    """The shape of every list."""
    return {"items": items, "next": following}
