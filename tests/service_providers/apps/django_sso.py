"""The Django project with django-scim2, and sign-in by mozilla-django-oidc or djangosaml2: whom SCIM has made signs in.

One connection. People are found by userName; who is unknown is created at the first sign-in. djangosaml2 (pysaml2)
calls the xmlsec1 binary.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, os.path.dirname(__file__))
import django_scim2 as project
from django.conf import settings

((NAME, CONNECTION),) = json.loads(Path(os.environ["SP_CONNECTIONS"]).read_text()).items()
BASE = f"http://127.0.0.1:{project.PORT}/{NAME}"
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"


def discovered() -> dict[str, str]:
    """The endpoints, as an administrator copies them: mozilla-django-oidc does no discovery."""
    with urllib.request.urlopen(f"{CONNECTION['issuer']}/.well-known/openid-configuration", timeout=10) as response:
        return json.load(response)


def leaves_too(request) -> str:
    """Where the identity provider ends its session."""
    hint = request.session.get("oidc_id_token", "")
    query = {"id_token_hint": hint, "post_logout_redirect_uri": f"{BASE}/left", "state": "out"}
    return f"{settings.OIDC_OP_LOGOUT_ENDPOINT}?{urlencode(query)}"


def oidc() -> dict:
    found = discovered()
    return {
        "AUTHENTICATION_BACKENDS": ["django_sso_backend.ByUserName"],
        "OIDC_RP_CLIENT_ID": CONNECTION["client_id"],
        "OIDC_RP_CLIENT_SECRET": CONNECTION["client_secret"],
        "OIDC_RP_SCOPES": CONNECTION["scope"],
        "OIDC_RP_SIGN_ALGO": "RS256",
        "OIDC_USE_PKCE": True,
        "OIDC_STORE_ID_TOKEN": True,
        "OIDC_TOKEN_USE_BASIC_AUTH": CONNECTION["client_auth"] == "basic",
        "OIDC_OP_AUTHORIZATION_ENDPOINT": found["authorization_endpoint"],
        "OIDC_OP_TOKEN_ENDPOINT": found["token_endpoint"],
        "OIDC_OP_USER_ENDPOINT": found["userinfo_endpoint"],
        "OIDC_OP_JWKS_ENDPOINT": found["jwks_uri"],
        "OIDC_OP_LOGOUT_ENDPOINT": found["end_session_endpoint"],
        "OIDC_OP_LOGOUT_URL_METHOD": "django_sso.leaves_too",
        "ALLOW_LOGOUT_GET_METHOD": True,
        "LOGIN_REDIRECT_URL_FAILURE": "/refused",
    }


def saml() -> dict:
    services = {
        "assertion_consumer_service": [(f"{BASE}/acs/", f"{BINDINGS}HTTP-POST")],
        "single_logout_service": [
            (f"{BASE}/ls/", f"{BINDINGS}HTTP-Redirect"),
            (f"{BASE}/ls/post/", f"{BINDINGS}HTTP-POST"),
        ],
    }
    sp = {
        "name": "Django",
        "name_id_policy_format": CONNECTION["name_id_format"],
        "endpoints": services,
        "authn_requests_signed": CONNECTION["signs_requests"],
        "logout_requests_signed": True,
        "want_assertions_signed": CONNECTION["signed"] in ("assertion", "both"),
        "want_response_signed": CONNECTION["signed"] in ("response", "both"),
        "allow_unsolicited": CONNECTION["idp_initiated"],
        "signing_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
    }
    keys = {"key_file": CONNECTION["key"], "cert_file": CONNECTION["certificate"]}
    return {
        "AUTHENTICATION_BACKENDS": ["djangosaml2.backends.Saml2Backend"],
        "SAML_CONFIG": {
            "entityid": f"{BASE}/metadata",
            "allow_unknown_attributes": True,
            "service": {"sp": sp},
            "metadata": {"local": [CONNECTION["metadata"]]},
            "encryption_keypairs": [keys],
            **keys,
        },
        "SAML_USE_NAME_ID_AS_USERNAME": True,
        "SAML_DJANGO_USER_MAIN_ATTRIBUTE": "scim_username",
        "SAML_DJANGO_USER_MAIN_ATTRIBUTE_LOOKUP": "__iexact",
        "SAML_DEFAULT_BINDING": f"{BINDINGS}HTTP-{'POST' if CONNECTION['binding'] == 'post' else 'Redirect'}",
        "SAML_LOGOUT_REQUEST_PREFERRED_BINDING": f"{BINDINGS}HTTP-Redirect",
        "SAML_ATTRIBUTE_MAPPING": {},
        "SAML_CSP_HANDLER": "",
        "LOGOUT_REDIRECT_URL": f"/{NAME}/left",
        "SESSION_COOKIE_SECURE": True,
    }


if __name__ == "__main__":
    sys.modules["django_sso"] = sys.modules[__name__]
    in_saml = CONNECTION["protocol"] == "saml"
    for name, value in (saml() if in_saml else oidc()).items():
        setattr(settings, name, value)
    settings.ROOT_URLCONF = "django_sso_urls"
    settings.LOGIN_REDIRECT_URL = f"/{NAME}/me"
    settings.SESSION_COOKIE_NAME = "django_sessionid"
    settings.INSTALLED_APPS += ["django.contrib.sessions", "djangosaml2" if in_saml else "mozilla_django_oidc"]
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        *(["djangosaml2.middleware.SamlSessionMiddleware"] if in_saml else []),
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        *settings.MIDDLEWARE,
    ]
    project.run()
