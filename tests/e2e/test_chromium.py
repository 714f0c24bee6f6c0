"""A person with a real browser signs in, is not asked again, and signs out: over both protocols, at every vendor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from idpsim.directory import person
from idpsim.profiles import all_sign_ons
from idpsim.serving import serving
from idpsim.signon import Identity, Registration
from idpsim.sp import ServiceProvider, Trust
from idpsim.sso.app import App
from idpsim.sso.keys import Keys
from idpsim.sso.paste import client_id, client_secret
from idpsim.sso.provider import IdentityProvider
from idpsim.sso.saml.metadata import metadata
from idpsim.sso.saml.registering import registration
from tests.e2e.chromium import ENTER, NO_SCRIPTS, TAB, Chromium, chromium, driver, until, why_not
from tests.e2e.signing import identity, somebody
from tests.service_providers.running import free_port

VENDORS = ("entra", "okta", "onelogin")
PROTOCOLS = ("saml", "oidc")
PEOPLE = (somebody(), somebody("grace", "Grace", "Hopper"))
CROWD = "crowd"


@dataclass(frozen=True)
class Sites:
    """The identity provider, and a service provider on another host that trusts every vendor's tenant of it."""

    idp: str
    sp: str
    provider: IdentityProvider

    def tile(self, vendor: str, label: str = "idpsim") -> str:
        app = self.provider.app(vendor=vendor, label=label)
        assert app is not None
        return app.filled(app.sign_on.saml.addresses.launch[0])


@pytest.fixture(scope="module")
def chromedriver() -> Iterator[str]:
    if reason := why_not():
        pytest.skip(reason)
    with driver() as url:
        yield url


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    ports = free_port(), free_port()
    idp, sp = f"http://localhost:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
    people = {vendor: [identity(vendor, each) for each in PEOPLE] for vendor in VENDORS}
    provider = IdentityProvider(all_sign_ons().values(), Keys(), base=idp, people=people)
    product = ServiceProvider.open(base_url=sp)
    with serving(provider.wsgi, "localhost", ports[0]), serving(product.wsgi, "127.0.0.1", ports[1]):
        for vendor in VENDORS:
            _introduce(provider, product, vendor)
        yield Sites(idp, sp, provider)


def _introduce(provider: IdentityProvider, product: ServiceProvider, vendor: str) -> None:
    """Enter each at the other, as two administrators do."""
    ends = product.sign_in_endpoints(vendor)
    known = Registration(redirect_uris=(ends.redirect_uri,), post_logout_redirect_uris=(ends.post_logout_redirect_uri,))
    app: App = provider.register(vendor, "idpsim", registration(product.saml_metadata(vendor), known))
    product.configure_sso(Trust.saml(metadata(app, provider.keys.saml(app))), vendor)
    look = app.sign_on.oidc
    issuer, method = app.filled(look.servers[0].issuer), look.rules(app.settings, False).auth[0]
    secret = client_secret(app, provider.keys)
    product.configure_sso(Trust.oidc(issuer, client_id(app), secret, auth_method=method), vendor)


@pytest.fixture(scope="module")
def window(chromedriver: str) -> Iterator[Chromium]:
    with chromium(chromedriver) as opened:
        yield opened


@pytest.fixture
def browser(window: Chromium) -> Chromium:
    """A browser without cookies, that has nothing to complain of yet."""
    window.go("about:blank")
    window.forget()
    window.looks()
    window.complaints()
    window.requested()
    return window


@pytest.fixture
def without_scripts(chromedriver: str) -> Iterator[Chromium]:
    with chromium(chromedriver, **NO_SCRIPTS) as opened:
        yield opened


def begin(browser: Chromium, sites: Sites, vendor: str, protocol: str) -> None:
    """Click "okta, SAML" on the service provider's page, and come to the login page or further."""
    browser.go(f"{sites.sp}/")
    browser.click(f'a[href="/sso/{vendor}/{protocol}/login"]')


def pick(browser: Chromium, who: str = "ada") -> None:
    browser.click(f'button[value="{who}@example.com"]')


