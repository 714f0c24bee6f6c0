"""The identity provider as browsers meet it: its login page, its sessions, and what it does with strangers."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from idpsim.directory import person
from idpsim.signon import Attempt, Identity
from idpsim.sso.keys import Keys
from idpsim.sso.provider import IdentityProvider
from idpsim.sso.sessions import PENDING_SECONDS, SESSION_SECONDS
from tests.sso.hosting import (
    ACS,
    ADA,
    BASE,
    GRACE,
    VENDORS,
    Clock,
    browser,
    found,
    get,
    launch,
    pending,
    post,
    provider,
)

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
_PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'


def signed_in(page: TestResponse) -> bool:
    return page.status_code == 200 and f'action="{ACS}"' in page.text and 'name="SAMLResponse"' in page.text


def asked(page: TestResponse) -> bool:
    return 'id="idpsim-login"' in page.text


def cookies(page: TestResponse) -> list[str]:
    return page.headers.getlist("Set-Cookie")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_person_of_the_list_is_signed_in(vendor: str) -> None:
    idp = provider()
    client = browser(idp)
    page = get(client, launch(idp, vendor))

    answer = post(client, "/login", {"pending": pending(page), "person": "ada@example.com"})

    assert asked(page)
    assert signed_in(answer)


@pytest.mark.parametrize("name", ["ada@example.com", " ADA@Example.com "])
def test_a_name_with_any_password_is_signed_in(name: str) -> None:
    idp = provider()
    client = browser(idp)
    page = get(client, launch(idp))

    answer = post(client, "/login", {"pending": pending(page), "name": name, "password": "x"})

    assert signed_in(answer)


def test_an_e_mail_address_will_do_as_a_name() -> None:
    someone = Identity("1", person("ada", {"userName": "alovelace", "email": "ada@mail.test"}))
    idp = provider([someone])
    client = browser(idp)
    page = get(client, launch(idp))

    answer = post(client, "/login", {"pending": pending(page), "name": "ada@mail.test", "password": "x"})

    assert signed_in(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "nobody@example.com", "password": "x"}, "nobody here has this name"),
        ({"name": "ada@example.com", "password": ""}, "the password is missing"),
        ({"person": "nobody@example.com"}, "nobody here has this name"),
        ({"name": "", "password": ""}, "nobody here has this name"),
        ({"ticket": "junk"}, "this ticket has ended"),
        ({}, "nobody here has this name"),
    ],
)
def test_who_is_unknown_is_told_so_and_may_try_again(typed: dict[str, str], said: str) -> None:
    idp = provider()
    client = browser(idp)
    page = get(client, launch(idp))

    answer = post(client, "/login", {"pending": pending(page), **typed})

    assert answer.status_code == 401
    assert said in answer.text
    assert f'name="name" value="{typed.get("name", "")}"' in answer.text
    again = post(client, "/login", {"pending": pending(answer), "person": "ada@example.com"})
    assert signed_in(again)


def test_a_sign_in_is_finished_once() -> None:
    idp = provider()
    client = browser(idp)
    said = {"pending": pending(get(client, launch(idp))), "person": "ada@example.com"}
    post(client, "/login", said)

    again = post(client, "/login", said)

    assert again.status_code == 400
    assert "This sign-in has ended." in again.text


@pytest.mark.parametrize(("later", "status"), [(PENDING_SECONDS - 1, 200), (PENDING_SECONDS, 400)])
def test_a_sign_in_waits_for_fifteen_minutes(later: float, status: int) -> None:
    clock = Clock()
    idp = provider(clock=clock)
    client = browser(idp)
    page = get(client, launch(idp))
    clock.at += later

    answer = post(client, "/login", {"pending": pending(page), "person": "ada@example.com"})

    assert answer.status_code == status


@pytest.mark.parametrize("name", ["", "x", "\0", "é" * 3000])
def test_a_sign_in_that_never_began_has_ended(name: str) -> None:
    answer = post(browser(provider()), "/login", {"pending": name, "person": "ada@example.com"})

    assert answer.status_code == 400


def ticketed(ticket: str, idp: IdentityProvider, vendor: str = "okta") -> TestResponse:
    client = browser(idp)
    page = get(client, launch(idp, vendor))
    return post(client, "/login", {"pending": pending(page), "ticket": ticket})


def test_a_ticket_signs_in_somebody_whom_the_directory_does_not_have() -> None:
    idp = provider([])
    ticket = idp.ticket("okta", Attempt(ADA, "saml"))

    assert signed_in(ticketed(ticket, idp))


def test_a_ticket_of_other_keys_is_refused() -> None:
    idp, other = provider(), provider(keys=Keys())
    ticket = other.ticket("okta", Attempt(ADA, "saml"))

    answer = ticketed(ticket, idp)

    assert answer.status_code == 401
    assert cookies(answer) == []


def test_a_ticket_of_another_vendor_is_refused() -> None:
    idp = provider()
    ticket = idp.ticket("entra", Attempt(ADA, "saml"))

    assert ticketed(ticket, idp).status_code == 401


def test_a_ticket_that_has_ended_is_refused() -> None:
    clock = Clock()
    idp = provider(clock=clock)
    ticket = idp.ticket("okta", Attempt(ADA, "saml"))
    clock.at += 301

    assert ticketed(ticket, idp).status_code == 401


def test_a_command_is_no_ticket() -> None:
    from idpsim.sso import tickets

    idp = provider()
    claims = {"kind": "control", "vendor": "okta", "identity": tickets.written(ADA)}
    ticket = tickets.seal(claims, idp.keys.secret, idp.now())

    assert ticketed(ticket, idp).status_code == 401


def test_names_hints_and_everything_else_that_is_said_is_text() -> None:
    someone = Identity("1", person("eve", {"userName": EVIL, "displayName": f"Eve {EVIL}"}))
    idp = provider([someone])
    client = browser(idp)
    page = get(client, launch(idp))

    answer = post(client, "/login", {"pending": pending(page), "name": EVIL * 2, "password": EVIL})

    assert EVIL not in page.text + answer.text
    assert escape(EVIL).replace("&quot;", "&#34;") in page.text
    assert answer.status_code == 401


def test_a_hint_of_the_service_provider_comes_filled_in_as_text() -> None:
    idp = provider()
    oidc = found(idp, "okta")
    asks = {
        "client_id": "a-client",
        "redirect_uri": "https://sp.test/oidc/callback",
        "response_type": "code",
        "scope": "openid",
        "state": "s",
        "nonce": "n",
        "login_hint": EVIL,
    }
    url = oidc.filled(oidc.sign_on.oidc.servers[0].endpoints["authorize"])

    page = get(browser(idp), url, query_string=asks)

    assert asked(page)
    assert EVIL not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def pages(idp: IdentityProvider) -> list[TestResponse]:
    client = browser(idp)
    login = get(client, launch(idp))
    wrong = post(client, "/login", {"pending": pending(login), "name": "x", "password": "x"})
    posting = post(client, "/login", {"pending": pending(login), "person": "person-0@example.com"})
    return [login, wrong, posting, get(client, "/"), get(client, "/nowhere"), get(client, "/login")]


def test_no_page_has_a_script_or_a_style_that_the_policy_does_not_name() -> None:
    many = [Identity(str(n), person(f"p{n}", {"userName": f"person-{n}@example.com"})) for n in range(20)]

    found = pages(provider(many))

    for page in found:
        policy = page.headers["Content-Security-Policy"]
        nonces = re.findall(r"script-src 'nonce-([\w-]{16,})'", policy)
        assert len(nonces) == 1
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert all(f'nonce="{nonces[0]}"' in each for each in re.findall(r"<script[^>]*>", page.text))
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page.text)
        assert page.headers["Cache-Control"].startswith("no-")
        assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert sum("<script" in page.text for page in found) == 3


def test_a_nonce_is_used_once() -> None:
    idp = provider()
    client = browser(idp)

    policies = {get(client, "/").headers["Content-Security-Policy"] for _ in range(3)}

    assert len(policies) == 3


def test_a_form_that_leaves_says_where_it_comes_from() -> None:
    idp = provider()
    client = browser(idp)
    page = get(client, launch(idp))

    answer = post(client, "/login", {"pending": pending(page), "person": "ada@example.com"})

    assert answer.headers["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize("count", [8, 9])
def test_a_long_list_can_be_filtered_where_scripts_run(count: int) -> None:
    many = [Identity(str(n), person(f"p{n}", {"userName": f"person-{n}@example.com"})) for n in range(count)]
    idp = provider(many)

    page = get(browser(idp), launch(idp))

    assert page.text.count('<button name="person"') == count
    assert ("<script" in page.text) is (count > 8)
    assert ('id="filter" hidden' in page.text) is (count > 8)


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8765", "127.0.0.1:8765", "[::1]:8765", "192.0.2.7", "[2001:db8::1]:1", "idp.test:8765"],
)
def test_our_own_host_is_answered(host: str) -> None:
    client = browser(provider(base="http://idp.test:8765"))

    answer = client.get("/.idpsim", headers={"Host": host})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "2130706433", "", "[::1", "]", "a b", "[x]", "é", "@"],
)
@pytest.mark.parametrize("path", ["/", "/.idpsim", "/.idpsim/control", "/nowhere", "/.idpsim/style.css"])
def test_another_host_is_not_answered(host: str, path: str) -> None:
    client = browser(provider())

    answer = client.get(path, headers={"Host": host})

    assert answer.status_code == 421
    assert "idpsim" not in answer.text


def endpoints() -> list[tuple[str, str]]:
    """Every route that takes a POST, with something where it has a variable."""
    from idpsim.sso.web import build

    rules = build(provider()).url_map.iter_rules()
    return sorted({(re.sub(r"<[^>]+>", "x", rule.rule), rule.endpoint) for rule in rules if "POST" in rule.methods})


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
def test_a_body_of_ten_megabytes_is_read_nowhere(kind: str) -> None:
    idp = provider()
    client = browser(idp)
    addresses = {path for path, _ in endpoints()}
    addresses |= {found(idp, vendor).filled(found(idp, vendor).sign_on.saml.addresses.sso[0]) for vendor in VENDORS}

    statuses = {path: post(client, path, b"SAMLRequest=" + b"a" * 10_000_000, content_type=kind) for path in addresses}

    assert len(addresses) > 10
    assert {path: each.status_code for path, each in statuses.items() if not 400 <= each.status_code < 500} == {}
    assert {statuses["/login"].status_code, statuses["/.idpsim/control"].status_code} <= {413, 400}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"&" * 100_000, "application/x-www-form-urlencoded"),
        (b"\xff\xfe=%00&a", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
        (_PART * 500, "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"", "multipart/form-data"),
    ],
)
def test_nothing_breaks_on_odd_bodies(body: bytes, kind: str) -> None:
    client = browser(provider())

    statuses = {path: post(client, path, body, content_type=kind).status_code for path, _ in endpoints()}

    assert {path: status for path, status in statuses.items() if status >= 500} == {}


@pytest.mark.parametrize(
    ("base", "wanted"),
    [
        ("http://localhost:8765", ("Secure", "SameSite=None")),
        ("http://127.0.0.1:8765", ("Secure", "SameSite=None")),
        ("https://idp.test", ("Secure", "SameSite=None")),
        ("http://idp.test:8765", ("SameSite=Lax",)),
    ],
)
def test_the_session_s_cookie_is_kept_as_far_as_browsers_allow(base: str, wanted: tuple[str, ...]) -> None:
    idp = provider(base=base)
    client = browser(idp)
    page = get(client, launch(idp), base)

    answer = post(client, "/login", {"pending": pending(page), "person": "ada@example.com"}, base)

    [cookie] = cookies(answer)
    name, _, rest = cookie.partition("=")
    assert name == "idpsim_okta_session"
    assert set(rest.split("; ")[1:]) == {"HttpOnly", "Path=/", *wanted}
    assert len(rest.split(";")[0]) >= 32


def sign_in(idp: IdentityProvider, client: Any, vendor: str, who: str = "ada@example.com") -> TestResponse:
    page = get(client, launch(idp, vendor))
    return post(client, "/login", {"pending": pending(page), "person": who})


def test_the_second_time_nobody_is_asked() -> None:
    idp = provider()
    client = browser(idp)
    sign_in(idp, client, "okta")

    again = get(client, launch(idp))

    assert signed_in(again)


@pytest.mark.parametrize(("here", "there"), [("okta", "entra"), ("entra", "onelogin"), ("onelogin", "okta")])
def test_who_is_signed_in_at_one_vendor_is_not_at_another(here: str, there: str) -> None:
    idp = provider()
    client = browser(idp)
    cookie = cookies(sign_in(idp, client, here))[0].split(";")[0].partition("=")[2]

    elsewhere = get(client, launch(idp, there))

    assert asked(elsewhere)
    client.set_cookie(f"idpsim_{there}_session", cookie, domain="localhost")
    assert asked(get(client, launch(idp, there)))


def test_a_session_ends_after_twelve_hours() -> None:
    clock = Clock()
    idp = provider(clock=clock)
    client = browser(idp)
    sign_in(idp, client, "okta")
    clock.at += SESSION_SECONDS

    assert asked(get(client, launch(idp)))


@pytest.mark.parametrize("cookie", ["", "x", "\x7f", "é" * 100])
def test_a_cookie_of_nobody_s_is_none(cookie: str) -> None:
    idp = provider()
    client = browser(idp)
    client.set_cookie("idpsim_okta_session", cookie, domain="localhost")

    assert asked(get(client, launch(idp)))


@pytest.mark.parametrize("vendor", VENDORS)
def test_who_signs_out_is_asked_again(vendor: str) -> None:
    idp = provider(registration=replace(idp_registration(), slo=None))
    client = browser(idp)
    sign_in(idp, client, vendor)

    out = get(client, f"/.idpsim/logout/{vendor}")

    assert out.status_code == 200
    assert asked(get(client, launch(idp, vendor)))


def idp_registration() -> Any:
    from tests.sso.front import REGISTRATION

    return REGISTRATION


def test_there_is_nobody_to_sign_out_at_a_vendor_that_is_none() -> None:
    assert get(browser(provider()), "/.idpsim/logout/nobody").status_code == 404


def test_the_page_about_it_says_what_another_idpsim_needs() -> None:
    from idpsim import __version__

    answer = get(browser(provider()), "/.idpsim")

    assert answer.json == {"idpsim": __version__, "base": BASE, "kept": False, "run": False}


def test_home_has_every_value_under_the_vendor_s_own_name() -> None:
    from idpsim.sso.paste import pasted

    idp = provider()

    page = get(browser(idp), "/")

    for vendor in VENDORS:
        app = found(idp, vendor)
        assert f"<h2>{app.sign_on.title}: idpsim</h2>" in page.text
        for section in pasted(app, idp.keys):
            for row in section.rows:
                assert f"<dt>{escape(row.name)}</dt>" in page.text
                assert escape(row.value) in page.text


def test_home_shows_secrets_and_certificates_to_those_who_ask() -> None:
    page = get(browser(provider()), "/").text

    outside = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    assert "a-client-secret" in page
    assert "a-client-secret" not in outside
    assert "BEGIN CERTIFICATE" not in outside
    assert "PRIVATE KEY" not in page


def test_home_says_that_keys_in_memory_do_not_last() -> None:
    assert "<code>idpsim certs</code>" in get(browser(provider()), "/").text


@pytest.mark.parametrize("path", ["/nowhere", "/login/x", "/..%2f", "/.idpsim/style.css/x", "/%00"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert browser(provider()).get(path, base_url=BASE).status_code == 404


def test_a_wrong_method_says_which_is_right() -> None:
    answer = get(browser(provider()), "/login")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_the_icon_that_browsers_ask_for_is_no_error() -> None:
    assert get(browser(provider()), "/favicon.ico").status_code == 204


def test_ten_thousand_sign_ins_that_nobody_finishes_are_forgotten() -> None:
    idp = provider()
    client = browser(idp)
    first = pending(get(client, launch(idp)))
    for _ in range(1_000):
        idp.sessions.pending.put(idp.sessions.pending.get(first))  # type: ignore[arg-type]

    answer = post(client, "/login", {"pending": first, "person": "ada@example.com"})

    assert answer.status_code == 400


def test_somebody_s_session_is_not_another_s() -> None:
    idp = provider()
    ada, grace = browser(idp), browser(idp)
    sign_in(idp, ada, "okta")
    sign_in(idp, grace, "okta", GRACE.person.userName)

    held = [idp.sessions.find(each.get_cookie("idpsim_okta_session").value, "okta") for each in (ada, grace)]  # type: ignore[union-attr]

    assert [each.identity.person.key for each in held if each] == ["ada", "grace"]
