"""Pictures of proof that no row names: the server ended between the file and its row.

They are looked for at each start, beside the work. As the files are listed before the first new
one can come, none is among them whose row is still on its way.
"""

from collections.abc import Sequence

import structlog
from sqlmodel import Session, col, select

from app.domain.errors import OnthewayError
from app.storage.proof_files import ProofFiles, begin_of_day
from app.storage.readers import Readers
from app.storage.tables import ProofRow

_log = structlog.get_logger("proof")


async def remove_leftovers(readers: Readers, files: ProofFiles, names: Sequence[str]) -> None:
    """Delete those of the pictures ``names``, listed at the start, that no row names."""

    def work(session: Session) -> int:
        since = min(map(begin_of_day, names))
        statement = select(ProofRow.file, ProofRow.num).where(
            col(ProofRow.file).is_not(None), col(ProofRow.stored_at) >= since
        )
        named = {row[0] for row in session.exec(statement)}
        left = set(names) - named
        for name in left:
            files.remove(name)
        return len(left)

    try:
        count = await readers.read(work)
    except OnthewayError:
        return  # The database cannot be read, or closes: there is another start.
    if count:
        _log.info("pictures without a row deleted", count=count)
