"""Another site's page cannot sign its visitor in at the identity provider as somebody of its choice."""

from __future__ import annotations

import pytest

from tests.sso.front import BASE
from tests.sso.hosting import browser, get, launch, pending, provider


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:8000"},
        {"Origin": "https://evil.test"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_a_form_of_another_site_signs_nobody_in(headers: dict[str, str]) -> None:
    idp = provider()
    client = browser(idp)
    fields = {"pending": pending(get(client, launch(idp))), "person": "ada@example.com"}

    page = client.post("/login", data=fields, headers=headers, base_url=BASE)

    assert page.status_code == 403
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin", "Origin": BASE}, {"Sec-Fetch-Site": "none"}, {"Origin": BASE}],
    ids=str,
)
def test_our_own_form_does(headers: dict[str, str]) -> None:
    idp = provider()
    client = browser(idp)
    fields = {"pending": pending(get(client, launch(idp))), "person": "ada@example.com"}

    page = client.post("/login", data=fields, headers=headers, base_url=BASE)

    assert page.status_code == 200
    assert "Set-Cookie" in page.headers
