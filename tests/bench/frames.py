"""Reads the frames of the load back, for tests: with the parser of the `websockets` package."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader


def read(data: bytes) -> list[bytes]:
    """The payloads of masked frames."""
    reader = StreamReader()
    reader.feed_data(data)
    payloads = []
    while reader.buffer:
        parser = Frame.parse(reader.read_exact, mask=True)
        with pytest.raises(StopIteration) as stopped:
            next(parser)
        frame = stopped.value.value
        assert frame.opcode is Opcode.TEXT
        payloads.append(bytes(frame.data))
    return payloads
