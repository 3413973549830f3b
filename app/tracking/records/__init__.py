"""What is kept, as services and doors see it: frozen records without behaviour.

All times are microseconds since the epoch. ``num`` are row numbers, never shown outside.
"""

from app.tracking.records.business import (
    Activity,
    ActivityFilter,
    Setting,
)
from app.tracking.records.drivers import (
    Driver,
    DriverDay,
    PhoneReport,
    Spotted,
)
from app.tracking.records.links import (
    Link,
    Listener,
    NewLink,
    Notice,
)
from app.tracking.records.once import (
    DoneBefore,
    Once,
)
from app.tracking.records.orders import (
    NEWEST_FIRST,
    Customer,
    Order,
    OrderBy,
    OrderChange,
    OrderDetails,
    OrderEvent,
    OrderFilter,
    OrderSort,
    Rating,
    Word,
)
from app.tracking.records.people import (
    ApiKey,
    Login,
    User,
)
from app.tracking.records.positions import (
    Arrival,
    NotTaken,
    Outcome,
    StoredPosition,
    Taken,
)
from app.tracking.records.proofs import (
    NewProof,
    ProofRecord,
    Proved,
)
from app.tracking.records.talk import (
    Message,
    Said,
)

__all__ = [
    "NEWEST_FIRST",
    "Activity",
    "ActivityFilter",
    "ApiKey",
    "Arrival",
    "Customer",
    "DoneBefore",
    "Driver",
    "DriverDay",
    "Link",
    "Listener",
    "Login",
    "Message",
    "NewLink",
    "NewProof",
    "NotTaken",
    "Notice",
    "Once",
    "Order",
    "OrderBy",
    "OrderChange",
    "OrderDetails",
    "OrderEvent",
    "OrderFilter",
    "OrderSort",
    "Outcome",
    "PhoneReport",
    "ProofRecord",
    "Proved",
    "Rating",
    "Said",
    "Setting",
    "Spotted",
    "StoredPosition",
    "Taken",
    "User",
    "Word",
]
