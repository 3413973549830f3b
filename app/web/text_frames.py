"""The short way into the server: whole, masked text frames, as drivers send them.

A position is a small frame of its own (RFC 6455 section 5.2: FIN, no extension, opcode 1, a mask,
a length of 7 or 16 bits). Taking just that apart costs a twentieth of the library's parser, which
is a generator made for everything. Whatever else comes, or is not whole, or not ASCII, is left
where it stands for that parser, so there is one judge of what is wrong. Pure.
"""

from typing import Final

try:
    from websockets.speedups import apply_mask
except ImportError:  # no compiled part on this platform: slower, and the same
    from websockets.utils import apply_mask

TEXT: Final = 0x81
"""FIN and opcode 1, nothing else."""
MASKED: Final = 0x80
SHORTEST_EXTENDED: Final = 126


def take_texts(data: bytes, most: int) -> tuple[list[bytes], int]:
    """The messages of all simple text frames that ``data`` begins with, and how many bytes they
    took. One of more than ``most`` bytes is not simple; 0 is no limit."""
    texts: list[bytes] = []
    begin, end = 0, len(data)
    while end - begin >= 6 and data[begin] == TEXT:
        length = data[begin + 1] - MASKED
        body = begin + 6
        if length == SHORTEST_EXTENDED:
            length = int.from_bytes(data[begin + 2 : begin + 4], "big")
            body = begin + 8
            if length < SHORTEST_EXTENDED:
                break
        elif not 0 <= length < SHORTEST_EXTENDED:
            break
        after = body + length
        if after > end or (most and length > most):
            break
        text = apply_mask(data[body:after], data[body - 4 : body])
        if not text.isascii():
            break
        texts.append(text)
        begin = after
    return texts, begin
