"""Okta's SAML 2.0, as a custom app of the App Integration Wizard speaks it."""

from __future__ import annotations

import re
from hashlib import sha256

from idpsim.profiles.okta.saml_settings import (
    API,
    CAPTURE,
    CERTIFICATES,
    CONTEXTS,
    FORMATS,
    LOGOUT,
    PROFILE,
    SETTINGS,
    WIZARD,
)
from idpsim.signon import Identity
from idpsim.signon.markup import base64_lines, escaped
from idpsim.signon.saml import (
    ATTRIBUTE_FORMATS,
    EMAIL,
    ENTITY,
    PERSISTENT,
    POST,
    REDIRECT,
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

QUIRKS = (
    Quirk("The entity id begins with http, and each app has one of its own.", WIZARD),
    Quirk("Both the Response and the Assertion are signed, each with a Signature right after its Issuer.", API),
    Quirk(
        "Every reference of a document with attributes names xs in InclusiveNamespaces: a verifier that ignores the "
        "PrefixList gets another digest.",
        CAPTURE,
    ),
    Quirk("Every Issuer carries the Format entity.", CAPTURE),
    Quirk("The SessionIndex is the ID of the AuthnRequest.", CAPTURE),
    Quirk("Times have milliseconds, and the windows end 5 minutes after the moment of issue.", CAPTURE),
    Quirk("Attributes and namespace declarations stand in the order of the alphabet; base64 is broken at 76.", CAPTURE),
    Quirk("The class of the authentication is the app's: what the request asks for changes nothing.", API),
    Quirk("The Name ID's default Format is unspecified, and a NameIDPolicy must name the app's own.", WIZARD),
    Quirk("Nothing is said of a person but the Name ID until attribute statements are added.", WIZARD),
    Quirk("A LogoutRequest must be signed; the answer comes by POST, signed.", LOGOUT),
    Quirk("The metadata is not signed and shows one certificate, whichever is active.", CERTIFICATES),
)


def _windows(_app: RegisteredApp) -> Windows:
    return Windows(300, 300, 300)


def _signs(app: RegisteredApp) -> Signs:
    of = app.settings
    algorithm, digest = of["signature_algorithm"] == "RSA_SHA1", of["digest_algorithm"] == "SHA1"
    return Signs(
        response=bool(of["response_signed"]),
        assertion=bool(of["assertion_signed"]) or not of["response_signed"],
        signature="rsa-sha1" if algorithm else "rsa-sha256",
        digest="sha1" if digest else "sha256",
        errors=bool(of["error_response_signed"]),
    )


def _encrypts(app: RegisteredApp) -> Encrypts | None:
    if not app.settings["assertion_encrypted"]:
        return None
    block = app.settings["encryption_algorithm"].lower().replace("_", "-")
    oaep = app.settings["key_transport_algorithm"] == "RSA_OAEP"
    return Encrypts(block, "rsa-oaep-mgf1p" if oaep else "rsa-1_5")


def _value(identity: Identity, expression: str) -> str:
    """What an expression gives: `user.email`, `${user.email}` within text, or a text in quotation marks."""
    if quoted := re.fullmatch(r'"([^"]*)"', expression):
        return quoted[1]
    if named := re.fullmatch(r"(?:user|appuser)\.(\w+)", expression):
        return _field(identity, named[1])
    return re.sub(r"\$\{(?:user|appuser)\.(\w+)\}", lambda found: _field(identity, found[1]), expression)


def _field(identity: Identity, name: str) -> str:
    return identity.id if name == "id" else user_values(identity, {**PROFILE, "userName": "userName"}, name)


def _name_id(identity: Identity, app: RegisteredApp, _asked: str | None) -> NameId:
    style = FORMATS[app.settings["subject_name_id_format"]]
    value = _value(identity, app.settings["subject_name_id_template"])
    if style == PERSISTENT:
        value = sha256(f"{app.filled('{exk}')} {identity.id}".encode()).hexdigest()[:32]
    return NameId(value, style)


def _name_id_formats(app: RegisteredApp) -> tuple[str, ...]:
    return (FORMATS[app.settings["subject_name_id_format"]],)


def _attributes(identity: Identity, app: RegisteredApp) -> tuple[Attribute, ...]:
    """Attribute statements, then group statements; one that has no value, or no group that matches, is left out."""
    style = ATTRIBUTE_FORMATS + app.settings["attribute_name_format"]
    plain = {name: (_value(identity, str(of)),) for name, of in app.settings["attribute_statements"].items()}
    grouped = {
        name: tuple(group.name for group in identity.groups if _matches(group.name, str(of)))
        for name, of in app.settings["group_attribute_statements"].items()
    }
    stated = [*plain.items(), *grouped.items()]
    return tuple(Attribute(name, values, style, typed=True) for name, values in stated if any(values))


def _matches(name: str, filtered: str) -> bool:
    kind, _, value = filtered.partition(" ")
    match kind.lower().rstrip(":"):
        case "startswith":
            return name.startswith(value)
        case "equals":
            return name == value
        case "contains":
            return value in name
        case "regex":
            return _fullmatch(value, name)
    return False


def _fullmatch(pattern: str, name: str) -> bool:
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:
        return False


def _metadata(app: RegisteredApp, _id: str, certificates: tuple[bytes, ...]) -> str:
    wanted = app.settings["subject_name_id_format"]
    formats = [UNSPECIFIED, EMAIL] if wanted == "unspecified" else [FORMATS[wanted]]
    slo, sso = (escaped(app.filled(each)) for each in (LOOK.addresses.slo[0], LOOK.addresses.sso[0]))
    logout = [f'<md:SingleLogoutService Binding="{each}" Location="{slo}"/>' for each in (POST, REDIRECT)]
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<md:EntityDescriptor entityID="{escaped(app.filled(LOOK.addresses.entity_id))}" ',
            'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">',
            f'<md:IDPSSODescriptor WantAuthnRequestsSigned="{str(_requires_signed(app)).lower()}" ',
            'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">',
            '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>',
            base64_lines(certificates[0], 76),
            "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
            *(logout if app.settings["allow_single_logout"] else ()),
            *(f"<md:NameIDFormat>{each}</md:NameIDFormat>" for each in formats),
            *(f'<md:SingleSignOnService Binding="{each}" Location="{sso}"/>' for each in (POST, REDIRECT)),
            "</md:IDPSSODescriptor></md:EntityDescriptor>",
        ]
    )


