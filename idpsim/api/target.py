"""The service provider under test, as a caller gives it: a URL, an application object, or either with its token."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import Any, Literal, TypeAlias

from idpsim.errors import UsageError
from idpsim.transport.in_process import PREFIXES

LOCAL = "http://localhost"
EMBEDDED = "embedded"
Application: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, repr=False)
class Target:
    """A service provider and how it is connected to.

    `scim` is a SCIM base URL, `wsgi:module:attribute/path` or `asgi:…`, a WSGI or ASGI application object, or
    `embedded`. `path` is where an application object has SCIM. The others are those of a scenario's `target`.
    """

    scim: str | Application
    path: str = ""
    _: KW_ONLY
    token: str | None = field(default=None, repr=False)
    auth: Literal["bearer", "basic", "verbatim", "none"] | None = None
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = field(default=(), repr=False)
    ca: str | os.PathLike[str] | None = None
    insecure: bool = False
    hooks: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        shown = {each.name: getattr(self, each.name) for each in fields(self) if each.repr and each.name != "scim"}
        given = "".join(f", {name}={value!r}" for name, value in shown.items() if value)
        return f"Target({self.scim!r}{given})" if isinstance(self.scim, str) else f"Target({called(self.scim)}{given})"


Given: TypeAlias = Target | str | Application | Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Aim:
    """A target in the scenario's own terms.

    `block` is that of the language, `named` an application's name that stands for its `scim`, `app` an application
    object.
    """

    block: Mapping[str, Any] = field(default_factory=dict, repr=False)
    named: str | None = None
    app: Any = None

    @property
    def in_process(self) -> bool:
        """Whether no network is used."""
        return self.app is not None or self.named is not None or not self.block.get("scim")


def aimed(target: Given) -> Aim:
    """What a caller means; UsageError for what is no target."""
    if target is None:
        return Aim()
    if isinstance(target, Mapping):
        return Aim(dict(target))
    if not isinstance(target, Target):
        target = Target(target)
    block = _block(target)
    if isinstance(target.scim, str):
        if target.path:
            raise UsageError("the path of a target is for application objects: a URL has its own")
        if target.scim == EMBEDDED:
            return Aim(block)
        if target.scim.startswith(PREFIXES):
            return Aim(block, named=target.scim)
        return Aim({**block, "scim": target.scim})
    if not callable(target.scim):
        raise UsageError(f"a target is a URL or a WSGI or ASGI application, not {type(target.scim).__name__}")
    path = target.path.strip("/")
    return Aim({**block, "scim": f"{LOCAL}/{path}" if path else LOCAL}, app=target.scim)


def _block(target: Target) -> dict[str, Any]:
    """What is given beside `scim`, as the language has it."""
    values = {
        "token": target.token,
        "auth": target.auth,
        "ca": target.ca,
        "insecure": target.insecure,
        "headers": dict(target.headers),
        "hooks": dict(target.hooks),
    }
    return {name: value for name, value in values.items() if value}


def called(app: object) -> str:
    """An application object in words, without anything that it could give away of itself."""
    name = getattr(app, "__qualname__", None)
    if isinstance(name, str) and not isinstance(app, type):
        return f"{getattr(app, '__module__', '')}.{name}".lstrip(".")
    return f"{type(app).__module__}.{type(app).__qualname__}"
