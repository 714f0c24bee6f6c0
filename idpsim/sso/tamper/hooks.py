"""Where a falsification takes hold: each hook gets what is about to be issued and gives what is issued instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from idpsim.signon import Identity

if TYPE_CHECKING:
    from lxml.etree import _Element

    from idpsim.sso.app import App
    from idpsim.sso.keys import Signing
    from idpsim.sso.saml.facts import Facts
    from idpsim.sso.saml.signature import Signer

    Element: TypeAlias = _Element

JSON: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """What a falsification is done with: `identity` has authenticated, the attacker poses as `victim`.

    `saml` and `oidc` are the keys that sign, `other` is one that no service provider trusts, and
    `next` the one that rollover has made ready, where there is one. `now` is seconds since
    the epoch. `forged` builds, unsigned, what would have been issued to another identity (SAML only).

    OpenID Connect only: `claims` gives what would have been issued to another identity, `kid` names a key, and
    `issuer` is the one that tokens name.
    """

    app: App
    identity: Identity
    victim: Identity
    signing: Signing
    other: Signing
    now: float
    forged: Callable[[Identity], Element] | None = None
    claims: Callable[[Identity], JSON] | None = None
    kid: Callable[[Signing], str] | None = None
    issuer: str = ""
    next: Signing | None = None


@dataclass(frozen=True)
class SamlTamper:
    """A falsified Response; the hooks are called in this order, and one that is None changes nothing.

    facts: the values, before the document is built. tree: the unsigned `Response` element, changed in place. signer:
    the signer, in place of which another signs. signed: the signed document as an element, changed in place (what it
    breaks stays broken). document: the bytes. fields: the fields of the auto-post form, by name, SAMLResponse still
    base64 of `document`.
    """

    facts: Callable[[Facts, Scene], Facts] | None = None
    tree: Callable[[Element, Scene], None] | None = None
    signer: Callable[[Signer, Scene], Signer] | None = None
    signed: Callable[[Element, Scene], Element | None] | None = None
    document: Callable[[bytes, Scene], bytes] | None = None
    fields: Callable[[dict[str, str], Scene], dict[str, str]] | None = None


@dataclass(frozen=True)
class OidcTamper:
    """Falsified tokens and answers; a hook that is None changes nothing.

    claims, header: of the id_token, before it is signed. sign: makes the compact id_token of header and claims in
    place of the usual way. answer: the JSON of the token endpoint. userinfo: the JSON of userinfo. redirect: the
    parameters of the redirect back to the service provider.
    """

    claims: Callable[[JSON, Scene], JSON] | None = None
    header: Callable[[JSON, Scene], JSON] | None = None
    sign: Callable[[JSON, JSON, Scene], str] | None = None
    answer: Callable[[JSON, Scene], JSON] | None = None
    userinfo: Callable[[JSON, Scene], JSON] | None = None
    redirect: Callable[[dict[str, str], Scene], dict[str, str]] | None = None


@dataclass(frozen=True)
class PublishedTamper:
    """A falsified publication: SAML metadata, discovery document or JWK set, whichever `what` names.

    `document` changes the bytes; `status` and `content_type` stand for the usual ones; the answer waits `delay`
    seconds.
    """

    what: Literal["metadata", "discovery", "keys"]
    document: Callable[[bytes, Scene], bytes] | None = None
    status: int = 200
    content_type: str | None = None
    delay: float = 0.0
