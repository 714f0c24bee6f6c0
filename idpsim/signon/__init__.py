"""How people sign in, as values: who signs in, what the identity provider knows of the service provider, what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from idpsim.directory import Person

if TYPE_CHECKING:
    from idpsim.signon.oidc import OidcLook
    from idpsim.signon.saml import SamlLook
    from idpsim.signon.saml_errors import SamlErrors

Protocol: TypeAlias = Literal["saml", "oidc"]
Start: TypeAlias = Literal["sp", "idp"]
Must: TypeAlias = Literal["refuse", "not-victim", "accept", "either"]


@dataclass(frozen=True, slots=True)
class Membership:
    """One group of an identity: the directory's own id, and the name that people see."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs in, as the vendor's directory knows them; `id` is the vendor's own, the one that SCIM carries too."""

    id: str
    person: Person
    groups: tuple[Membership, ...] = ()


@dataclass(frozen=True, slots=True)
class Registration:
    """What an administrator has entered about the service provider; nothing is ever sent anywhere else.

    Certificates are DER. The first of `acs` and of `redirect_uris` is the default. `metadata` is the service
    provider's own SAML metadata, from which the SAML fields were read, where it was given. `client_id` and
    `client_secret` None: the identity provider's own for this app.
    """

    entity_id: str | None = None
    acs: tuple[str, ...] = ()
    slo: str | None = None
    slo_binding: Literal["redirect", "post"] = "redirect"
    signing_certificates: tuple[bytes, ...] = ()
    encryption_certificate: bytes | None = None
    metadata: bytes | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    initiate_login_uri: str | None = None
    relay_state: str | None = None
    public: bool = False


@dataclass(frozen=True)
class SignOn:
    """One vendor's sign-in: its addresses, its look and its app settings.

    `ids` makes the ids of an app from the label that its administrator gave it, always the same for the same label;
    the looks' URL templates are filled with them. `person_id` gives the directory id of a person (or group) by uid,
    the same that the vendor's SCIM client sends; its first argument is the provisioning app. `terms` is what the
    vendor's screens call what is entered at the service provider, `gate` what stands still on them until a sign-in
    works.
    """

    vendor: str
    title: str
    ids: Callable[[str], Mapping[str, str]]
    person_id: Callable[[Any, str], str]
    saml: SamlLook
    saml_errors: SamlErrors
    oidc: OidcLook
    settings: Mapping[str, Any]
    terms: Mapping[str, str]
    gate: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in: who, over what, who starts, and what is falsified; the attacker poses as `victim`.

    Whoever is not `assigned` to the app is turned away by the identity provider.
    """

    identity: Identity
    via: Protocol
    start: Start = "sp"
    tamper: str | None = None
    victim: Identity | None = None
    assigned: bool = True


@dataclass(frozen=True, slots=True)
class SignInResult:
    """What came of an attempt, or of a look at a session that there was.

    `word`: `signed-in`, `refused` (by the service provider, or by the identity provider where `by_idp`), `failed`
    (it cannot be told; `reason` says why). `shown` holds what the service provider shows of who is signed in, most
    telling first: values of userinfo, claims or fields; `page` the text of the page that says so. `told` is true
    where `shown` comes from what the scenario's `sso.shows` names, so that nothing shown means nobody signed in.
    `must`, `why` and `source` are the tampering's own: what a service provider has to do about it, and where it says
    so. `stranger`: whom the signature of a tampering covers is nobody of the directory, so that to accept somebody
    unknown is right as well. `crashed`: it was not accepted since the service provider answered 500.
    """

    word: Literal["signed-in", "refused", "failed"]
    reason: str = ""
    by_idp: bool = False
    shown: tuple[str, ...] = ()
    page: str = field(default="", repr=False)
    told: bool = False
    must: Must | None = None
    why: str = ""
    source: str = ""
    stranger: bool = False
    crashed: bool = False
