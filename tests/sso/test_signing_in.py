"""People are signed in at small service providers, in process, and the verdict is what a person would say."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest

from idpsim.directory import person
from idpsim.signon import Attempt, Identity
from idpsim.sso.browser import Browser
from idpsim.sso.plan import Plan
from idpsim.sso.shown import Shows
from idpsim.sso.signing_in import SigningIn
from tests.sso.browser.site import Asked, Site, to
from tests.sso.browser.site import apps as in_process

SP = "https://sp.test"
IDP = "http://localhost:8765"
ADA = Identity("1", person("ada", {"userName": "ada@example.com", "email": "ada@mail.test"}))


class World:
    """A service provider and an identity provider; a ticket is the person's key, a Response names who it is."""

    def __init__(self, **pages) -> None:
        self.used: set[str] = set()
        self.sessions = {"s1"}
        self.count = 0
        self.replayable = False
        self.sp = Site(
            {
                "/login": to(f"{IDP}/sso?RelayState=x"),
                "/acs": self.acs,
                "/home": self.home,
                "/me": self.me,
                "/logout": self.logout,
                **{f"/{name}": page for name, page in pages.items()},
            }
        )
        self.idp = Site({"/sso": self.sso, "/log-in": self.log_in})

    def sso(self, asked: Asked):
        if asked.cookies.get("idp") == "1":
            return self.issue()
        return (
            '<form id=idpsim-login method=post action="/log-in"><input name=user><input name=ticket type=hidden></form>'
        )

    def log_in(self, asked: Asked):
        if asked.form.get("ticket") != "ada":
            return 403, {}, "Ada is not assigned to this app"
        return to("/sso", 303, Set_Cookie="idp=1")

    def issue(self):
        self.count += 1
        fields = f"<input type=hidden name=SAMLResponse value=r{self.count}><input type=hidden name=RelayState value=x>"
        return f'<form method=post action="{SP}/acs">{fields}<noscript><button>Go</button></noscript></form>'

    def acs(self, asked: Asked):
        response = asked.form.get("SAMLResponse", "")
        if not response or (response in self.used and not self.replayable):
            return 403, {}, "this Response was used"
        self.used.add(response)
        return to("/home", Set_Cookie="sp=s1")

    def signed_in(self, asked: Asked) -> bool:
        return asked.cookies.get("sp") in self.sessions

    def home(self, asked: Asked):
        return "<p>Hello ada@example.com" if self.signed_in(asked) else to("/login")

    def me(self, asked: Asked):
        body = json.dumps({"user": {"email": "ada@example.com", "id": 7}})
        return (200, {"Content-Type": "application/json"}, body) if self.signed_in(asked) else (401, {}, "")

    def logout(self, asked: Asked):
        self.sessions.discard(asked.cookies.get("sp", ""))
        return "Goodbye"

    def runner(self, **more) -> SigningIn:
        links = {"saml": f"{SP}/login"}
        plan = Plan(IDP, **{"login": links, "idp_link": {"saml": f"{IDP}/sso"}, "logout": f"{SP}/logout", **more})
        apps = in_process({SP: self.sp, IDP: self.idp})
        return SigningIn(plan, lambda attempt: attempt.identity.person.key, lambda: Browser(apps=apps))


def sign_in(world: World, start="sp", tamper=None, identity=ADA, **more):
    return world.runner(**more).sign_in(Attempt(identity, "saml", start, tamper))


ME = Shows(f"{SP}/me", ("user.email",))


@pytest.mark.parametrize("start", ["sp", "idp"])
def test_a_person_is_signed_in_and_the_page_says_who(start):
    result = sign_in(World(), start)

    assert (result.word, result.told, result.shown[0], result.reason) == ("signed-in", False, "ada@example.com", "")


def test_what_the_scenario_names_says_who_is_signed_in():
    result = sign_in(World(), shows=ME)

    assert (result.word, result.told, result.shown) == ("signed-in", True, ("ada@example.com",))


@pytest.mark.parametrize(
    ("page", "at", "shown"),
    [
        ("<b id=who>Ada</b>", ("#who",), ("Ada",)),
        ("<b data-user=ada>Me</b>", ("data-user",), ("ada",)),
        ("<dl><dt>E-mail:<dd>ada@x.test</dl>", ("E-mail",), ("ada@x.test",)),
        ("<label for=m>Mail</label><p>x</p><input id=m value=ada@x.test>", ("Mail",), ("ada@x.test",)),
        ("<p class='a user'>Ada  L</p>", ("user",), ("Ada L",)),
        ('{"a": [{"b": "x"}]}', ("a[0].b",), ("x",)),
        ('{"a": {"b": 7}, "c": "y"}', (), ("7", "y")),
        ("Hi ada@x.test", (), ("ada@x.test", "Hi ada@x.test")),
    ],
)
def test_who_is_signed_in_is_read_where_it_stands(page, at, shown):
    kind = "application/json" if page.startswith("{") else "text/html"

    result = sign_in(World(who=(200, {"Content-Type": kind}, page)), shows=Shows(f"{SP}/who", at))

    assert (result.word, result.shown) == ("signed-in", shown)


