"""Pictures on their way: how many at once, and where their bytes go.

A large one fills a file on our own disk, not the memory: a phone may take minutes to send it.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, Final, cast

import structlog
from fastapi import Request
from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from app.domain.errors import OnthewayError, unavailable
from app.tracking.throttle import too_many

UPLOADS: Final = 32
"""At the same time: each is half a megabyte of memory, and of the largest size on the disk."""
DRIVER_UPLOADS: Final = 2
"""Those of one driver: as slowly as they may come, few drivers keep nobody waiting."""
WAIT: Final = 1.0
"""Seconds until a driver with so many may try again."""
MOST_FIELDS: Final = 10
LONGEST_FIELD: Final = 1_024

_log: Final = structlog.get_logger("proof")


class Uploads:
    """The pictures on their way, from their first byte until they are kept."""

    def __init__(self) -> None:
        self._by_driver: Counter[int | None] = Counter()

    @property
    def count(self) -> int:
        """How many there are."""
        return self._by_driver.total()

    @contextmanager
    def room(self, driver_num: int | None) -> Iterator[None]:
        """Room for one more; raises ``too_many`` for this driver, ``unavailable`` for all."""
        if self._by_driver[driver_num] >= DRIVER_UPLOADS:
            raise too_many(WAIT)
        if self.count >= UPLOADS:
            raise unavailable()
        self._by_driver[driver_num] += 1
        try:
            yield
        finally:
            self._by_driver[driver_num] -= 1
            if not self._by_driver[driver_num]:
                del self._by_driver[driver_num]


async def receive(request: Request, file: IO[bytes]) -> tuple[FormData | QueryParams, bool]:
    """The fields of an upload, and whether a picture came with them, which is in ``file`` then.

    A form with a file, or the bare picture with its fields in the query. Raises ``bad_request``
    for a broken form, and ``unavailable`` where the disk takes no more.
    """
    picture = UploadFile(cast(BinaryIO, file), size=0)
    essence = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    fields: FormData | QueryParams = request.query_params
    try:
        if essence == "multipart/form-data":
            fields = await _form(request, picture)
        elif essence == "application/x-www-form-urlencoded":
            fields = await request.form(max_fields=MOST_FIELDS)
        else:
            async for piece in request.stream():
                await picture.write(piece)
    except OSError as error:
        _log.error("picture not received", error=str(error))
        raise unavailable() from error
    return fields, bool(picture.size)


class _Form(MultiPartParser):
    """Starlette's parser, but the one file goes where we want it."""

    def __init__(self, request: Request, picture: UploadFile) -> None:
        super().__init__(
            request.headers,
            request.stream(),
            max_files=1,
            max_fields=MOST_FIELDS,
            max_part_size=LONGEST_FIELD,
        )
        self._picture = picture

    def on_headers_finished(self) -> None:
        """What follows is the content of one part."""
        super().on_headers_finished()
        if self._current_part.file is not None:
            self._current_part.file.file.close()
            self._current_part.file = self._picture


async def _form(request: Request, picture: UploadFile) -> FormData:
    try:
        return await _Form(request, picture).parse()
    except (MultiPartException, ValueError):
        raise OnthewayError("bad_request", "The form cannot be read.") from None
