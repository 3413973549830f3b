"""Where frames begin and end in the bytes of a peer, by their headers alone. Pure.

The library's parser does not say whether it stands between two frames or within a header.
"""

from typing import Final

SHORTEST: Final = 2
EXTENDED: Final = {126: 2, 127: 8}
"""Bytes of the extended payload length, by the length in the second byte (RFC 6455 section 5.2)."""
MASKED: Final = 0x80
MASK: Final = 4


class FrameBounds:
    """Follows a stream of frames."""

    __slots__ = ("_head", "_left")

    def __init__(self) -> None:
        self._head = b""
        self._left = 0

    @property
    def between(self) -> bool:
        """Whether all that was followed are whole frames."""
        return not self._left and not self._head

    def follow(self, data: bytes) -> None:
        """The next bytes, cut anywhere."""
        at, end = 0, len(data)
        while at < end:
            if self._left:
                step = min(self._left, end - at)
                self._left -= step
                at += step
                continue
            head = self._head + data[at : at + _size(self._head) - len(self._head)]
            at += len(head) - len(self._head)
            self._head = head
            if len(head) == _size(head):
                self._left, self._head = _payload(head), b""


def _size(head: bytes) -> int:
    """Bytes of the header that begins so, as far as they can be known."""
    if len(head) < SHORTEST:
        return SHORTEST
    mask = MASK if head[1] & MASKED else 0
    return SHORTEST + EXTENDED.get(head[1] & ~MASKED, 0) + mask


def _payload(head: bytes) -> int:
    """Bytes that follow this whole header."""
    length = head[1] & ~MASKED
    size = EXTENDED.get(length, 0)
    return int.from_bytes(head[SHORTEST : SHORTEST + size], "big") if size else length