def signed_in(browser: Chromium, sites: Sites, who: str = "ada") -> bool:
    """Whether the service provider's page comes that says who is signed in."""
    until(lambda: browser.url == f"{sites.sp}/", f"the service provider after {browser.url}")
    return f"{who}@example.com" in browser.text


def nothing_was_wrong(browser: Chromium, sites: Sites) -> bool:
    """Whether the identity provider's pages were silent, and nobody else was asked for anything."""
    elsewhere = [url for url in browser.requested() if not url.startswith((sites.idp, sites.sp))]
    # The service provider has no icon.
    said = [each for each in browser.complaints() if "/favicon.ico" not in each]
    assert (elsewhere, said) == ([], [])
    return True


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("vendor", VENDORS)
def test_one_click_signs_in_and_the_next_time_none_is_needed(
    browser: Chromium, sites: Sites, vendor: str, protocol: str
) -> None:
    begin(browser, sites, vendor, protocol)
    pick(browser)
    first = signed_in(browser, sites)
    browser.forget("idpsim_sp_session")

    begin(browser, sites, vendor, protocol)

    assert first
    assert signed_in(browser, sites)
    assert nothing_was_wrong(browser, sites)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_name_is_typed(browser: Chromium, sites: Sites, vendor: str) -> None:
    begin(browser, sites, vendor, "oidc")
    browser.type('input[name="name"]', "grace@example.com")
    browser.type('input[name="password"]', "anything")
    browser.click("button.primary")

    assert signed_in(browser, sites, "grace")
    assert nothing_was_wrong(browser, sites)


def sign_out(browser: Chromium, sites: Sites) -> None:
    """Click "Sign out" at the service provider, and come back to it."""
    browser.click('form[action="/logout"] button')
    back = f"{sites.sp}/"
    until(lambda: browser.url.partition("?")[0] == back and browser.count('a[href^="/sso/"]'), "the way back")


# Okta's metadata names no logout address as long as Single Logout is off, as it is from the start.
@pytest.mark.parametrize(
    ("vendor", "protocol"),
    [(vendor, via) for vendor in VENDORS for via in PROTOCOLS if (vendor, via) != ("okta", "saml")],
)
def test_who_signs_out_is_out_on_both_sides(browser: Chromium, sites: Sites, vendor: str, protocol: str) -> None:
    begin(browser, sites, vendor, protocol)
    pick(browser)
    assert signed_in(browser, sites)

    sign_out(browser, sites)

    begin(browser, sites, vendor, protocol)
    until(lambda: browser.count("#idpsim-login"), "the login page")
    assert nothing_was_wrong(browser, sites)


def test_where_there_is_no_single_logout_the_identity_provider_stays_signed_in(browser: Chromium, sites: Sites) -> None:
    begin(browser, sites, "okta", "saml")
    pick(browser)
    assert signed_in(browser, sites)

    sign_out(browser, sites)

    begin(browser, sites, "okta", "saml")
    assert signed_in(browser, sites)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_tile_of_the_identity_provider_signs_in(browser: Chromium, sites: Sites, vendor: str) -> None:
    browser.go(sites.tile(vendor))
    pick(browser)

    assert signed_in(browser, sites)
    assert nothing_was_wrong(browser, sites)


@pytest.mark.parametrize("vendor", VENDORS)
def test_without_scripts_a_button_goes_on(without_scripts: Chromium, sites: Sites, vendor: str) -> None:
    browser = without_scripts
    begin(browser, sites, vendor, "saml")
    pick(browser)
    browser.click("noscript button")

    assert signed_in(browser, sites)


def test_who_is_unknown_may_try_again(browser: Chromium, sites: Sites) -> None:
    begin(browser, sites, "okta", "saml")
    browser.type('input[name="name"]', "nobody@example.com")
    browser.type('input[name="password"]', f"x{ENTER}")
    until(lambda: browser.count('[role="alert"]'), "the page that says so")

    focused = browser.focused()
    pick(browser)

    assert focused == "name"
    assert signed_in(browser, sites)


