"""The real server, which also tells how many pages NiceGUI holds: a line for every SIGUSR1."""

import os
import signal
import sys
from typing import Any

from app.__main__ import main


def tell(*_: Any) -> None:
    """Write the number; not by print, which may be what the signal interrupts."""
    # NiceGUI reads where it may write when it is imported: the server does that, in its time.
    clients = sys.modules["nicegui"].Client.instances
    os.write(sys.stdout.fileno(), f"Pages: {len(clients)}\n".encode())


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, tell)
    main()