@pytest.mark.parametrize(
    "page",
    [(401, {}, ""), (404, {}, ""), to("/login"), to("/users/sign_in"), "<form><input type=password name=p></form>",
     (200, {"Content-Type": "application/json"}, '{"user": null}')],
)  # fmt: skip
def test_nobody_shown_is_nobody_signed_in(page):
    result = sign_in(World(who=page), shows=Shows(f"{SP}/who", ("user",)))

    assert (result.word, result.told, result.shown) == ("refused", True, ())


def test_an_error_where_it_shows_who_is_signed_in_cannot_be_told():
    assert sign_in(World(who=(500, {}, "")), shows=Shows(f"{SP}/who")).word == "failed"


def test_a_claim_of_a_token_in_a_cookie_is_read():
    claims = urlsafe_b64encode(json.dumps({"email": "ada@x.test"}).encode()).decode().rstrip("=")

    result = sign_in(World(home=(200, {"Set-Cookie": f"jwt=e30.{claims}.x"}, "hi")), shows=Shows(cookie="jwt"))

    assert result.shown == ("ada@x.test",)


def test_a_token_of_the_last_answer_goes_along():
    world = World(
        home=(200, {"Content-Type": "application/json"}, '{"access": "T"}'),
        who=lambda asked: asked.headers["authorization"],
    )

    assert sign_in(world, shows=Shows(f"{SP}/who", bearer="access")).shown == ("Bearer T",)


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("<form><input name=q></form><form action=/start><input type=email name=who></form>", "ada@mail.test"),
        ("<form action=/start><input name=username></form>", "ada@example.com"),
        ("<form><input name=u><input type=password name=p></form><a href=/start>Continue with SSO</a>", None),
        ("<form action=/start method=post><input type=hidden name=c><button>Log in with SAML</button></form>", None),
        ("<a href=/signup>Sign up</a><a href=/other-login>Log in</a><a href=/start?x>SSO</a>", None),
    ],
)  # fmt: skip
def test_a_person_finds_the_way_to_the_identity_provider(page, wanted):
    world = World(login=page, start=to(f"{IDP}/sso"))

    result = sign_in(world)

    start = next(each for each in world.sp.asked if each.path == "/start")
    assert result.word == "signed-in"
    assert wanted is None or wanted in (start.query | start.form).values()


def test_the_identity_provider_refuses_in_its_own_words():
    stranger = Identity("2", person("bob", {"userName": "bob@example.com"}))

    result = sign_in(World(), identity=stranger)

    assert (result.word, result.by_idp, result.reason) == ("refused", True, "Ada is not assigned to this app")


@pytest.mark.parametrize("status", [200, 400])
def test_an_error_that_the_identity_provider_redirects_with_is_its_refusal(status):
    world = World(callback=(status, {}, "We could not sign you in"))
    world.idp.pages["/sso"] = to(f"{SP}/callback?error=access_denied&error_description=not+assigned&state=x")

    result = sign_in(world)

    assert (result.word, result.by_idp, result.reason) == ("refused", True, "access_denied not assigned")


def test_the_service_provider_refuses():
    result = sign_in(World(acs=(403, {}, "no account")))

    assert (result.word, result.by_idp) == ("refused", False)
    assert "403: no account" in result.reason


@pytest.mark.parametrize(
    ("status", "said"), [(400, "answers 400: no code"), (500, "answers 500 (it crashed): no code")]
)
@pytest.mark.parametrize("query", ["state=x", "session_state=y", ""])
def test_an_error_once_the_browser_is_back_from_the_identity_provider_is_a_refusal(status, said, query):
    world = World(callback=(status, {}, "no code"))
    world.issue = lambda: to(f"{SP}/callback?{query}")

    result = sign_in(world, tamper="missing_code")

    assert (result.word, result.by_idp, result.must) == ("refused", False, "refuse")
    assert result.reason == f"{SP}/callback {said}"


def test_an_answer_without_a_code_that_leads_to_signing_in_again_is_a_refusal():
    world = World(callback=to("/login"))
    world.issue = lambda: to(f"{SP}/callback?state=x")

    assert sign_in(world, tamper="missing_code").word == "refused"


def test_an_error_where_the_identity_provider_only_began_the_sign_in_is_a_failure():
    world = World(begin=(500, {}, "oops"))
    world.idp.pages["/sso"] = to(f"{SP}/begin?iss={IDP}")

    result = sign_in(world, "idp")

    assert (result.word, "before anybody has signed in" in result.reason) == ("failed", True)


@pytest.mark.parametrize("acs", [to("/login"), to("/denied")])
def test_being_led_back_to_sign_in_is_a_refusal(acs):
    world = World(acs=acs, denied="<form method=post><input name=u><input name=p type=password></form>")

    assert sign_in(world).word == "refused"


