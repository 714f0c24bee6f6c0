"""The SAML switches of an Entra enterprise app, by the names of its screens, and where their meaning is said."""

from __future__ import annotations

from idpsim.provisioning.settings import Setting

_PLATFORM = "https://learn.microsoft.com/en-us/entra/identity-platform/"
_APPS = "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/"
PROTOCOL = _PLATFORM + "single-sign-on-saml-protocol"
METADATA = _PLATFORM + "federation-metadata"
SIGN_OUT = _PLATFORM + "single-sign-out-saml-protocol"
TOKENS = _PLATFORM + "reference-saml-tokens"
ERRORS = _PLATFORM + "reference-error-codes"
CLAIMS = _PLATFORM + "saml-claims-customization"
SIGNING = _APPS + "certificate-signing-options"
ROLLOVER = _APPS + "tutorial-manage-certificates-for-federated-single-sign-on"
ENCRYPTION = _APPS + "howto-saml-token-encryption"
SIGNED_REQUESTS = _APPS + "howto-enforce-signed-saml-authentication"
CAPTURE = "https://github.com/n8n-io/n8n"

SOURCES = {
    "user.userprincipalname": "userName",
    "user.mail": "email",
    "user.othermail": "secondEmail",
    "user.givenname": "givenName",
    "user.surname": "familyName",
    "user.displayname": "displayName",
    "user.mailnickname": "alias",
    "user.jobtitle": "title",
    "user.department": "department",
    "user.companyname": "organization",
    "user.employeeid": "employeeNumber",
    "user.telephonenumber": "phone",
    "user.mobilephone": "mobile",
    "user.streetaddress": "street",
    "user.city": "city",
    "user.state": "region",
    "user.postalcode": "postalCode",
    "user.country": "country",
    "user.preferredlanguage": "preferredLanguage",
}

SETTINGS = {
    "signing_option": Setting(
        "sign_assertion",
        "Signing Option: sign SAML assertion, sign SAML response, or both",
        ("sign_assertion", "sign_response", "sign_both"),
        SIGNING,
    ),
    "signing_algorithm": Setting("SHA-256", "Signing Algorithm", ("SHA-256", "SHA-1"), SIGNING),
    "sign_error_response": Setting(
        False, "sign the Response that says why nobody was signed in; no capture", source=PROTOCOL
    ),
    "logout_issuer": Setting(
        "sts.windows.net",
        "who answers a LogoutRequest: the issuer of sign-ins, as the documentation's own example shows it and without "
        "which no service provider accepts the answer, or the one that its text names",
        ("sts.windows.net", "login.microsoftonline.com"),
        SIGN_OUT,
    ),
    "token_encryption": Setting(False, "Token encryption, where there is a certificate for it", source=ENCRYPTION),
    "name_id_source": Setting(
        "user.userprincipalname", "Unique User Identifier (Name ID): the source attribute", source=CLAIMS
    ),
    "name_id_format": Setting(
        "emailAddress",
        "Name identifier format, where the request does not name one",
        ("emailAddress", "persistent", "unspecified", "transient"),
        CLAIMS,
    ),
    "name_id_unspecified": Setting(
        "source",
        "what a request for an unspecified Name ID is given: the source attribute, as captured, or a pairwise "
        "identifier, as documented",
        ("source", "pairwise"),
        PROTOCOL,
    ),
    "saml_group_claims": Setting(
        "none", "Group Claims: the groups that are returned in the claim", ("none", "all"), CLAIMS
    ),
    "saml_group_source": Setting(
        "group_id", "Group Claims: Source attribute", ("group_id", "cloud_displayname"), CLAIMS
    ),
    "saml_app_roles": Setting(
        {}, "app roles: each group's display name with the role value that it is assigned to", source=TOKENS
    ),
    "saml_additional_claims": Setting(
        {}, "additional claims: each name with its source, such as department: user.department", source=CLAIMS
    ),
    "require_verification_certificates": Setting(
        False, "Require verification certificates: unsigned requests are refused", source=SIGNED_REQUESTS
    ),
}
