"""A vendor's SAML look, as data: how its documents are written, what they say, and where its endpoints are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from idpsim.wire import Quirk

if TYPE_CHECKING:
    from idpsim.signon import Identity, Registration

_SAML_1 = "urn:oasis:names:tc:SAML:1.1:nameid-format:"
_SAML_2 = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
UNSPECIFIED = f"{_SAML_1}unspecified"
EMAIL = f"{_SAML_1}emailAddress"
X509_SUBJECT = f"{_SAML_1}X509SubjectName"
PERSISTENT = f"{_SAML_2}persistent"
TRANSIENT = f"{_SAML_2}transient"
ENTITY = f"{_SAML_2}entity"

CLASSES = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
ATTRIBUTE_FORMATS = "urn:oasis:names:tc:SAML:2.0:attrname-format:"
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"

SignatureName: TypeAlias = Literal["rsa-sha1", "rsa-sha256", "rsa-sha384", "rsa-sha512"]
DigestName: TypeAlias = Literal["sha1", "sha256", "sha384", "sha512"]
Block: TypeAlias = Literal["aes128-cbc", "aes192-cbc", "aes256-cbc", "aes128-gcm", "aes256-gcm"]
Wrap: TypeAlias = Literal["rsa-oaep-mgf1p", "rsa-1_5"]
IdStyle: TypeAlias = Literal["id-digits", "_uuid", "pfx-uuid", "R-hex", "A-hex"]


class RegisteredApp(Protocol):
    """What a look reads of the app that it speaks for."""

    @property
    def registration(self) -> Registration: ...

    @property
    def settings(self) -> Mapping[str, Any]: ...

    @property
    def ids(self) -> Mapping[str, str]: ...

    def filled(self, template: str) -> str: ...


@dataclass(frozen=True, slots=True)
class NameId:
    """Who the assertion is about; `format` None leaves the attribute out."""

    value: str
    format: str | None
    name_qualifier: str | None = None
    sp_name_qualifier: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """One Attribute with its values; `format` None leaves NameFormat out, `typed` adds `xsi:type="xs:string"`."""

    name: str
    values: tuple[str, ...]
    format: str | None = None
    typed: bool = False


@dataclass(frozen=True, slots=True)
class CertificateLook:
    """The self-signed certificate that a vendor makes for an app or an account.

    `subject` is pairs of attribute (`C`, `ST`, `L`, `O`, `OU`, `CN`, `emailAddress`) and value, where `{name}` is one
    of the app's ids. `serial` is random or the epoch in milliseconds; `digest` signs the certificate itself.
    `extensions` adds CA:FALSE, keyUsage, and the two key identifiers. `shared`: one for all apps of the account.
    """

    subject: tuple[tuple[str, str], ...]
    years: int
    serial: Literal["random", "milliseconds"] = "random"
    digest: Literal["sha1", "sha256"] = "sha256"
    extensions: bool = False
    shared: bool = False


@dataclass(frozen=True)
class Writing:
    """How a document is written.

    `protocol`, `assertion` and `signature` are namespace prefixes, None the default namespace. `declaration` comes
    before the root. `declared` says where namespace declarations stand among attributes; `sorted` sorts all of them by
    name. `redeclared` are elements that declare their namespace anew, `assertion_on_response` declares it on
    the root too, `schema_on_assertion` and `schema_on_response` declare `xs` (and `xsi`) there where there are typed
    values. `orders` gives the attributes of an element in another order than the alphabet's. `wrap` is the width at
    which base64 is broken into lines, 0 never. `inclusive`: exclusive canonicalization names `xs` in an
    InclusiveNamespaces PrefixList wherever it is declared.
    """

    protocol: str | None
    assertion: str | None
    signature: str | None
    declaration: str = ""
    declared: Literal["first", "last", "sorted"] = "first"
    redeclared: frozenset[str] = frozenset()
    assertion_on_response: bool = False
    schema_on_response: tuple[str, ...] = ()
    schema_on_assertion: tuple[str, ...] = ()
    schema_on_value: tuple[str, ...] = ()
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    milliseconds: bool = True
    wrap: int = 0
    inclusive: bool = False
    issuer_format: str | None = None
    authn_statement_first: bool = True


@dataclass(frozen=True, slots=True)
class Ids:
    """How ids are made: all in one style, but a Response and an Assertion by whether they are signed themselves."""

    style: IdStyle
    response: IdStyle | None = None
    assertion: IdStyle | None = None
    signed: IdStyle | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    """Seconds around the moment of issue: the Conditions', the SubjectConfirmationData's; `session` None: none said."""

    before: float
    after: float
    confirmation: float
    session: float | None = None


@dataclass(frozen=True, slots=True)
class Signs:
    """What is signed with what; `errors`: a Response without assertion is signed too."""

    response: bool
    assertion: bool
    signature: SignatureName = "rsa-sha256"
    digest: DigestName = "sha256"
    errors: bool = False


@dataclass(frozen=True, slots=True)
class Encrypts:
    """How assertions are encrypted."""

    block: Block = "aes256-cbc"
    wrap: Wrap = "rsa-oaep-mgf1p"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Entity ids and URLs as templates of the app's ids; the first of several is the one that metadata and guides name.

    Each that begins with `{base}` is a route too, see `rule`.
    """

    entity_id: str
    sso: tuple[str, ...]
    slo: tuple[str, ...]
    metadata: tuple[str, ...]
    launch: tuple[str, ...]


