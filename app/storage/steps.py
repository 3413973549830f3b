"""Brings the schema up, step by step, with Alembic: only where there is a step to take.

Takes a fifth of a second to import, which a start that has nothing to do need not wait for.
"""

import threading
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_one_at_a_time: Final = threading.Lock()
"""Alembic keeps its context in module-level proxies."""


def upgrade(connection: Connection, folder: Path) -> None:
    """Take every step of ``folder`` that was not taken; what they do is committed."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, "head")
    connection.rollback()
