"""Ontheway: live tracking of deliveries, from the driver's phone to the customer's browser."""

from pathlib import Path
from typing import Final

__version__ = "0.8.0"

_PACKAGE: Final = Path(__file__).resolve().parent
_INSTALLED: Final = _PACKAGE / "static"
STATIC: Final = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "static"
"""The hand-written files: in the installed package, else beside it."""
