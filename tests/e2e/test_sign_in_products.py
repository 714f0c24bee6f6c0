"""Products with sign-in and SCIM together: whom SCIM has made signs in, a leaver does not."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.e2e.signing import VENDORS, Opened, somebody, trail, visitor
from tests.e2e.verifying import (
    ALWAYS,
    Running,
    oidc_settings,
    who,
)
from tests.service_providers.running import why_not


def scim(sp: Opened, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """One SCIM request of the identity provider, which must be answered 2xx."""
    head = {"Authorization": f"Bearer {sp.site.token}", "Content-Type": "application/scim+json"}
    answer = requests.request(method, f"{sp.site.scim}{path}", json=body, headers=head, timeout=10)
    assert answer.ok, answer.text
    return dict(answer.json()) if answer.content else {}


def provisioned(sp: Opened, key: str) -> str:
    """The id of a person whom SCIM has just made, under a family name that no sign-in says."""
    name = f"{key}@example.com"
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name,
        "externalId": key,
        "name": {"givenName": key.title(), "familyName": "Provisioned"},
        "emails": [{"value": name, "type": "work", "primary": True}],
        "active": True,
    }
    return str(scim(sp, "POST", "/Users", body)["id"])


def deactivated(sp: Opened, id: str) -> None:
    """Take a person's access away."""
    schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    operation = {"op": "replace", "path": "active", "value": False}
    scim(sp, "PATCH", f"/Users/{id}", {"schemas": schemas, "Operations": [operation]})


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("protocol", ["saml", "oidc"])
def test_better_auth_signs_in_whom_scim_has_made_and_no_leaver(running: Running, protocol: str, vendor: str) -> None:
    sp, name, person = running.product("better-auth-sso"), f"{vendor}-{protocol}", somebody(f"{protocol}-{vendor}")
    sp.enter(vendor, name, **ALWAYS[vendor], **oidc_settings(vendor))
    id = provisioned(sp, person.key)

    with visitor(sp.hosted, vendor, person) as browser:
        browser.go(sp.site.at(name, "login"))
        me = who(sp, browser, name)
        deactivated(sp, id)
        live = browser.go(sp.site.at(name, "me")).status
        again = browser.go(sp.site.at(name, "login"))

    assert (me["user"], me["name"]) == (person.userName, f"{person.key.title()} Provisioned")
    assert live == 401
    assert (again.status, again.json["refused"]) == (403, "deprovisioned"), trail(browser)


@pytest.mark.parametrize("protocol", ["saml", "oidc"])
def test_better_auth_gives_scim_the_account_that_a_sign_in_has_made(running: Running, protocol: str) -> None:
    sp, name, person = running.product("better-auth-sso"), f"okta-{protocol}", somebody(f"early-{protocol}")
    sp.enter("okta", name, **ALWAYS["okta"], **oidc_settings("okta"))

    with visitor(sp.hosted, "okta", person) as browser:
        browser.go(sp.site.at(name, "login"))
        made = who(sp, browser, name)
        provisioned(sp, person.key)
        browser.go(sp.site.at(name, "login"))
        again = who(sp, browser, name)

    assert again["id"] == made["id"]
    assert (made["name"], again["name"]) == ("Ada Lovelace", f"{person.key.title()} Provisioned")


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("protocol", ["saml", "oidc"])
def test_django_signs_in_whom_scim_has_made_and_no_leaver(running: Running, protocol: str, vendor: str) -> None:
    if protocol == "saml" and (reason := why_not("xmlsec1")):
        pytest.skip(reason)
    sp, person = running.django(vendor, protocol), somebody("grace", "Grace", "Hopper")
    sp.enter(vendor, protocol, **ALWAYS[vendor], **oidc_settings(vendor))
    id = provisioned(sp, person.key)

    with visitor(sp.hosted, vendor, person) as browser:
        browser.go(sp.site.at(protocol, "login"))
        me = who(sp, browser, protocol)
        deactivated(sp, id)
        live = browser.go(sp.site.at(protocol, "me")).status
        again = browser.go(sp.site.at(protocol, "login"))

    assert (me["user"], me["id"]) == (person.userName, id)
    assert again.status == 403, trail(browser)
    # mozilla-django-oidc reads the session's user without a look at is_active, as Django's own backend has.
    assert live == (200 if protocol == "oidc" else 401)
