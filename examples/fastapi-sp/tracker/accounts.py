"""Who may use the tracker, in memory."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from .models import User


class NameTaken(Exception):
    """Another account has this userName, in whatever case."""


class Accounts:
    """The accounts by id."""

    def __init__(self, owner: str) -> None:
        """Begins with the account of the tracker's owner, who connects the identity provider."""
        self.users: dict[str, User] = {}
        self.add(User(user_name=owner))

    def __iter__(self) -> Iterator[User]:
        return iter(self.users.values())

    def named(self, user_name: str) -> User | None:
        """The account with this userName, in whatever case."""
        return next((user for user in self if user.user_name.casefold() == user_name.casefold()), None)

    def add(self, user: User) -> User:
        return self.save(user.model_copy(update={"id": str(uuid.uuid4())}))

    def save(self, user: User) -> User:
        """Keeps the account under its id; NameTaken if another has its name."""
        other = self.named(user.user_name)
        if other and other.id != user.id:
            raise NameTaken(user.user_name)
        self.users[user.id] = user
        return user
