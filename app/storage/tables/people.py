"""Users, their sign-ins, and keys."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class UserRow(SQLModel, table=True):
    """A person who may sign in."""

    __tablename__ = "users"
    __table_args__ = {"sqlite_autoincrement": True}

    num: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: str
    password_hash: str
    created_at: int = Field(sa_type=BigInteger)


class LoginRow(SQLModel, table=True):
    """A person signed in. Its number is never used again: pages remember it."""

    __tablename__ = "logins"
    __table_args__ = {"sqlite_autoincrement": True}

    num: int | None = Field(default=None, primary_key=True)
    user_num: int = Field(foreign_key="users.num", index=True)
    token_hash: bytes = Field(unique=True)
    created_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)
    address: str | None = None
    agent: str | None = None


class ApiKeyRow(SQLModel, table=True):
    """A program's key, hashed."""

    __tablename__ = "api_keys"

    num: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: str
    key_hash: bytes = Field(unique=True)
    created_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