@dataclass(frozen=True)
class SamlLook:
    """All that tells one vendor's SAML from another's.

    name_id: who the assertion is about, given the Format of the request's NameIDPolicy (None: not said).
    name_id_formats: the Formats that a request may ask for; None where anything goes.
    attributes: in their order; `shuffled` where that is not a stable one. audience: given the request's Issuer.
    logout_issuer: a template, who answers a LogoutRequest. authn_context: the class, given those that were asked for;
    `authn_contexts` are those that can be met, None where it makes no difference what is asked for. recipient:
    where the confirmation says it goes, given where it goes.
    authn_instant: the moment of issue, one second before it, or when the person has really authenticated.
    session_index: the Assertion's ID, the request's ID (of its own where there is none), or of its own.
    metadata: the document as text, unsigned, given the id for its root and the certificates, DER, the active one
    first; `metadata_certificates`, `metadata_signed` and `metadata_bom` say what goes in and what is done to it.
    signs_logout: whether logout requests, and answers to them, are signed. `force_authn`: whether a request's
    ForceAuthn is obeyed; `requires_signed`: whether unsigned requests are refused.
    """

    certificate: CertificateLook
    writing: Writing
    ids: Ids
    addresses: Addresses
    windows: Callable[[RegisteredApp], Windows]
    signs: Callable[[RegisteredApp], Signs]
    encrypts: Callable[[RegisteredApp], Encrypts | None]
    name_id: Callable[[Identity, RegisteredApp, str | None], NameId]
    name_id_formats: Callable[[RegisteredApp], tuple[str, ...] | None]
    attributes: Callable[[Identity, RegisteredApp], tuple[Attribute, ...]]
    audience: Callable[[RegisteredApp, str | None], str]
    authn_context: Callable[[RegisteredApp, tuple[str, ...]], str]
    metadata: Callable[[RegisteredApp, str, tuple[bytes, ...]], str]
    force_authn: Callable[[RegisteredApp], bool]
    requires_signed: Callable[[RegisteredApp], bool]
    logout_issuer: Callable[[RegisteredApp], str]
    recipient: Callable[[RegisteredApp, str], str] = lambda _app, acs: acs
    authn_contexts: tuple[str, ...] | None = None
    authn_instant: Literal["issued", "second-before", "real"] = "issued"
    session_index: Literal["assertion", "request", "own"] = "own"
    shuffled: bool = False
    metadata_certificates: Literal["active", "all"] = "active"
    metadata_signed: bool = False
    metadata_bom: bool = False
    metadata_type: str = "application/xml"
    request_bindings: tuple[Literal["redirect", "post"], ...] = ("redirect", "post")
    logout_bindings: tuple[Literal["redirect", "post"], ...] = ("redirect",)
    logout_must_be_signed: bool = False
    signs_logout: Callable[[RegisteredApp, Literal["request", "response"]], bool] = lambda _app, _kind: True
    quirks: tuple[Quirk, ...] = ()


def rule(template: str) -> str:
    """The route of a template, as Flask writes it: `{base}/app/{exk}/sso?x={y}` is `/app/<exk>/sso`."""
    path = template.removeprefix("{base}").partition("?")[0]
    return re.sub(r"\{(\w+)\}", r"<\1>", path)


def user_values(identity: Identity, names: Mapping[str, str], source: str) -> str:
    """What a person has under a vendor's name for it (`custom.x` for an attribute of their own); empty for nothing."""
    person = identity.person
    if source.startswith("custom."):
        return person.custom.get(source.removeprefix("custom."), "")
    return str(getattr(person, names[source]) or "") if source in names else person.custom.get(source, "")