def test_the_keyboard_is_enough(browser: Chromium, sites: Sites) -> None:
    begin(browser, sites, "okta", "saml")
    until(lambda: browser.count("#idpsim-login"), "the login page")

    stops = []
    for _ in range(5):
        browser.press(TAB)
        stops.append(browser.focused().partition("\n")[0])
    browser.go(sites.tile("okta"))
    browser.press(TAB, TAB, ENTER)

    assert stops == ["Ada Lovelace", "Grace Hopper", "name", "password", "Sign in"]
    assert signed_in(browser, sites, "grace")


def test_a_hint_leaves_only_the_password_to_type(browser: Chromium, sites: Sites) -> None:
    browser.go(f"{sites.sp}/sso/okta/oidc/login?login_hint=grace@example.com")
    until(lambda: browser.count("#idpsim-login"), "the login page")

    focused = browser.focused()
    browser.press("x", ENTER)

    assert focused == "password"
    assert signed_in(browser, sites, "grace")


@pytest.fixture
def crowd() -> Iterator[Sites]:
    """An identity provider with a thousand people, one of whom has a very long name."""
    port = free_port()
    long = person("long", {"userName": "x" * 120 + "@example.com", "displayName": "Wolfeschlegelsteinhausen" * 4})
    many = [long, *(somebody(f"person-{number}", "Person", str(number)) for number in range(999))]
    idp = f"http://localhost:{port}"
    people: dict[str, list[Identity]] = {vendor: [identity(vendor, each) for each in many] for vendor in VENDORS}
    provider = IdentityProvider(all_sign_ons().values(), Keys(), base=idp, people=people, label=CROWD * 12)
    for vendor in VENDORS:
        provider.register(vendor, CROWD * 12, Registration(entity_id="https://sp.test", acs=("https://sp.test/acs",)))
    with serving(provider.wsgi, "localhost", port):
        yield Sites(idp, idp, provider)


def test_a_thousand_people_are_narrowed_down_by_typing(browser: Chromium, crowd: Sites) -> None:
    browser.go(crowd.tile("okta", CROWD * 12))
    browser.type("#filter input", "person-99")
    shown = browser.script("return document.querySelectorAll('.people li:not([hidden])').length")
    browser.type("#filter input", "7")

    left = browser.seen(".people li:not([hidden]) button")

    assert (shown, left) == (10, 1)
    assert nothing_was_wrong(browser, crowd)


def test_a_thousand_people_are_there_without_scripts(without_scripts: Chromium, crowd: Sites) -> None:
    without_scripts.go(crowd.tile("okta", CROWD * 12))

    people = without_scripts.count(".people li button")

    assert people == 1000
    assert without_scripts.seen("#filter") == 0


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_window(browser: Chromium, crowd: Sites, width: int, dark: bool) -> None:
    browser.looks(width, 740, dark=dark)
    widths = {}

    for place in (
        crowd.tile("okta", CROWD * 12),
        f"{crowd.idp}/",
        f"{crowd.idp}/nowhere",
        f"{crowd.idp}/saml/metadata/1",
    ):
        browser.go(place)
        widths[urlsplit(place).path] = browser.script("return document.documentElement.scrollWidth")

    assert max(widths.values()) <= width, widths


@pytest.mark.parametrize("dark", [False, True])
def test_words_can_be_told_from_what_is_behind_them(browser: Chromium, sites: Sites, dark: bool) -> None:
    browser.looks(dark=dark)
    browser.go(sites.tile("okta"))

    contrasts = browser.script(CONTRASTS)

    assert len(contrasts) > 8
    assert {text: ratio for text, ratio in contrasts if ratio < 4.5} == {}


# The contrast of each element with text of its own, as WCAG 2 counts it.
CONTRASTS = """
const light = c => { const v = c / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const parsed = s => (s.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
const behind = e => {
  const c = e ? parsed(getComputedStyle(e).backgroundColor) : [255, 255, 255];
  return c.length < 4 || c[3] > 0 ? c : behind(e.parentElement);
};
return [...document.body.querySelectorAll("*")]
  .filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .map(e => {
    const a = luminance(parsed(getComputedStyle(e).color)), b = luminance(behind(e));
    return [e.textContent.trim().slice(0, 40), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  });
"""
