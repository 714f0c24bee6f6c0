"""OneLogin's SAML 2.0, as a SAML Custom Connector speaks it."""

from __future__ import annotations

from hashlib import sha256

from idpsim.profiles.onelogin.saml_settings import ADVANCED, CAPTURE, FIELDS, GUIDE, METADATA, SETTINGS
from idpsim.signon import Identity
from idpsim.signon.markup import base64_lines, escaped
from idpsim.signon.saml import (
    ATTRIBUTE_FORMATS,
    CLASSES,
    EMAIL,
    PERSISTENT,
    POST,
    REDIRECT,
    SOAP,
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
    SignatureName,
    Signs,
    Windows,
    Writing,
    user_values,
)
from idpsim.wire import Quirk

__all__ = ["LOOK", "SETTINGS"]

FORMATS = {"Email": EMAIL, "Unspecified": UNSPECIFIED, "Persistent": PERSISTENT, "Transient": TRANSIENT}
SIGNATURES: dict[str, SignatureName] = {
    "SHA-1": "rsa-sha1",
    "SHA-256": "rsa-sha256",
    "SHA-384": "rsa-sha384",
    "SHA-512": "rsa-sha512",
}

QUIRKS = (
    Quirk(
        "One element is signed, Assertion or Response, whichever the connector names; the ID of it is pfx….", CAPTURE
    ),
    Quirk("The entity id is the URL of the metadata, at a host that is not the account's.", METADATA),
    Quirk("The path of the sign-in URL says http-post for the Redirect binding as well.", METADATA),
    Quirk("The single logout URL has the connector's number even where all else has its UUID.", METADATA),
    Quirk("Windows are 3 minutes wide to either side, and times have no fraction.", CAPTURE),
    Quirk("AuthnInstant is a second before the moment of issue.", CAPTURE),
    Quirk("AuthnStatement says SessionNotOnOrAfter, a day ahead.", CAPTURE),
    Quirk("An attribute without a value is sent with an empty AttributeValue.", CAPTURE),
    Quirk("The order of attributes is another each time.", CAPTURE),
    Quirk("The ACS URL is checked against a regular expression, where the connector has one.", ADVANCED),
    Quirk("The certificate itself is signed with SHA-1, and is the account's, not the app's.", GUIDE),
)


def _windows(app: RegisteredApp) -> Windows:
    of = app.settings
    before, after = 60.0 * of["saml_not_valid_before"], 60.0 * of["saml_not_valid_on_or_after"]
    return Windows(before, after, after, session=60.0 * of["saml_session_not_on_or_after"])


def _signs(app: RegisteredApp) -> Signs:
    element, algorithm = app.settings["saml_signature_element"], app.settings["saml_signature_algorithm"]
    return Signs(
        response=element != "Assertion",
        assertion=element != "Response",
        signature=SIGNATURES[algorithm],
        digest=algorithm.lower().replace("-", ""),
        errors=bool(app.settings["saml_sign_error_response"]),
    )


def _encrypts(app: RegisteredApp) -> Encrypts | None:
    if not app.settings["saml_encrypt_assertion"]:
        return None
    _, bits, mode = app.settings["saml_encryption_method"].lower().split("-")
    return Encrypts(f"aes{bits}-{mode}")  # type: ignore[arg-type]


def _name_id(identity: Identity, app: RegisteredApp, _asked: str | None) -> NameId:
    style = FORMATS[app.settings["saml_nameid_format"]]
    if style == PERSISTENT:
        return NameId(sha256(f"{app.filled('{id}')} {identity.id}".encode()).hexdigest()[:40], style)
    return NameId(user_values(identity, FIELDS, app.settings["saml_nameid_value"]), style)


def _attributes(identity: Identity, app: RegisteredApp) -> tuple[Attribute, ...]:
    stated = app.settings["saml_parameters"].items()
    style = f"{ATTRIBUTE_FORMATS}basic"
    return tuple(Attribute(name, _values(identity, str(of)), style, typed=True) for name, of in stated)


def _values(identity: Identity, of: str) -> tuple[str, ...]:
    if of == "roles":
        return tuple(each.name for each in identity.groups) or ("",)
    return (identity.id if of == "id" else user_values(identity, FIELDS, of),)


