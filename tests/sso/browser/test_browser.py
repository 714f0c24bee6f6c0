"""The browser sends what Chrome would, follows what it would follow, and stops with a reason."""

from __future__ import annotations

import gzip
import json
import re
from contextlib import closing

import pytest
import requests

from idpsim.sso.browser import Browser, Navigation, Stuck
from idpsim.sso.browser.adapters import TransportAdapter
from idpsim.transport import Transport
from idpsim.transport.asgi import AsgiTransport
from idpsim.transport.wsgi import WsgiTransport
from idpsim.wire import NoResponse, Request, Response
from tests.asgi import Coat
from tests.sso.browser.site import Site, apps, to

SP = "http://localhost:5000"
IDP = "http://idp.test"
POSTS = (
    f'<form method=post action="{SP}/acs"><input type=hidden name=SAMLResponse value="a b&amp;"></form>'
    "<script>document.forms[0].submit()</script>"
)


class Canned(Transport):
    """Answers always the same."""

    def __init__(self, answer: Response | NoResponse) -> None:
        self.answer = answer

    def send(self, request: Request) -> Response | NoResponse:  # noqa: ARG002
        return self.answer

    def close(self) -> None:
        pass


def browser(**more) -> tuple[Browser, Site, Site]:
    sp = Site(
        {
            "/login": to(f"{IDP}/sso", Set_Cookie="lax=1; SameSite=Lax"),
            "/kept": to("/acs", 307),
            "/acs": to("/home", Set_Cookie="session=1; HttpOnly"),
            "/home": "<p>Welcome",
            "/round": to("/round2"),
            "/round2": to("/round"),
            "/js": to("javascript:alert(1)"),
        }
    )
    idp = Site({"/sso": POSTS, "/kept": POSTS.replace("/acs", "/kept")})
    return Browser(apps=apps({SP: sp, IDP: idp}), **more), sp, idp


def test_a_login_is_followed_to_the_page_that_stands():
    it, sp, idp = browser()

    page = it.open(f"{SP}/login")

    assert (page.text, page.url) == ("Welcome", f"{SP}/home")
    assert sp.seen + idp.seen == ["GET /login", "POST /acs", "GET /home", "GET /sso"]
    assert sp.asked[1].form == {"SAMLResponse": "a b&"}


def test_a_cross_site_post_goes_without_lax_cookies_and_the_redirect_after_it_with_them():
    it, sp, _ = browser()

    it.open(f"{SP}/login")

    assert [each.cookies for each in sp.asked] == [{}, {}, {"session": "1", "lax": "1"}]


def test_a_post_that_a_307_keeps_goes_without_lax_cookies_too():
    it, sp, _ = browser()
    it.jar.keep(f"{SP}/", "lax=1; SameSite=Lax", 0)

    it.open(f"{IDP}/kept")

    assert [(each.method, each.path, each.cookies.get("lax")) for each in sp.asked] == [
        ("POST", "/kept", None),
        ("POST", "/acs", None),
        ("GET", "/home", "1"),
    ]


def test_a_form_post_has_the_headers_that_chrome_sends():
    it, sp, _ = browser()

    it.open(f"{SP}/login")

    post = sp.asked[1].headers
    assert (post["origin"], post["referer"], post["sec-fetch-site"]) == (IDP, f"{IDP}/", "cross-site")
    assert (post["sec-fetch-mode"], post["sec-fetch-dest"]) == ("navigate", "document")
    assert post["accept"].startswith("text/html,application/xhtml+xml")
    assert "sec-fetch-user" not in post
    assert sp.asked[0].headers["sec-fetch-site"] == "none"
    assert re.match(r"Mozilla/5.0 .* idpsim/", post["user-agent"])


@pytest.mark.parametrize(
    ("policy", "origin", "referer"),
    [("no-referrer", "null", None), ("same-origin", "null", None), ("origin", IDP, f"{IDP}/"),
     ("unsafe-url", IDP, f"{IDP}/p?q")],
)  # fmt: skip
def test_a_referrer_policy_is_obeyed(policy, origin, referer):
    it, sp, idp = browser()
    idp.pages["/p"] = (200, {"Referrer-Policy": policy}, POSTS)

    it.open(f"{IDP}/p?q")

    assert (sp.asked[0].headers["origin"], sp.asked[0].headers.get("referer")) == (origin, referer)


def test_a_loop_is_named():
    it, sp, _ = browser()

    with pytest.raises(Stuck, match=r"round and round.*/round → .*/round2") as stuck:
        it.open(f"{SP}/round")

    assert stuck.value.kind == "loop"
    assert len(sp.asked) == 21


