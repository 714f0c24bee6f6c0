"""OpenID Connect clients that idpsim did not write sign in at every vendor's authorization servers."""

from __future__ import annotations

import pytest

from tests.e2e.signing import trail, visitor
from tests.e2e.verifying import (
    OIDC_SERVERS,
    Running,
    oidc_settings,
    who,
)


@pytest.mark.parametrize("server", OIDC_SERVERS)
def test_openid_client_signs_in_with_pkce_refreshes_and_leaves(running: Running, server: str) -> None:
    vendor, sp = OIDC_SERVERS[server][0], running.oidc("openid-client")
    sp.enter(vendor, server, **oidc_settings(vendor))

    with visitor(sp.hosted, vendor) as browser:
        browser.go(sp.site.at(server, "login"))
        me = who(sp, browser, server)
        if me["refreshable"]:
            browser.go(sp.site.at(server, "refresh"))
        refreshed = who(sp, browser, server)
        left = browser.go(sp.site.at(server, "logout"))
        log = f"{trail(browser)}\n{sp.said()}"
        after = browser.go(sp.site.at(server, "me"))

    assert me["userinfo"]["sub"] == me["claims"]["sub"]
    assert me["userinfo"].get("name") == "Ada Lovelace"
    assert me["refreshable"]
    assert (refreshed["refreshed"], left.status, after.status) == (1, 200, 401), log
    assert left.json == {"left": True}


@pytest.mark.parametrize("server", OIDC_SERVERS)
def test_openid_client_takes_the_key_that_rotation_brings(running: Running, server: str) -> None:
    vendor, sp = OIDC_SERVERS[server][0], running.oidc("openid-client")
    sp.enter(vendor, server, **oidc_settings(vendor))
    names = []
    try:
        for _ in range(2):
            with visitor(sp.hosted, vendor) as browser:
                browser.go(sp.site.at(server, "login"))
                names.append(who(sp, browser, server)["userinfo"]["name"])
            sp.hosted.provider.roll(vendor, sp.label, "oidc")
    finally:
        if len(names) == 1:
            sp.hosted.provider.roll(vendor, sp.label, "oidc")

    assert names == ["Ada Lovelace"] * 2


@pytest.mark.parametrize("server", OIDC_SERVERS)
@pytest.mark.parametrize("auth", ["basic", "none"])
def test_openid_client_authenticates_in_other_ways(running: Running, auth: str, server: str) -> None:
    vendor, sp, name = OIDC_SERVERS[server][0], running.oidc("openid-client"), f"{server}-{auth}"
    sp.enter(vendor, name, **oidc_settings(vendor, auth))

    with visitor(sp.hosted, vendor) as browser:
        browser.go(sp.site.at(name, "login"))
        me = who(sp, browser, name)

    assert me["userinfo"]["name"] == "Ada Lovelace"


@pytest.mark.parametrize(
    ("server", "scope"), [("okta-default", "api"), ("entra", "{}/.default"), ("onelogin", "profile")]
)
def test_openid_client_gets_a_token_for_itself(running: Running, server: str, scope: str) -> None:
    vendor, sp = OIDC_SERVERS[server][0], running.oidc("openid-client")
    sp.enter(vendor, server, **oidc_settings(vendor))
    asked = scope.format(f"api://{sp.hosted.pasted(vendor, sp.label, 'oidc')['client_id']}")

    with visitor(sp.hosted, vendor) as browser:
        found = browser.go(f"{sp.site.at(server, 'client')}?scope={asked}")

    assert found.status == 200, trail(browser)
    assert found.json["answer"]["token_type"].lower() == "bearer"


@pytest.mark.parametrize("server", OIDC_SERVERS)
def test_mod_auth_openidc_signs_in_and_leaves(running: Running, server: str) -> None:
    vendor, sp = OIDC_SERVERS[server][0], running.oidc("mod-auth-openidc", server)
    sp.enter(vendor, server, **oidc_settings(vendor))

    with visitor(sp.hosted, vendor) as browser:
        browser.go(sp.site.at(server, "login"))
        me = who(sp, browser, server)
        left = browser.go(sp.site.at(server, "logout"))
        log = f"{trail(browser)}\n{sp.said()}"
        after = browser.go(sp.site.at(server, "me"))

    assert me["userinfo"]["name"] == "Ada Lovelace"
    assert (left.status, after.status) == (200, 401), log
    assert left.json == {"left": True}
