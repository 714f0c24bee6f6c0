"""What the SAML and OpenID Connect endpoints need of the identity provider that they are part of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from flask import Response

from idpsim.signon import Identity
from idpsim.sso.app import App
from idpsim.sso.keys import Keys


@dataclass(slots=True)
class Participant:
    """A service provider that somebody has signed in to within a session; `index` and `name_id` are SAML's."""

    app: App
    protocol: str
    index: str = ""
    name_id: str = ""


@dataclass(slots=True)
class Session:
    """Somebody who is signed in at the identity provider.

    `at` is when they have authenticated, in seconds since the epoch. `tamper` names what is falsified in all that is
    issued within this session, in which the attacker poses as `victim`. Nothing is issued to one who is not
    `assigned`.
    """

    id: str
    vendor: str
    identity: Identity
    at: float
    tamper: str | None = None
    victim: Identity | None = None
    assigned: bool = True
    participants: list[Participant] = field(default_factory=list)


Resume: TypeAlias = Callable[[Session], Response]


class Front(Protocol):
    """The identity provider as its endpoints see it; the methods that answer read `flask.request`."""

    @property
    def base(self) -> str:
        """Where the identity provider is reached, without a slash at its end."""

    @property
    def keys(self) -> Keys:
        """Its keys."""

    def now(self) -> float:
        """Seconds since the epoch, on the real clock."""

    def apps(self) -> Iterable[App]:
        """All apps of all vendors."""

    def app(self, **ids: str) -> App | None:
        """The app with these ids, as in `front.app(label="my-app")`; `vendor` beside `App.ids`' names."""

    def session(self, vendor: str) -> Session | None:
        """Who is signed in at this vendor in the browser that asks, None where nobody is."""

    def log_in(self, app: App, resume: Resume, *, hint: str = "", force: bool = False) -> Response:
        """The answer of `resume` to the session of this browser, after the login page where there is none.

        `force` shows the login page to one who is signed in as well; `hint` is the name that it comes filled in with.
        `resume` is called in a later request, or at once.
        """

    def end(self, session: Session) -> Response:
        """A page that says that the session has ended; its cookie is cleared."""

    def ended(self, session: Session) -> None:
        """End the session, and say nothing."""

    def refuse(
        self, app_or_vendor: App | str, status: int, headline: str, detail: str = "", code: str = ""
    ) -> Response:
        """The vendor's own error page, with nothing in it that leads to the service provider."""

    def fault(self, app: App) -> str | None:
        """What is falsified in what the app publishes (metadata, discovery, keys), by the catalogue's name."""

    def facts(self) -> Mapping[str, Any]:
        """Room for an endpoint's own state: one mutable mapping that lives as long as the identity provider."""
