"""The service provider under test, as a caller gives it: a URL, an application object, or either with its token."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from idpsim.api.given import found, text
from idpsim.api.playing import base_url
from idpsim.errors import UsageError
from idpsim.transport.in_process import PREFIXES

LOCAL = "http://localhost"
EMBEDDED = "embedded"
KINDS = "a target is a URL or a WSGI or ASGI application"
Application: TypeAlias = Callable[..., Any]


class LeftOut(Enum):
    """No target is given: that of the file, or where there is none the embedded service provider."""

    OWN = "own"

    def __repr__(self) -> str:
        return "OWN"


OWN: Final = LeftOut.OWN


@dataclass(frozen=True, repr=False)
class Target:
    """A service provider and how it is connected to.

    `scim` is a SCIM base URL, `wsgi:module:attribute/path` or `asgi:…`, a WSGI or ASGI application object, or
    `embedded`. `path` is where an application object has SCIM. The others are those of a scenario's `target`.
    UsageError for what can be no target, and for a URL that holds a secret.
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

    def __post_init__(self) -> None:
        if isinstance(self.scim, str):
            _refuse(self.scim)
        elif not callable(self.scim):
            raise UsageError(_missing("None") if self.scim is None else f"{KINDS}, found {found(self.scim)}")
        text("the path of a target", self.path)

    def __repr__(self) -> str:
        shown = {each.name: getattr(self, each.name) for each in fields(self) if each.repr and each.name != "scim"}
        given = "".join(f", {name}={value!r}" for name, value in shown.items() if value)
        return f"Target({self.scim!r}{given})" if isinstance(self.scim, str) else f"Target({called(self.scim)}{given})"


Given: TypeAlias = Target | str | Application | Mapping[str, Any] | LeftOut


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
    if isinstance(target, LeftOut):
        return Aim()
    if isinstance(target, Mapping):
        if not target or target.get("scim", EMBEDDED) in (None, ""):
            raise UsageError(_missing("no URL in a mapping"))
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
    path = target.path.strip("/")
    return Aim({**block, "scim": f"{LOCAL}/{path}" if path else LOCAL}, app=target.scim)


def _block(target: Target) -> dict[str, Any]:
    """What is given beside `scim`, as the language has it."""
    values = {
        "token": target.token,
        "auth": target.auth,
        "ca": target.ca,
        "insecure": target.insecure,
        "headers": _pairs("headers", target.headers),
        "hooks": _pairs("hooks", target.hooks),
    }
    return {name: value for name, value in values.items() if value}


def _pairs(name: str, given: Any) -> dict[Any, Any]:
    try:
        return dict(given)
    except (TypeError, ValueError):
        raise UsageError(f"{name} are a mapping, or pairs of a name and a value, found {found(given)}") from None


def _refuse(scim: str) -> None:
    """Refuse a text that names nothing, or gives a secret away wherever it is shown."""
    if not scim.strip():
        raise UsageError(_missing("an empty text"))
    try:
        base_url(scim)
    except ValueError:  # no URL at all: the language says what is wrong with it
        return


def _missing(given: str) -> str:
    return f"{KINDS}, found {given}; leave it out, or say {EMBEDDED!r} for the service provider that comes with idpsim"


def called(app: object) -> str:
    """An application object in words, without anything that it could give away of itself."""
    name = getattr(app, "__qualname__", None)
    if isinstance(name, str) and not isinstance(app, type):
        return f"{getattr(app, '__module__', '')}.{name}".lstrip(".")
    return f"{type(app).__module__}.{type(app).__qualname__}"
