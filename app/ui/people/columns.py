"""The columns of the tables of users, sign-ins and keys, and how each can be sorted."""

from typing import Final

from app.ui.kit.tables import Column

USERS: Final = (
    Column("Name", "minmax(120px, 1.4fr)", "card-title", by="name"),
    Column("Role", "minmax(96px, 0.8fr)", by="role"),
    Column("Since", "minmax(112px, 0.8fr)", by="since"),
    Column("", "max-content", "card-actions"),
)
LOGINS: Final = (
    Column("Who", "minmax(112px, 1.2fr)", "card-title", by="who"),
    Column("Browser", "minmax(112px, 1.2fr)", by="browser"),
    Column("From", "minmax(104px, 1fr)", by="from"),
    Column("Since", "minmax(96px, 0.6fr)", by="since"),
    Column("Last used", "minmax(96px, 0.6fr)", by="used"),
    Column("", "max-content", "card-actions"),
)
KEYS: Final = (
    Column("Name", "minmax(120px, 1.4fr)", "card-title", by="name"),
    Column("Role", "minmax(96px, 0.8fr)", by="role"),
    Column("Made", "minmax(136px, 0.8fr)", by="made"),
    Column("Last used", "minmax(96px, 0.8fr)", by="used"),
    Column("State", "minmax(96px, 0.8fr)", by="state"),
    Column("", "max-content", "card-actions"),
)
NAME: Final = {"name": "Name, A to Z", "-name": "Name, Z to A"}
ROLE: Final = {"role": "Role, admins first", "-role": "Role, viewers first"}
USED: Final = {"-used": "Used last first", "used": "Used longest ago first"}
USER_SORTS: Final = {**NAME, **ROLE, "-since": "Newest first", "since": "Oldest first"}
LOGIN_SORTS: Final = {
    "-since": "Newest first",
    "since": "Oldest first",
    "who": "Who, A to Z",
    "-who": "Who, Z to A",
    "browser": "Browser, A to Z",
    "-browser": "Browser, Z to A",
    "from": "Address, lowest first",
    "-from": "Address, highest first",
    **USED,
}
KEY_SORTS: Final = {
    "state": "Valid first",
    "-state": "Revoked first",
    **NAME,
    **ROLE,
    "-made": "Newest first",
    "made": "Oldest first",
    **USED,
}
"""As `Heads` takes them."""
