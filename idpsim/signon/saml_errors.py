"""What a vendor does with a SAML request that it does not accept, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "missing",  # no SAMLRequest at all
    "malformed",  # not base64, not deflated, not XML, not this message
    "too-large",
    "unsupported-binding",  # of the request, or of the answer that it asks for
    "unknown-app",  # no app at this address
    "unknown-issuer",
    "unsigned",  # where the app demands signed requests
    "bad-signature",
    "wrong-version",
    "wrong-destination",
    "expired",
    "bad-id",
    "unregistered-acs",
    "subject-present",
    "scoping-present",
    "sp-name-qualifier",
    "name-id-format",
    "comparison",
    "authn-context",
    "not-assigned",  # the person has no assignment to the app
    "passive",  # nobody is signed in, and nobody may be asked
    "no-session",  # a LogoutRequest of somebody who is not signed in
    "no-slo",  # single logout is not set up for the app
]


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """An error page in the vendor's words; `detail` may hold `{detail}`, `{value}`, `{issuer}` and `{app}`.

    `value` is what was wrong, as it came; `detail` what is wrong with it, in our words (`{Detail}` begins a sentence).
    `source` is where the words or the code are published.
    """

    status: int
    headline: str
    detail: str = "{detail}"
    code: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class PostedStatus:
    """A Response without assertion that goes to the registered ACS instead of a page; `message` as in `ErrorPage`."""

    code: str
    second: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class SamlErrors:
    """The vendor's pages by kind, `otherwise` for the rest, and the statuses of those that it answers at the ACS.

    `overlooked`: what the vendor does not look at. `lifetime`: how old a request may be, in seconds; None: any age.
    `ids` is the pattern of a request's ID. `fan_out`: the other participants of a session that ends get LogoutRequests.
    `acs_by` names the app's setting that is a pattern of consumer services, beside those registered; `logout_by` the
    one that switches single logout on. `logout_answer` is the binding of all logout messages that the vendor sends;
    None: the service provider's.
    """

    otherwise: ErrorPage
    pages: Mapping[Kind, ErrorPage] = field(default_factory=dict)
    posted: Mapping[Kind, PostedStatus] = field(default_factory=dict)
    overlooked: frozenset[Kind] = frozenset()
    lifetime: float | None = None
    ids: str = r"[^\s<>&\"']{1,256}"
    fan_out: bool = False
    acs_by: str | None = None
    logout_by: str | None = None
    logout_answer: Literal["redirect", "post"] | None = None
