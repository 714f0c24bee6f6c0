"""The jar keeps and sends what a browser would."""

from __future__ import annotations

import pytest

from idpsim.sso.browser.cookies import Jar, parsed

NOW = 1_800_000_000.0


def kept(url: str, line: str) -> bool:
    return parsed(url, line, NOW) is not None


def sent(jar_from: str, line: str, to: str, method: str = "GET", after: float = 1, cross: bool = False) -> str:
    jar = Jar()
    jar.keep(jar_from, line, NOW)
    return jar.header(to, method, NOW + after, cross_site=cross)


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "[::1]:9", "sp.localhost"])
def test_a_secure_cookie_goes_to_this_machine_without_tls(host):
    assert sent(f"http://{host}/", "a=1; Secure", f"http://{host}/x") == "a=1"


def test_a_secure_cookie_is_not_taken_from_another_host_without_tls():
    assert not kept("http://sp.test/", "a=1; Secure")


def test_a_secure_cookie_does_not_go_out_without_tls():
    assert sent("https://sp.test/", "a=1; Secure", "http://sp.test/") == ""


@pytest.mark.parametrize(
    ("attribute", "method", "after", "goes"),
    [
        ("SameSite=Lax", "GET", 1, True),
        ("SameSite=Lax", "POST", 1, False),
        ("SameSite=Strict", "GET", 1, False),
        ("SameSite=None; Secure", "POST", 500, True),
        ("", "GET", 500, True),
        ("", "POST", 119, True),
        ("", "POST", 121, False),
        ("SameSite=bogus", "POST", 1, True),
    ],
)
def test_same_site_decides_what_crosses_sites(attribute, method, after, goes):
    assert bool(sent("https://sp.test/", f"a=1; {attribute}", "https://sp.test/", method, after, True)) is goes


@pytest.mark.parametrize(
    "line",
    [
        "a=1; SameSite=None",
        "a=1; Domain=test",
        "a=1; Domain=co.uk",
        "a=1; Domain=other.test",
        "__Secure-a=1",
        "__Host-a=1; Secure; Path=/; Domain=sp.test",
        "__Host-a=1; Secure; Path=/x",
        "=__Host-a; Path=/",
        "a=" + "x" * 4096,
        "a=1\x00",
        "",
        "=",
    ],
)
def test_a_browser_takes_no_such_cookie(line):
    assert not kept("https://sp.test/", line)


@pytest.mark.parametrize("line", ["__Host-a=1; Secure; Path=/", "__Secure-a=1; Secure", "a=1; Domain=.sp.test", "flag"])
def test_a_browser_takes_such_a_cookie(line):
    assert kept("https://app.sp.test/", line)


@pytest.mark.parametrize(
    ("line", "to", "goes"),
    [
        ("a=1", "https://sp.test:8443/other", True),
        ("a=1", "https://app.sp.test/", False),
        ("a=1; Domain=sp.test", "https://app.sp.test/", True),
        ("a=1; Path=/saml", "https://sp.test/saml/acs", True),
        ("a=1; Path=/saml", "https://sp.test/samlx", False),
        ("a=1; Path=saml", "https://sp.test/login/x", True),
        ("a=1; Path=saml", "https://sp.test/", False),
        ("a=1; Max-Age=0", "https://sp.test/login/", False),
        ("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://sp.test/login/", True),
        ("a=1; Expires=Thu, 01-Jan-1970 00:00:00 GMT", "https://sp.test/login/", False),
        ("a=1; Expires=nonsense", "https://sp.test/login/", True),
    ],
)
def test_host_path_and_age_decide_where_a_cookie_goes(line, to, goes):
    line = line if "Path" in line else f"{line}; Path=/"

    assert bool(sent("https://sp.test/login/start", line, to)) is goes


def test_an_expired_cookie_removes_the_one_that_was():
    jar = Jar()
    jar.keep("https://sp.test/", "a=1", NOW)
    jar.keep("https://sp.test/", "a=; Max-Age=-1", NOW)

    assert list(jar) == []


def test_a_page_without_tls_cannot_replace_a_secure_cookie():
    jar = Jar()
    jar.keep("https://sp.test/", "a=1; Secure", NOW)
    jar.keep("http://sp.test/", "a=evil", NOW)

    assert [cookie.value for cookie in jar] == ["1"]


def test_longer_paths_come_first():
    jar = Jar()
    jar.keep("https://sp.test/", "a=1; Path=/", NOW)
    jar.keep("https://sp.test/", "b=2; Path=/saml", NOW)

    assert jar.header("https://sp.test/saml/acs", "GET", NOW, cross_site=False) == "b=2; a=1"


def test_the_jar_does_not_grow_without_end():
    jar = Jar()
    for number in range(1000):
        jar.keep("https://sp.test/", f"c{number}=1", NOW)

    assert len(list(jar)) == 180