def test_a_redirect_to_a_script_stops():
    it, _, _ = browser()

    with pytest.raises(Stuck, match="javascript: address"):
        it.open(f"{SP}/js")


def test_every_exchange_is_recorded_as_sent():
    kept = []
    it, _, _ = browser(record=lambda *each: kept.append(each))

    it.open(f"{SP}/login")

    assert [(each[0].method, each[1].status) for each in kept] == [
        ("GET", 302), ("GET", 200), ("POST", 302), ("GET", 200),
    ]  # fmt: skip
    assert kept[2][0].body == b"SAMLResponse=a+b%26"
    assert dict(kept[2][0].headers)["Content-Length"] == "19"
    assert all(started > 0 and seconds >= 0 for _, _, started, seconds in kept)


@pytest.mark.parametrize("kind", ["unreachable", "timeout", "reset", "truncated", "too-large", "malformed"])
def test_no_answer_is_a_reason(kind):
    with pytest.raises(Stuck, match=r"GET http://x\.test/: what happened"):
        Browser(transport=Canned(NoResponse(kind, "what happened"))).open("http://x.test/")


def test_a_page_that_is_too_large_is_a_reason():
    with pytest.raises(Stuck, match="longer than"):
        Browser(apps=apps({SP: Site({"/": "x" * 6_000_000})})).open(SP)


@pytest.mark.parametrize(
    "answer",
    [
        Response(200, (("Content-Type", "text/html"),), b"<b>" * 10_000),
        Response(200, (("Content-Encoding", "gzip"),), gzip.compress(b"x")),
        Response(302, (("Location", ""),), b""),
        Response(302, (("Location", "\xff\xfe"),), b""),
        Response(
            200, (("Set-Cookie", "\x00=\x01; Expires=99999999999999999999"), ("Refresh", "x;;;"), ("", "")), b"\xff"
        ),
        Response(999, (), b""),
        Response(200, (("Content-Type", "text/html; charset=\xff"),), b"<\x00\xff"),
    ],
)
def test_a_strange_answer_is_a_page_or_a_reason(answer):
    it = Browser(transport=Canned(answer))

    try:
        text = it.open("http://x.test/").text
    except Stuck as stuck:
        text = stuck.reason

    assert isinstance(text, str)


def test_an_app_is_mounted_for_its_origin_only():
    elsewhere = Canned(NoResponse("unreachable", "the network"))

    with pytest.raises(Stuck, match="the network"):
        Browser(apps=apps({"http://sp.test": Site({})}), transport=elsewhere).open("http://sp.test.evil.test/")


def test_an_adapter_serves_an_ordinary_session_too():
    headers = {"Content-Type": "application/json"}
    site = Site({"/token": lambda asked: (200, headers, json.dumps({"got": asked.form["a"]}))})
    with requests.Session() as session:
        session.mount("http://idp.test/", TransportAdapter(WsgiTransport(site, base="http://idp.test")))

        answer = session.post("http://idp.test/token", data={"a": "ü"}, timeout=1)

    assert (answer.status_code, answer.json()) == (200, {"got": "ü"})
    assert site.asked[0].headers["host"] == "idp.test"


class Closing(Canned):
    """Writes down whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


def test_what_a_browser_was_given_is_not_closed_with_it():
    app, network = Closing(Response(200)), Closing(Response(200))
    it = Browser(apps={SP: app}, transport=network)
    it.open(SP)

    it.close()

    assert not app.closed
    assert not network.closed


def test_an_asgi_application_signs_people_in_as_a_wsgi_one_does():
    sp = Site({"/login": to("/home", Set_Cookie="session=1"), "/home": lambda asked: asked.cookies.get("session", "")})
    with closing(AsgiTransport(Coat(sp, SP), base=SP)) as transport:
        page = Browser(apps={SP: transport}).open(f"{SP}/login")

    assert (page.url, page.text) == (f"{SP}/home", "1")


def test_half_a_form_reaches_an_application_in_process_as_half_a_form():
    sp = Site({"/acs": lambda asked: asked.body.decode()})
    with closing(AsgiTransport(Coat(sp, SP), base=SP)) as transport:
        pages = [
            Browser(apps=given).cut(Navigation("POST", f"{SP}/acs", (("a", "12345678"),)))
            for given in ({SP: transport}, apps({SP: sp}))
        ]

    assert [page.text for page in pages] == ["a=123", "a=123"]
