"""The tracker, signed in to with the identity provider that plays, and how idpsim reaches it."""

from __future__ import annotations

from typing import Any

import idpsim
import pytest

from tracker import Settings, create_app

OWNER, TOKEN = "owner@example.com", "only for tests"


@pytest.fixture
def idpsim_target(idpsim_profile: str, idpsim_server: idpsim.Served) -> idpsim.Target:
    """In this process; the tracker itself reads discovery and keys from idpsim over HTTP."""
    settings = Settings(
        owner=OWNER,
        discovery_url=idpsim_server.discovery_url(idpsim_profile),
        client_id=idpsim_server.client_id(idpsim_profile),
        client_secret=idpsim_server.client_secret(idpsim_profile),
        scim_token=TOKEN,
        session_key="only for tests",
    )
    return idpsim.Target(create_app(settings), "/scim/v2", token=TOKEN)


@pytest.fixture(scope="session")
def idpsim_sso() -> dict[str, Any]:
    """Where a sign-in starts, where it comes back to, and where the tracker says who is signed in."""
    return {
        "protocol": "oidc",
        "login": "http://localhost/login",
        "oidc": {"redirect_uris": "http://localhost/callback"},
        "shows": {"url": "http://localhost/me", "at": "userName"},
        "prove_with": "owner",
    }


@pytest.fixture(scope="session")
def idpsim_directory() -> dict[str, Any]:
    """The owner proves that signing in works, before anybody is provisioned."""
    return {"people": {"owner": {"userName": OWNER, "givenName": "Olive", "familyName": "Owner"}}}


@pytest.fixture(scope="session")
def idpsim_settings() -> dict[str, dict[str, str]]:
    """OneLogin's switches as we ask our customers to set them: by default it leaves an account as it is."""
    return {"onelogin": {"on_removed": "suspend", "on_suspended": "suspend"}}
