"""From somebody who is signed in to the bytes of a Response: what it says, then built, signed, encrypted, written."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from secrets import token_bytes

from idpsim.saml.encryption import encrypt
from idpsim.saml.xml import Element
from idpsim.signon import Identity
from idpsim.signon.saml import TRANSIENT, NameId, SamlLook
from idpsim.sso.app import App
from idpsim.sso.keys import Signing
from idpsim.sso.saml import ids
from idpsim.sso.saml.asked import AuthnRequest
from idpsim.sso.saml.facts import SUCCESS, Attribute, Confirmation, Facts, Status
from idpsim.sso.saml.response import SAML, build, document
from idpsim.sso.saml.signature import Signer, sign, signer_of
from idpsim.sso.tamper.hooks import SamlTamper, Scene


def facts_of(
    app: App,
    identity: Identity,
    asked: AuthnRequest | None,
    *,
    acs: str,
    now: float,
    authenticated: float,
    fresh: ids.Fresh = token_bytes,
) -> Facts:
    """What a Response to this request says (None: one that nobody has asked for), posted to `acs`.

    `now` and `authenticated` are seconds since the epoch; `fresh` gives random bytes.
    """
    look, signs = app.sign_on.saml, app.sign_on.saml.signs(app)
    windows, request = look.windows(app), asked.id if asked is not None else None
    assertion_id = ids.made(ids.of_assertion(look.ids, signed=signs.assertion), fresh)
    blank = failed(app, asked, acs, now, Status(), fresh=fresh)
    return replace(
        blank,
        response_id=ids.made(ids.of_response(look.ids, signed=signs.response), fresh),
        assertion_id=assertion_id,
        name_id=_named(look.name_id(identity, app, asked.name_id_format if asked is not None else None), fresh),
        confirmations=(
            Confirmation(
                recipient=look.recipient(app, acs), in_response_to=request, not_on_or_after=now + windows.confirmation
            ),
        ),
        not_before=now - windows.before,
        not_on_or_after=now + windows.after,
        audiences=tuple(filter(None, (look.audience(app, asked.issuer if asked is not None else None),))),
        authn_instant=_authn_instant(look, now, authenticated),
        session_index=_session_index(look, assertion_id, request, fresh),
        session_not_on_or_after=None if windows.session is None else now + windows.session,
        authn_context=look.authn_context(app, asked.authn_contexts if asked is not None else ()),
        attributes=_ordered(look, look.attributes(identity, app), assertion_id),
    )


def failed(
    app: App, asked: AuthnRequest | None, acs: str, now: float, status: Status, *, fresh: ids.Fresh = token_bytes
) -> Facts:
    """What a Response says that signs nobody in."""
    look = app.sign_on.saml
    issuer = app.filled(look.addresses.entity_id)
    return Facts(
        response_id=ids.made(ids.of_response(look.ids, signed=look.signs(app).errors), fresh),
        assertion_id="",
        issued=now,
        issuer=issuer,
        assertion_issuer=issuer,
        destination=acs,
        in_response_to=asked.id if asked is not None else None,
        name_id=None,
        confirmations=(),
        not_before=None,
        not_on_or_after=None,
        audiences=(),
        authn_instant=None,
        session_index=None,
        session_not_on_or_after=None,
        authn_context="",
        status=status,
    )


def _named(name_id: NameId, fresh: ids.Fresh) -> NameId:
    """A transient name is another each time."""
    return replace(name_id, value=f"_{fresh(16).hex()}") if name_id.format == TRANSIENT else name_id


def _authn_instant(look: SamlLook, now: float, authenticated: float) -> float:
    return {"issued": now, "second-before": now - 1, "real": authenticated}[look.authn_instant]


def _session_index(look: SamlLook, assertion_id: str, request: str | None, fresh: ids.Fresh) -> str:
    if look.session_index == "assertion":
        return assertion_id
    if look.session_index == "request" and request is not None:
        return request
    return ids.made(look.ids.style, fresh)


def _ordered(look: SamlLook, attributes: tuple[Attribute, ...], seed: str) -> tuple[Attribute, ...]:
    """The attributes, in an order that hangs on the assertion where the vendor's is not stable."""
    if not look.shuffled:
        return attributes
    return tuple(sorted(attributes, key=lambda each: sha256(f"{seed} {each.name}".encode()).digest()))


def issue(
    facts: Facts, app: App, signing: Signing, tamper: SamlTamper | None = None, scene: Scene | None = None
) -> bytes:
    """The Response as the vendor sends it, signed and encrypted as the app's settings say; `tamper` needs a `scene`.

    What is falsified after signing goes with the assertion's signature only where assertions are encrypted: over an
    EncryptedAssertion of the attacker's own there is no signature of the Response.
    """
    if tamper is None or scene is None:
        root = build(facts, app)
        _seal(root, app, signer_of(signing, app.sign_on.saml.signs(app)))
        return document(root, app)
    return _falsified(facts, app, signing, tamper, scene)


def _falsified(facts: Facts, app: App, signing: Signing, tamper: SamlTamper, scene: Scene) -> bytes:
    root = build(tamper.facts(facts, scene) if tamper.facts is not None else facts, app)
    if tamper.tree is not None:
        tamper.tree(root, scene)
    signer = signer_of(signing, app.sign_on.saml.signs(app))
    if tamper.signer is not None:
        signer = tamper.signer(signer, scene)
    if tamper.signed is None:
        _seal(root, app, signer)
    else:
        root = _broken(root, app, signer, tamper, scene)
    raw = document(root, app)
    return tamper.document(raw, scene) if tamper.document is not None else raw


def _seal(root: Element, app: App, signer: Signer) -> None:
    """Sign the assertions, encrypt them, and sign the Response, each where the app's settings say so."""
    look = app.sign_on.saml
    signs, assertions = look.signs(app), _assertions(root)
    if signs.assertion:
        for each in assertions:
            sign(each, signer, look)
    if _encrypts(app):
        _encrypt(assertions, app)
    if signs.response if assertions or _succeeds(root) else signs.errors:
        sign(root, signer, look)


def _broken(root: Element, app: App, signer: Signer, tamper: SamlTamper, scene: Scene) -> Element:
    assert tamper.signed is not None
    look = app.sign_on.saml
    encrypts, signs = _encrypts(app), look.signs(app)
    if signs.assertion or encrypts:
        for each in _assertions(root):
            sign(each, signer, look)
    if signs.response and not encrypts:
        sign(root, signer, look)
    changed = tamper.signed(root, scene)
    root = root if changed is None else changed
    if encrypts:
        _encrypt(_assertions(root), app)
    return root


def _assertions(root: Element) -> list[Element]:
    return root.findall(f"{{{SAML}}}Assertion")


def _succeeds(root: Element) -> bool:
    code = root.find("{*}Status/{*}StatusCode")
    return code is not None and code.get("Value") == SUCCESS


def _encrypts(app: App) -> bool:
    return app.registration.encryption_certificate is not None and app.sign_on.saml.encrypts(app) is not None


def _encrypt(assertions: list[Element], app: App) -> None:
    how, certificate = app.sign_on.saml.encrypts(app), app.registration.encryption_certificate
    assert how is not None
    assert certificate is not None
    for each in assertions:
        encrypt(each, certificate, how, app.sign_on.saml)
