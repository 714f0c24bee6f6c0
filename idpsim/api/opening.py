"""What is opened by a `with` statement, once; any other use of it is told in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Generic, NoReturn, TypeVar

from idpsim.errors import UsageError

T = TypeVar("T")


class NotOpened(UsageError, AttributeError):
    """Something was asked of what only a `with` statement opens."""


class Opening(AbstractContextManager[T], Generic[T]):
    """A context manager that opens what `call` names; `name` is what examples call that."""

    def __init__(self, call: str, name: str, opens: Callable[[], AbstractContextManager[T]]) -> None:
        self._call = call
        self._name = name
        self._opens = opens
        self._opened: AbstractContextManager[T] | None = None

    def __enter__(self) -> T:
        if self._opened is not None:
            raise UsageError(f"this has been opened before: call {self._call}(...) for each with statement")
        self._opened = self._opens()
        return self._opened.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        assert self._opened is not None
        return self._opened.__exit__(kind, error, traceback)

    async def __aenter__(self) -> NoReturn:
        raise UsageError(f"{self._call} is used in a with statement, not in an async with: with {self._example}:")

    async def __aexit__(self, *_: object) -> None:
        """Never opened."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotOpened(
            f"{name} is asked of what {self._call} returns: use it in a with statement\n"
            f"  with {self._example}:\n      {self._name}.{name}"
        )

    def __repr__(self) -> str:
        return f"<{self._call}(...), for a with statement>"

    @property
    def _example(self) -> str:
        return f"{self._call}(...) as {self._name}"
