"""The tables, as SQLModel classes: what is kept, and the indexes that keep it quick. No rules.

Times are microseconds since the epoch. ``num`` are row numbers. Schema changes need a step in
``migrations/versions`` that says the same.
"""

from app.storage.tables.business import (
    ActivityRow,
    KeptAnswerRow,
    MetaRow,
    SettingRow,
)
from app.storage.tables.drivers import (
    DriverMessageRow,
    DriverRow,
    DriverTokenRow,
    OffDutyRow,
    PhoneReportRow,
)
from app.storage.tables.kinds import (
    BIG,
    FUTURE,
    MOVES,
    WRITTEN,
)
from app.storage.tables.orders import (
    AssignmentRow,
    LinkRow,
    ListenerRow,
    OrderEventRow,
    OrderRow,
)
from app.storage.tables.people import (
    ApiKeyRow,
    LoginRow,
    UserRow,
)
from app.storage.tables.positions import (
    ArrivalsRow,
    PositionRow,
)
from app.storage.tables.proofs import (
    ProofRow,
)
from app.storage.tables.sums import (
    LessonRow,
    OdometerRow,
    QuarterRow,
    TravelRow,
)
from app.storage.tables.talk import (
    MessageRow,
)

__all__ = [
    "BIG",
    "FUTURE",
    "MOVES",
    "WRITTEN",
    "ActivityRow",
    "ApiKeyRow",
    "ArrivalsRow",
    "AssignmentRow",
    "DriverMessageRow",
    "DriverRow",
    "DriverTokenRow",
    "KeptAnswerRow",
    "LessonRow",
    "LinkRow",
    "ListenerRow",
    "LoginRow",
    "MessageRow",
    "MetaRow",
    "OdometerRow",
    "OffDutyRow",
    "OrderEventRow",
    "OrderRow",
    "PhoneReportRow",
    "PositionRow",
    "ProofRow",
    "QuarterRow",
    "SettingRow",
    "TravelRow",
    "UserRow",
]
