"""What is entered at a service provider stands under the names of the vendor's own screens."""

from __future__ import annotations

import pytest

from idpsim.signon import Registration
from idpsim.sso.paste import pasted
from tests.sso.front import VENDORS, MemoryKeys, app

OWN = Registration()


@pytest.mark.parametrize("vendor", VENDORS)
def test_saml_comes_first_and_every_authorization_server_after(vendor: str) -> None:
    tenant = app(vendor)

    sections = pasted(tenant, MemoryKeys())

    assert [each.protocol for each in sections] == ["saml", *["oidc"] * len(tenant.sign_on.oidc.servers)]
    assert len({each.title for each in sections}) == len(sections)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_value_has_the_vendor_s_name_and_nothing_left_to_fill_in(vendor: str) -> None:
    tenant = app(vendor)

    rows = [row for section in pasted(tenant, MemoryKeys()) for row in section.rows]

    assert {row.name for row in rows} <= set(tenant.sign_on.terms.values())
    assert {row.key for row in rows} == set(tenant.sign_on.terms)
    assert all(row.value and "{" not in row.value.replace("{tenantid}", "") for row in rows)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_client_that_the_service_provider_has_is_the_one_shown(vendor: str) -> None:
    oidc = pasted(app(vendor), MemoryKeys())[1]

    assert (oidc.value("client_id"), oidc.value("client_secret")) == ("a-client", "a-client-secret")


@pytest.mark.parametrize("vendor", VENDORS)
def test_otherwise_the_client_is_the_vendor_s_own(vendor: str) -> None:
    tenant = app(vendor, OWN)

    oidc = pasted(tenant, MemoryKeys())[1]

    assert oidc.value("client_id") == tenant.ids[tenant.sign_on.oidc.client]
    assert oidc.value("client_secret") == "secret-of-idpsim"


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_secret_is_marked_and_never_in_a_repr(vendor: str) -> None:
    sections = pasted(app(vendor), MemoryKeys())

    assert {row.key for each in sections for row in each.rows if row.secret} == {"client_secret"}
    assert {row.key for each in sections for row in each.rows if row.long} == {"certificate"}
    assert "a-client-secret" not in repr(sections)


def test_what_a_section_has_not_is_empty() -> None:
    assert pasted(app("okta"), MemoryKeys())[0].value("client_secret") == ""
