"""The port `People` on SQLite: users, their logins, API keys."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select, update

from app.domain.access import Role
from app.domain.errors import OnthewayError, not_found
from app.storage.readers import Readers
from app.storage.rows import key_of, login_of, user_of
from app.storage.tables import ApiKeyRow, LoginRow, UserRow
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.records import ApiKey, Login, User

# Built once: every request and socket with a bearer token asks.
_VALID_KEY: Final = select(ApiKeyRow).where(
    col(ApiKeyRow.key_hash) == bindparam("key_hash"), col(ApiKeyRow.revoked_at).is_(None)
)


class SqlPeople:
    """Users, their logins, and API keys."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def add_user(self, name: str, role: Role, password_hash: str, now: int) -> User:
        """Make a user; ``already_exists``."""

        def work(tx: Tx) -> User:
            if _find_user(tx.session, name) is not None:
                raise OnthewayError("already_exists", f"There is a user {name} already.")
            row = UserRow(name=name, role=role.value, password_hash=password_hash, created_at=now)
            tx.session.add(row)
            tx.session.flush()
            return user_of(row)

        return await self._writer.write(work)

    async def set_password(self, name: str, password_hash: str, keep_login: int | None) -> User:
        """New password, all other logins ended; ``not_found``."""

        def work(tx: Tx) -> User:
            row = _get_user(tx.session, name)
            row.password_hash = password_hash
            others = col(LoginRow.user_num) == row.num
            if keep_login is not None:
                others &= col(LoginRow.num) != keep_login
            tx.session.exec(delete(LoginRow).where(others))
            return user_of(row)

        return await self._writer.write(work)

    async def remove_user(self, name: str) -> User:
        """Remove a user with his logins; ``not_found``."""

        def work(tx: Tx) -> User:
            row = _get_user(tx.session, name)
            user = user_of(row)
            tx.session.exec(delete(LoginRow).where(col(LoginRow.user_num) == row.num))
            tx.session.delete(row)
            return user

        return await self._writer.write(work)

    async def find_user(self, name: str) -> User | None:
        """The user of this name."""

        def work(session: Session) -> User | None:
            row = _find_user(session, name)
            return None if row is None else user_of(row)

        return await self._readers.read(work)

    async def users(self) -> list[User]:
        """All users, by name."""
        statement = select(UserRow).order_by(col(UserRow.name))
        return await self._readers.read(
            lambda session: [user_of(row) for row in session.exec(statement)]
        )

    async def add_login(
        self, user: User, token_hash: bytes, now: int, address: str | None, agent: str | None
    ) -> Login:
        """A person signed in; ``not_found`` if he was removed meanwhile."""

        def work(tx: Tx) -> Login:
            owner = tx.session.get(UserRow, user.num)
            if owner is None:
                raise not_found("user")
            row = LoginRow(
                user_num=user.num,
                token_hash=token_hash,
                created_at=now,
                seen_at=now,
                address=address,
                agent=agent,
            )
            tx.session.add(row)
            tx.session.flush()
            return login_of(row, owner)

        return await self._writer.write(work)

    async def find_login(self, token_hash: bytes) -> Login | None:
        """The login of this cookie."""
        statement = (
            select(LoginRow, UserRow).join(UserRow).where(col(LoginRow.token_hash) == token_hash)
        )

        def work(session: Session) -> Login | None:
            found = session.exec(statement).first()
            return None if found is None else login_of(*found)

        return await self._readers.read(work)

    async def logins(self) -> list[Login]:
        """All logins, also those whose time is over, the newest first."""
        statement = select(LoginRow, UserRow).join(UserRow).order_by(col(LoginRow.num).desc())
        return await self._readers.read(
            lambda session: [login_of(*found) for found in session.exec(statement)]
        )

    async def set_role(self, name: str, role: Role) -> User:
        """Another role for a user; ``not_found``."""

        def work(tx: Tx) -> User:
            row = _get_user(tx.session, name)
            row.role = role.value
            return user_of(row)

        return await self._writer.write(work)

    async def touch_login(self, login_num: int, now: int) -> None:
        """It is being used."""
        his = col(LoginRow.num) == login_num

        def work(tx: Tx) -> None:
            tx.session.exec(update(LoginRow).where(his).values(seen_at=now))

        await self._writer.write(work)

    async def end_logins(self, nums: Sequence[int]) -> None:
        """Signed out."""

        def work(tx: Tx) -> None:
            tx.cursor.executemany("DELETE FROM logins WHERE num = ?", [(num,) for num in nums])

        await self._writer.write(work)

    async def add_key(self, name: str, role: Role, key_hash: bytes, now: int) -> ApiKey:
        """Make an API key; ``already_exists``."""

        def work(tx: Tx) -> ApiKey:
            same_name = select(ApiKeyRow).where(col(ApiKeyRow.name) == name)
            if tx.session.exec(same_name).first() is not None:
                raise OnthewayError("already_exists", f"There is an API key {name} already.")
            row = ApiKeyRow(name=name, role=role.value, key_hash=key_hash, created_at=now)
            tx.session.add(row)
            tx.session.flush()
            return key_of(row)

        return await self._writer.write(work)

    async def find_key(self, key_hash: bytes) -> ApiKey | None:
        """The key, unless revoked."""

        def work(session: Session) -> ApiKey | None:
            row = session.exec(_VALID_KEY, params={"key_hash": key_hash}).first()
            return None if row is None else key_of(row)

        return await self._readers.read(work)

    async def keys(self) -> list[ApiKey]:
        """All keys, also revoked ones, by name."""
        statement = select(ApiKeyRow).order_by(col(ApiKeyRow.name))
        return await self._readers.read(
            lambda session: [key_of(row) for row in session.exec(statement)]
        )

    async def revoke_key(self, name: str, now: int) -> ApiKey:
        """End a key; again is the same; ``not_found``."""

        def work(tx: Tx) -> ApiKey:
            row = tx.session.exec(select(ApiKeyRow).where(col(ApiKeyRow.name) == name)).first()
            if row is None:
                raise not_found("API key")
            row.revoked_at = row.revoked_at or now
            return key_of(row)

        return await self._writer.write(work)


def _find_user(session: Session, name: str) -> UserRow | None:
    return session.exec(select(UserRow).where(col(UserRow.name) == name)).first()


def _get_user(session: Session, name: str) -> UserRow:
    row = _find_user(session, name)
    if row is None:
        raise not_found("user")
    return row