def guarded(asked: Asked):
    """A page that leads who is not signed in to the identity provider, and back to itself."""
    return "<p>Hello ada@example.com" if asked.cookies.get("sp") == "s1" else to(f"{IDP}/sso")


def test_a_sign_in_may_start_at_the_page_that_it_opens():
    world = World(login=guarded)
    world.sp.pages["/acs"] = lambda _: to("/login", Set_Cookie="sp=s1")
    runner = world.runner()

    result = runner.sign_in(Attempt(ADA, "saml"))
    live = runner.look("ada")
    world.sp.pages["/login"] = lambda _: to(f"{IDP}/sso")
    after = runner.look("ada")

    assert (result.word, result.shown[0]) == ("signed-in", "ada@example.com")
    assert (live.word, after.word) == ("signed-in", "refused")


def test_being_back_at_a_page_with_a_button_to_sign_in_is_a_refusal():
    world = World(login=f'<a href="{IDP}/sso">Sign in with SSO</a>', acs=to("/login"))

    assert sign_in(world).word == "refused"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (to("/login"), "round and round"),
        ("<div id=root></div><script src=app.js></script>", "made by a script"),
        (to("file:///etc/passwd"), "file: address"),
        ((500, {}, "oops"), "answers 500"),
        ("<p>nothing here", "does not lead to the identity provider"),
    ],
)
def test_a_way_that_does_not_lead_there_has_failed(page, reason):
    result = sign_in(World(login=page))

    assert result.word == "failed"
    assert reason in result.reason


def test_a_live_session_can_be_looked_at_and_ended():
    world = World()
    runner = world.runner(shows=ME)
    runner.sign_in(Attempt(ADA, "saml"))

    words = [runner.look("ada"), runner.sign_out("ada"), runner.look("ada"), runner.look("bob")]

    assert [each and each.word for each in words] == ["signed-in", "refused", "refused", None]


def test_without_an_address_of_its_own_the_identity_provider_signs_out():
    world = World()
    world.idp.pages["/leave"] = to(f"{SP}/logout")
    runner = world.runner(logout=None, idp_logout=f"{IDP}/leave", shows=ME)
    runner.sign_in(Attempt(ADA, "saml"))

    assert runner.sign_out("ada").word == "refused"
    assert world.idp.asked[-1].cookies == {"idp": "1"}
    assert "GET /logout" in world.sp.seen


def test_without_an_address_the_last_page_says_whether_a_session_lives():
    world = World()
    runner = world.runner()
    runner.sign_in(Attempt(ADA, "saml"))
    before = runner.look("ada")
    world.sessions.clear()

    after = runner.look("ada")

    assert (before.word, after.word) == ("signed-in", "refused")
    assert world.idp.seen.count("POST /log-in") == 1


def test_a_replayed_response_is_refused_by_who_remembers_it():
    result = sign_in(World(), tamper="replay")

    assert (result.word, result.must) == ("refused", "refuse")
    assert result.why
    assert result.source.startswith("https://")


def test_a_replayed_response_signs_in_where_nobody_remembers():
    world = World()
    world.replayable = True

    result = sign_in(world, tamper="replay", shows=ME)

    assert (result.word, result.must) == ("signed-in", "refuse")
    assert [each.cookies for each in world.sp.asked if each.path == "/acs"] == [{}, {}]


def test_a_falsified_sign_in_leaves_no_session():
    world = World()
    runner = world.runner()
    runner.sign_in(Attempt(ADA, "saml", tamper="relay_state_long"))

    assert runner.look("ada") is None
    assert [len(each.form["RelayState"]) for each in world.sp.asked if each.form] == [4000]


def test_a_response_in_the_query_comes_as_one():
    world = World()

    result = sign_in(world, tamper="get_instead_of_post")

    assert result.word == "refused"
    assert [each.query["SAMLResponse"] for each in world.sp.asked if each.path == "/acs"] == ["r1"]


def test_half_a_form_is_cut():
    world = World()

    sign_in(world, tamper="cut")

    assert [each.body for each in world.sp.asked if each.path == "/acs"] == [b"SAMLResponse=r"]


def test_a_double_submit_ends_with_the_one_that_was_accepted():
    world = World()

    result = sign_in(world, tamper="double_submit", shows=ME)

    assert result.word == "signed-in"
    assert world.sp.seen.count("POST /acs") == 2


@pytest.mark.parametrize("tamper", ["relay_state_open_redirect", "relay_state_javascript"])
def test_an_open_redirect_is_not_followed_and_counts_against_who_leads_there(tamper):
    def acs(asked: Asked):
        return to(asked.form["RelayState"], Set_Cookie="sp=s1")

    result = sign_in(World(acs=acs), tamper=tamper, shows=ME)

    assert (result.word, result.must) == ("signed-in", "refuse")
    assert "leads the browser to" in result.reason