def _requires_signed(app: RegisteredApp) -> bool:
    return bool(app.settings["request_must_be_signed"])


LOOK = SamlLook(
    certificate=CertificateLook(
        (
            ("C", "US"),
            ("ST", "California"),
            ("L", "San Francisco"),
            ("O", "Okta"),
            ("OU", "SSOProvider"),
            ("CN", "{org}"),
            ("emailAddress", "info@okta.com"),
        ),
        years=10,
        serial="milliseconds",
    ),
    writing=Writing(
        protocol="saml2p",
        assertion="saml2",
        signature="ds",
        declaration='<?xml version="1.0" encoding="UTF-8"?>',
        declared="sorted",
        redeclared=frozenset({"Status", "Issuer", "Subject", "Conditions", "AuthnStatement", "AttributeStatement"}),
        schema_on_response=("xs",),
        schema_on_assertion=("xs",),
        schema_on_value=("xs", "xsi"),
        wrap=76,
        inclusive=True,
        issuer_format=ENTITY,
    ),
    ids=Ids("id-digits"),
    addresses=Addresses(
        entity_id="http://www.okta.com/{exk}",
        sso=("{base}/app/{name}/{exk}/sso/saml",),
        slo=("{base}/app/{name}/{exk}/slo/saml",),
        metadata=("{base}/app/{exk}/sso/saml/metadata", "{base}/api/v1/apps/{app}/sso/saml/metadata"),
        launch=("{base}/home/{name}/{app}/{tile}",),
    ),
    windows=_windows,
    signs=_signs,
    encrypts=_encrypts,
    name_id=_name_id,
    name_id_formats=_name_id_formats,
    attributes=_attributes,
    audience=lambda app, asked: app.settings["audience"] or app.registration.entity_id or asked or "",
    authn_context=lambda app, _asked: CONTEXTS[app.settings["authn_context_class_ref"]],
    metadata=_metadata,
    logout_issuer=lambda _app: "http://www.okta.com/{exk}",
    force_authn=lambda app: bool(app.settings["honor_force_authn"]),
    requires_signed=_requires_signed,
    recipient=lambda app, acs: app.settings["recipient"] or acs,
    session_index="request",
    logout_bindings=("post", "redirect"),
    logout_must_be_signed=True,
    quirks=QUIRKS,
)
