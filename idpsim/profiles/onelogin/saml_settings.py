"""The SAML switches of a OneLogin connector, by the names of its screens, and where their meaning is said."""

from __future__ import annotations

from idpsim.provisioning.settings import Setting

ADVANCED = "https://support.workstars.com/hc/en-gb/articles/8166534041873"
GUIDE = "https://developers.onelogin.com/saml"
CAPTURE = "https://github.com/HewlettPackard/jupyterhub-samlauthenticator"
METADATA = "https://github.com/tngan/samlify/blob/master/docs/idp.md"

FIELDS = {
    "email": "email",
    "username": "userName",
    "firstname": "givenName",
    "lastname": "familyName",
    "phone": "phone",
    "title": "title",
    "department": "department",
    "company": "organization",
    "city": "city",
    "state": "region",
    "country": "country",
    "preferred_locale_code": "locale",
    "external_id": "employeeNumber",
    "display_name": "displayName",
}
FORMATS = ("Email", "Unspecified", "Persistent", "Transient")
SIGNATURES = ("SHA-1", "SHA-256", "SHA-384", "SHA-512")
BLOCKS = ("AES-256-CBC", "AES-192-CBC", "AES-128-CBC", "AES-256-GCM", "AES-128-GCM")

SETTINGS = {
    "saml_signature_element": Setting(
        "Assertion", "SAML signature element", ("Assertion", "Response", "Both"), ADVANCED
    ),
    "saml_signature_algorithm": Setting(
        "SHA-256",
        "SAML Signature Algorithm; a connector has SHA-1 until it is changed, as administrators are told to",
        SIGNATURES,
        ADVANCED,
    ),
    "saml_sign_error_response": Setting(
        False, "sign the Response that says why nobody was signed in; no capture", source=GUIDE
    ),
    "saml_nameid_format": Setting("Email", "SAML nameID format", FORMATS, ADVANCED),
    "saml_nameid_value": Setting(
        "email", "NameID value: a field of the user, such as email, username or custom.x", source=ADVANCED
    ),
    "saml_audience": Setting("", "Audience (EntityID), where it is not the entity id", source=ADVANCED),
    "saml_recipient": Setting(
        "", "Recipient, where it is not the ACS URL; captures show {recipient} where it was left empty", source=ADVANCED
    ),
    "acs_url_validator": Setting(
        "", "ACS (Consumer) URL Validator: a regular expression; empty for the registered URLs only", source=ADVANCED
    ),
    "saml_initiator": Setting("OneLogin", "SAML initiator", ("OneLogin", "Service Provider"), ADVANCED),
    "saml_not_valid_before": Setting(3, "SAML not valid before: minutes before the moment of issue", source=ADVANCED),
    "saml_not_valid_on_or_after": Setting(
        3, "SAML not valid on or after: minutes after the moment of issue", source=ADVANCED
    ),
    "saml_session_not_on_or_after": Setting(
        1440, "SAML sessionNotOnOrAfter: minutes after the moment of issue", source=ADVANCED
    ),
    "saml_encrypt_assertion": Setting(
        False, "SAML Encryption: encrypt assertion, where there is a certificate for it", source=ADVANCED
    ),
    "saml_encryption_method": Setting("AES-256-CBC", "SAML encryption method", BLOCKS, ADVANCED),
    "saml_single_logout": Setting(True, "the connector has a Single Logout URL", source=ADVANCED),
    "saml_sign_slo_request": Setting(False, "Sign SLO Request", source=ADVANCED),
    "saml_sign_slo_response": Setting(False, "Sign SLO Response", source=ADVANCED),
    "saml_validate_signed_requests": Setting(
        False, "refuse an AuthnRequest that is not signed; no capture", source=ADVANCED
    ),
    "saml_parameters": Setting(
        {
            "User.email": "email",
            "User.FirstName": "firstname",
            "User.LastName": "lastname",
            "memberOf": "roles",
            "PersonImmutableID": "external_id",
        },
        "parameters with Include in SAML assertion: each with the field of the user that it holds (roles: the names of "
        "all roles); a new Custom Connector (Advanced) has none",
        source=ADVANCED,
    ),
}