def _metadata(app: RegisteredApp, _id: str, certificates: tuple[bytes, ...]) -> str:
    at, logout = LOOK.addresses, app.settings["saml_single_logout"]
    post, slo = escaped(app.filled(at.sso[0])), escaped(app.filled(at.slo[0]))
    soap = escaped(app.filled("{base}/trust/saml2/soap/sso/{id}"))
    services = [f'    <SingleLogoutService Binding="{REDIRECT}" Location="{slo}"/>'] if logout else []
    services += [
        f"{'  ' * (3 if logout else 2)}<NameIDFormat>{FORMATS[app.settings['saml_nameid_format']]}</NameIDFormat>"
    ]
    services += [
        f'    <SingleSignOnService Binding="{binding}" Location="{location}"/>'
        for binding, location in ((REDIRECT, post), (POST, post), (SOAP, soap))
    ]
    return _DOCUMENT.format(
        entity_id=escaped(app.filled(at.entity_id)),
        certificate=base64_lines(certificates[0], 64),
        services="\n".join(services),
    )


_DOCUMENT = """\
<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity_id}">
  <IDPSSODescriptor xmlns:ds="http://www.w3.org/2000/09/xmldsig#" \
protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data>
          <ds:X509Certificate>{certificate}</ds:X509Certificate>
        </ds:X509Data>
      </ds:KeyInfo>
    </KeyDescriptor>
{services}
  </IDPSSODescriptor>
  <ContactPerson contactType="technical">
    <SurName>Support</SurName>
    <EmailAddress>support@onelogin.com</EmailAddress>
  </ContactPerson>
</EntityDescriptor>
"""

LOOK = SamlLook(
    certificate=CertificateLook(
        (("C", "US"), ("O", "{sub}"), ("OU", "OneLogin IdP"), ("CN", "OneLogin Account")),
        years=5,
        digest="sha1",
        extensions=True,
        shared=True,
    ),
    writing=Writing(
        protocol="samlp",
        assertion="saml",
        signature="ds",
        assertion_on_response=True,
        redeclared=frozenset({"Assertion"}),
        schema_on_assertion=("xs", "xsi"),
        schema_on_value=("xsi",),
        orders={
            "Response": ("ID", "Version", "IssueInstant", "Destination", "InResponseTo"),
            "Assertion": ("Version", "ID", "IssueInstant"),
            "SubjectConfirmationData": ("NotOnOrAfter", "Recipient", "InResponseTo"),
            "AuthnStatement": ("AuthnInstant", "SessionNotOnOrAfter", "SessionIndex"),
        },
        milliseconds=False,
    ),
    ids=Ids("_uuid", response="R-hex", assertion="A-hex", signed="pfx-uuid"),
    addresses=Addresses(
        entity_id="https://app.onelogin.com/saml/metadata/{id}",
        sso=("{base}/trust/saml2/http-post/sso/{id}", "{base}/trust/saml2/http-redirect/sso/{id}"),
        slo=("{base}/trust/saml2/http-redirect/slo/{number}",),
        metadata=("{base}/saml/metadata/{id}",),
        launch=("{base}/launch/{id}",),
    ),
    windows=_windows,
    signs=_signs,
    encrypts=_encrypts,
    name_id=_name_id,
    name_id_formats=lambda _app: None,
    attributes=_attributes,
    audience=lambda app, asked: app.settings["saml_audience"] or app.registration.entity_id or asked or "",
    authn_context=lambda _app, _asked: f"{CLASSES}PasswordProtectedTransport",
    metadata=_metadata,
    logout_issuer=lambda _app: "https://app.onelogin.com/saml/metadata/{id}",
    force_authn=lambda _app: True,
    requires_signed=lambda app: bool(app.settings["saml_validate_signed_requests"]),
    recipient=lambda app, acs: app.settings["saml_recipient"] or acs,
    authn_instant="second-before",
    shuffled=True,
    signs_logout=lambda app, kind: bool(app.settings[f"saml_sign_slo_{kind}"]),
    quirks=QUIRKS,
)
