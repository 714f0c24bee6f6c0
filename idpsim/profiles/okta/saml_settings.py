"""The SAML switches of an Okta app, by the names of its screens and API, and where their meaning is said."""

from __future__ import annotations

from idpsim.provisioning.settings import Setting
from idpsim.signon.saml import CLASSES, EMAIL, PERSISTENT, TRANSIENT, UNSPECIFIED, X509_SUBJECT

API = "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/"
WIZARD = "https://help.okta.com/en-us/content/topics/apps/aiw-saml-reference.htm"
LOGOUT = "https://help.okta.com/en-us/content/topics/apps/apps_single_logout.htm"
CERTIFICATES = "https://help.okta.com/oie/en-us/Content/Topics/Apps/manage-signing-certificates.htm"
CAPTURE = "https://developer.harness.io/docs/platform/authentication/single-sign-on-saml/"

FORMATS = {
    "unspecified": UNSPECIFIED,
    "emailAddress": EMAIL,
    "x509SubjectName": X509_SUBJECT,
    "persistent": PERSISTENT,
    "transient": TRANSIENT,
}
CONTEXTS = {
    "PasswordProtectedTransport": f"{CLASSES}PasswordProtectedTransport",
    "Password": f"{CLASSES}Password",
    "unspecified": f"{CLASSES}unspecified",
    "TLSClient": f"{CLASSES}TLSClient",
    "X509": f"{CLASSES}X509",
    "integrated_windows": "urn:federation:authentication:windows",
    "Kerberos": f"{CLASSES}Kerberos",
}
BLOCKS = ("AES128_CBC", "AES256_CBC", "AES128_GCM", "AES256_GCM")
PROFILE = {
    "login": "userName",
    "email": "email",
    "secondEmail": "secondEmail",
    "firstName": "givenName",
    "middleName": "middleName",
    "lastName": "familyName",
    "displayName": "displayName",
    "nickName": "nickName",
    "title": "title",
    "userType": "userType",
    "department": "department",
    "division": "division",
    "organization": "organization",
    "costCenter": "costCenter",
    "employeeNumber": "employeeNumber",
    "manager": "manager",
    "primaryPhone": "phone",
    "mobilePhone": "mobile",
    "streetAddress": "street",
    "city": "city",
    "state": "region",
    "zipCode": "postalCode",
    "countryCode": "country",
    "preferredLanguage": "preferredLanguage",
    "locale": "locale",
    "timezone": "timezone",
}

SETTINGS = {
    "response_signed": Setting(True, "Response: signed", source=API),
    "assertion_signed": Setting(True, "Assertion Signature: signed; one of the two always is", source=API),
    "signature_algorithm": Setting("RSA_SHA256", "Signature Algorithm", ("RSA_SHA256", "RSA_SHA1"), API),
    "digest_algorithm": Setting("SHA256", "Digest Algorithm", ("SHA256", "SHA1"), API),
    "error_response_signed": Setting(
        True, "sign the Response that says why nobody was signed in; no capture", source=WIZARD
    ),
    "assertion_encrypted": Setting(False, "Assertion Encryption, where there is a certificate for it", source=WIZARD),
    "encryption_algorithm": Setting("AES256_CBC", "Encryption Algorithm", BLOCKS, WIZARD),
    "key_transport_algorithm": Setting("RSA_OAEP", "Key Transport Algorithm", ("RSA_OAEP", "RSA_1_5"), WIZARD),
    "honor_force_authn": Setting(True, "Honor Force Authentication", source=API),
    "subject_name_id_format": Setting("unspecified", "Name ID format", tuple(FORMATS), API),
    "subject_name_id_template": Setting("${user.userName}", "Application username: what the Name ID holds", source=API),
    "authn_context_class_ref": Setting(
        "PasswordProtectedTransport", "Authentication context class", tuple(CONTEXTS), API
    ),
    "attribute_statements": Setting(
        {}, "attribute statements: each Name with its value, such as email: user.email", source=WIZARD
    ),
    "group_attribute_statements": Setting(
        {},
        "group attribute statements: each Name with its filter, startsWith, equals, contains or regex, such as "
        "groups: 'startsWith Eng'",
        source=WIZARD,
    ),
    "attribute_name_format": Setting(
        "unspecified", "Name format of all attribute statements", ("unspecified", "basic", "uri"), WIZARD
    ),
    "audience": Setting("", "Audience URI (SP Entity ID), where it is not the entity id", source=API),
    "recipient": Setting("", "Recipient URL, where it is not the single sign-on URL", source=API),
    "request_must_be_signed": Setting(False, "Signed Requests: validate them with signature certificates", source=API),
    "allow_single_logout": Setting(False, "Enable Single Logout", source=LOGOUT),
}
