"""Entra ID's SAML 2.0, as an enterprise app speaks it."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from idpsim.profiles.entra.saml_metadata import metadata
from idpsim.profiles.entra.saml_settings import (
    CAPTURE,
    CLAIMS,
    METADATA,
    PROTOCOL,
    ROLLOVER,
    SETTINGS,
    SIGN_OUT,
    SIGNING,
    SOURCES,
    TOKENS,
)
from idpsim.signon import Identity
from idpsim.signon.saml import (
    CLASSES,
    EMAIL,
    PERSISTENT,
    TRANSIENT,
    UNSPECIFIED,
    Addresses,
    Attribute,
    CertificateLook,
    Encrypts,
    Ids,
    NameId,
    RegisteredApp,
    SamlLook,
    Signs,
    Windows,
    Writing,
    user_values,
)
from idpsim.wire import Quirk

__all__ = ["LOOK", "SETTINGS"]

IDENTITY = "http://schemas.microsoft.com/identity/claims/"
MICROSOFT = "http://schemas.microsoft.com/claims/"
WS_2008 = "http://schemas.microsoft.com/ws/2008/06/identity/"
WS_2005 = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
MOST_GROUPS = 150
FORMATS = {"emailAddress": EMAIL, "persistent": PERSISTENT, "unspecified": UNSPECIFIED, "transient": TRANSIENT}
PASSWORD = f"{CLASSES}Password"
PASSWORDS = (PASSWORD, f"{CLASSES}PasswordProtectedTransport", f"{CLASSES}Unspecified", f"{CLASSES}unspecified")

QUIRKS = (
    Quirk("The entity id is the tenant's, the same for all apps, and ends in a slash.", METADATA),
    Quirk("Only the Assertion is signed, unless the app is told otherwise.", SIGNING),
    Quirk("Assertion, Issuer and Signature stand in default namespaces, beside a prefixed Response.", CAPTURE),
    Quirk("AttributeStatement comes before AuthnStatement, and no Attribute has a NameFormat or a type.", CAPTURE),
    Quirk(
        "Conditions last from 5 minutes before to 60 after, and the confirmation as long; the guide says 70.", CAPTURE
    ),
    Quirk("The SessionIndex is the ID of the Assertion.", CAPTURE),
    Quirk("AuthnInstant is when the user has authenticated, which may be hours before.", CAPTURE),
    Quirk("A Subject in the request is an error; login_hint in the query takes its place.", PROTOCOL),
    Quirk("The Audience is the request's Issuer; one that is no URI gets spn: before it.", PROTOCOL),
    Quirk("Above 150 groups the claim is replaced by groups.link.", TOKENS),
    Quirk("An attribute that the user has no value for is left out.", CLAIMS),
    Quirk("Most errors are pages with an AADSTS code: the service provider hears nothing.", PROTOCOL),
    Quirk(
        "What the documentation says of the Issuer of logout messages and what it shows differ: see logout_issuer.",
        SIGN_OUT,
    ),
    Quirk("The metadata begins with a byte order mark, is signed, and has roles of WS-Federation first.", METADATA),
    Quirk("An expired active certificate is replaced by a valid inactive one without notice.", ROLLOVER),
)


def _signs(app: RegisteredApp) -> Signs:
    option = app.settings["signing_option"]
    old = app.settings["signing_algorithm"] == "SHA-1"
    return Signs(
        response=option != "sign_assertion",
        assertion=option != "sign_response",
        signature="rsa-sha1" if old else "rsa-sha256",
        digest="sha1" if old else "sha256",
        errors=bool(app.settings["sign_error_response"]),
    )


def _name_id(identity: Identity, app: RegisteredApp, asked: str | None) -> NameId:
    style = asked or FORMATS[app.settings["name_id_format"]]
    pairwise = style == UNSPECIFIED and asked and app.settings["name_id_unspecified"] == "pairwise"
    if style == PERSISTENT or pairwise:
        raw = sha256(f"{app.filled('{tenant} {app}')} {identity.id}".encode()).digest()
        return NameId(b64encode(raw).decode(), style)
    return NameId(_source(identity, app.settings["name_id_source"]), style)


def _source(identity: Identity, source: str) -> str:
    """The value of `user.…`, or of a text in quotation marks."""
    if len(source) > 1 and source[0] == source[-1] == '"':
        return source[1:-1]
    if source.lower() in ("user.objectid", "objectid"):
        return identity.id
    name = source if source.startswith("user.") else f"user.{source}"
    return user_values(identity, SOURCES, name.lower()) or identity.person.custom.get(source.removeprefix("user."), "")


def _attributes(identity: Identity, app: RegisteredApp) -> tuple[Attribute, ...]:
    """The nine default claims, then groups, roles and what was added; a claim without a value is left out."""
    person = identity.person
    stated: list[tuple[str, tuple[str | None, ...]]] = [
        (f"{IDENTITY}tenantid", (app.filled("{tenant}"),)),
        (f"{IDENTITY}objectidentifier", (identity.id,)),
        (f"{IDENTITY}displayname", (person.displayName,)),
        (f"{IDENTITY}identityprovider", (app.filled(LOOK.addresses.entity_id),)),
        (f"{MICROSOFT}authnmethodsreferences", (f"{WS_2008}authenticationmethod/password",)),
        (f"{WS_2005}givenname", (person.givenName,)),
        (f"{WS_2005}surname", (person.familyName,)),
        (f"{WS_2005}emailaddress", (person.email,)),
        (f"{WS_2005}name", (person.userName,)),
        _groups(identity, app),
        (f"{WS_2008}claims/role", _roles(identity, app)),
    ]
    stated += [(name, (_source(identity, str(of)),)) for name, of in app.settings["saml_additional_claims"].items()]
    kept = ((name, tuple(value for value in values if value)) for name, values in stated)
    return tuple(Attribute(name, values) for name, values in kept if values)


def _groups(identity: Identity, app: RegisteredApp) -> tuple[str, tuple[str | None, ...]]:
    if app.settings["saml_group_claims"] == "none":
        return "", ()
    if len(identity.groups) > MOST_GROUPS:
        tenant = app.filled("{tenant}")
        link = f"https://graph.windows.net/{tenant}/users/{identity.id}/getMemberObjects"
        return f"{MICROSOFT}groups.link", (link,)
    named = app.settings["saml_group_source"] == "cloud_displayname"
    return f"{WS_2008}claims/groups", tuple(each.name if named else each.id for each in identity.groups)


def _roles(identity: Identity, app: RegisteredApp) -> tuple[str, ...]:
    roles = app.settings["saml_app_roles"]
    return tuple(dict.fromkeys(str(roles[each.name]) for each in identity.groups if each.name in roles))


def _audience(app: RegisteredApp, asked: str | None) -> str:
    name = asked or app.registration.entity_id or ""
    return name if not name or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", name) else f"spn:{name}"


LOOK = SamlLook(
    certificate=CertificateLook((("CN", "Microsoft Azure Federated SSO Certificate"),), years=3),
    writing=Writing(
        protocol="samlp",
        assertion=None,
        signature=None,
        declared="last",
        orders={"Response": ("ID", "Version", "IssueInstant", "Destination", "InResponseTo")},
        authn_statement_first=False,
    ),
    ids=Ids("_uuid"),
    addresses=Addresses(
        entity_id="https://sts.windows.net/{tenant}/",
        sso=("{base}/{tenant}/saml2",),
        slo=("{base}/{tenant}/saml2",),
        metadata=("{base}/{tenant}/federationmetadata/2007-06/federationmetadata.xml?appid={app}",),
        launch=("{base}/api/signin/{app}?tenantId={tenant}", "{base}/signin/{app}?tenantId={tenant}"),
    ),
    windows=lambda _app: Windows(300, 3600, 3600),
    signs=_signs,
    encrypts=lambda app: Encrypts() if app.settings["token_encryption"] else None,
    name_id=_name_id,
    name_id_formats=lambda _app: tuple(FORMATS.values()),
    attributes=_attributes,
    audience=_audience,
    authn_context=lambda _app, asked: next((each for each in asked if each in PASSWORDS), PASSWORD),
    authn_contexts=PASSWORDS,
    metadata=metadata,
    logout_issuer=lambda app: f"https://{app.settings['logout_issuer']}/{{tenant}}/",
    force_authn=lambda _app: True,
    requires_signed=lambda app: bool(app.settings["require_verification_certificates"]),
    authn_instant="real",
    session_index="assertion",
    metadata_certificates="all",
    metadata_signed=True,
    metadata_bom=True,
    quirks=QUIRKS,
)
