"""Pages are read as browsers read them, and any junk is a page."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idpsim.sso.browser import Navigation, Page, Stuck
from idpsim.sso.browser.address import registrable, resolve, same_site
from idpsim.sso.browser.document import document
from idpsim.sso.browser.elements import MOST_CHARACTERS
from idpsim.sso.browser.forms import body

URL = "https://sp.test/a/b?c=d"


def page(html: str, status: int = 200, **headers: str) -> Page:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Page(Navigation("GET", URL), status, (("Content-Type", "text/html"), *named), html.encode())


def entries(html: str) -> list[tuple[str, str]]:
    return list(document(html).forms[0].entries())


def test_a_hostile_form_is_read_as_a_browser_does():
    html = """<FORM action=/x method=POST>
      <input name=a value="1 &lt; 2 &amp;amp; &#x41;"><input name=bare value=x/y><input name='q' value='"'>
      <input type=checkbox name=c1><input type=checkbox name=c2 checked><input type=radio name=r value=1>
      <input type=radio name=r value=2 checked><textarea name=t>
first&lt;b>
second</textarea><select name=s><option>one<option value=2 selected>two</select><select name=f><option>p<option>q
      </select><input name=off value=1 disabled><input type=submit name=go value=Go><input value=nameless>
      <input name=a value=again></form>"""

    assert entries(html) == [
        ("a", "1 < 2 &amp; A"),
        ("bare", "x/y"),
        ("q", '"'),
        ("c2", "on"),
        ("r", "2"),
        ("t", "first<b>\r\nsecond"),
        ("s", "2"),
        ("f", "p"),
        ("a", "again"),
    ]


def test_controls_elsewhere_and_nested_forms_belong_where_browsers_put_them():
    html = "<div><form id=f></div><form><input name=a></form><input name=b><input name=c form=f><template><form></form>"

    assert [name for name, _ in entries(html)] == ["a", "c"]


@pytest.mark.parametrize(
    "html",
    [
        "<table><form method=post><tr><td><input name=a></td></tr><tr><td><input name=b></form></table><input name=c>",
        "<table><tr><form><td><input name=a></td><td><input name=b></td></form></tr></table><input name=c>",
        "<table><tr><td><form></td></tr><tr><td><input name=a><p><input name=b></tr></form></table><input name=c>",
        "<center><form><div><input name=a></center><font><b><input name=b></form></font></b><input name=c>",
        "<form><input name=a><form action=/evil><input name=b></form><input name=c></form>",
        "<FORM ><input name=a><!-- </form> --><input name=b></FORM\n><input name=c>",
        "<form><input name=a><input name=b>",
        "<head><form><input name=a><input name=b></form></head><body><input name=c>",
    ],
)
def test_a_form_is_open_until_its_own_end_tag(html):
    assert [name for name, _ in entries(html)] == ["a", "b"]


def test_an_end_tag_in_a_value_or_text_stays_as_it_is():
    html = "<form><input name=a value='x</form>y'><textarea name=b></form >z</textarea><script>'</form>'</script>"

    read = document(html)

    assert dict(read.forms[0].entries()) == {"a": "x</form>y", "b": "</form >z"}
    assert "'</form>'" in read.script


# The pages with which common products hand a Response over, with the fields that a browser posts.
AUTO_POSTS = {
    "simplesamlphp": """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>POST data</title></head>
<body><noscript><p><strong>Note:</strong> Since your browser does not support JavaScript, you must press the button
below once to proceed.</p></noscript><form method="post" action="/acs"><!-- Need to add this element and call click
method, because calling submit() on the form causes failed submission if the form has another element with name or id
of submit. --><input type="submit" id="postLoginSubmitButton" value="Submit"/>
<input type="hidden" name="SAMLResponse" value="PHNhbWw+"/><input type="hidden" name="RelayState" value="/x?a=1&amp;b"/>
<noscript><button type="submit" class="btn">Submit</button></noscript></form></body></html>""",
    "shibboleth": """<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN"
"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en">
<body onload="document.forms[0].submit()"><noscript><p>Note</p></noscript>
<form action="&#x2f;acs" method="post"><div><input type="hidden" name="RelayState" value="&#x2f;x&#x3f;a=1&amp;b"/>
<input type="hidden" name="SAMLResponse" value="PHNhbWw&#x2b;"/></div><noscript><div>
<input type="submit" value="Continue"/></div></noscript></form></body></html>""",
    "adfs": """<html><head><title>Working...</title></head><body><form method="POST" name="hiddenform" action="/acs">
<input type="hidden" name="SAMLResponse" value="PHNhbWw+" /><input type="hidden" name="RelayState" value="/x?a=1&b" />
<noscript><p>Script is disabled. Click Submit to continue.</p><input type="submit" value="Submit" /></noscript></form>
<script language="javascript">window.setTimeout('document.forms[0].submit()', 0);</script></body></html>""",
    "keycloak": """<HTML><HEAD><TITLE>Authentication Redirect</TITLE></HEAD><BODY Onload="document.forms[0].submit()">
<FORM METHOD="POST" ACTION="/acs"><INPUT TYPE="HIDDEN" NAME="SAMLResponse" VALUE="PHNhbWw+"/>
<INPUT TYPE="HIDDEN" NAME="RelayState" VALUE="/x?a=1&amp;b"/><NOSCRIPT><P>JavaScript is disabled.</P>
<INPUT TYPE="SUBMIT" VALUE="CONTINUE"/></NOSCRIPT></FORM></BODY></HTML>""",
    "pingfederate": """<html><head><title>Submit Form</title></head>
<body onload="javascript:document.forms[0].submit()">
<noscript><p><strong>Note:</strong> press the Resume button.</p></noscript><form method="post" action="/acs">
<input type="hidden" name="SAMLResponse" value="PHNh
bWw+"/><input type="hidden" name="RelayState" value="/x?a=1&amp;b"/><noscript><input type="submit" value="Resume"/>
</noscript></form></body></html>""",
}


@pytest.mark.parametrize("product", AUTO_POSTS)
def test_the_pages_that_common_products_post_with_lead_on_with_all_fields(product):
    step = page(AUTO_POSTS[product]).onward()

    assert step is not None
    assert (step.method, step.url) == ("POST", "https://sp.test/acs")
    assert {name: "".join(value.split()) for name, value in step.fields.items()} == {
        "SAMLResponse": "PHNhbWw+",
        "RelayState": "/x?a=1&b",
    }


def test_a_disabled_fieldset_sends_nothing():
    assert entries("<form><fieldset disabled><input name=a></fieldset><input name=b></form>") == [("b", "")]


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("", "https://sp.test/a/b?c=d"),
        ("x", "https://sp.test/a/x"),
        ("?q", "https://sp.test/a/b?q"),
        ("//other.test", "https://other.test/"),
        ("\\\\other.test\\x", "https://other.test/x"),
        (" ht\ntps://OTHER.test:443/ü b#f ", "https://other.test/%C3%BC%20b"),
        ("https://bücher.test/", "https://xn--bcher-kva.test/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
    ],
)
def test_an_address_resolves_as_in_a_browser(reference, url):
    assert page("").address(reference) == url


@pytest.mark.parametrize(
    "reference",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a/", "https://", "http://[::1", "http://a:b/",
     "http://a:99999/", "JaVa\nScript:x", "http://a b/", "http://a\x00b/", "blob:x", "http://" + "a" * 70 + "ü.test/"],
)  # fmt: skip
def test_an_address_that_is_not_http_stops_the_browser_with_a_reason(reference):
    with pytest.raises(Stuck) as stuck:
        resolve(URL, reference)

    assert stuck.value.kind == "address"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://localhost:8765/", "http://localhost:5000/", True),
        ("http://localhost/", "http://127.0.0.1/", False),
        ("https://a.sp.test/", "https://b.sp.test/", True),
        ("https://sp.test/", "http://sp.test/", False),
        ("https://a.co.uk/", "https://b.co.uk/", False),
        ("https://x.a.co.uk/", "https://a.co.uk/", True),
        ("https://a.github.io/", "https://b.github.io/", False),
        ("http://10.0.0.1/", "http://20.0.0.1/", False),
    ],
)
def test_a_site_is_scheme_and_registrable_name(one, other, same):
    assert same_site(one, other) is same


def test_a_name_of_one_label_stands_for_itself():
    assert registrable("sp") == "sp"


def test_base_moves_relative_addresses():
    assert page('<base href="https://cdn.test/x/">').address("y") == "https://cdn.test/x/y"


@pytest.mark.parametrize(
    "html",
    [
        "<body onload='document.forms[0].submit()'><form method=post action=/acs><input type=hidden name=x></form>",
        "<form method=post action=/acs><input type=hidden name=SAMLResponse value=1><input type=submit></form>",
        "<form method=post action=/acs><input type=hidden name=code value=1><input type=hidden name=state></form>",
        "<form method=post action=/acs><input type=hidden name=x><noscript><button>Go</button></noscript></form>",
        "<form method=post action=/acs name=f><input type=hidden name=x></form><script>document.f.submit()</script>",
        "<meta http-equiv=refresh content='0; url=/acs'>",
        "<script>window.location.href = '\\/acs'</script>",
    ],
)
def test_a_page_leads_on_by_itself(html):
    step = page(html).onward()

    assert step is not None
    assert step.url == "https://sp.test/acs"


@pytest.mark.parametrize(
    "html",
    [
        "<form method=post action=/logout><input type=hidden name=csrf><button>Log out</button></form>",
        "<form method=post action=/logout id=logout-form><input type=hidden name=csrf></form>"
        "<a href=/ onclick=\"document.getElementById('logout-form').submit()\">Log out</a>",
        "<form method=post action=/x><input name=email></form><script>f.submit()</script>",
        "<noscript><meta http-equiv=refresh content='0; url=/nojs'></noscript>",
        "<meta http-equiv=refresh content='60; url=/again'>",
        "<p>Hello</p>",
    ],
)
def test_a_page_stands(html):
    assert page(html).onward() is None


@pytest.mark.parametrize(("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_a_redirect_keeps_method_and_body_or_turns_to_get(status, method):
    post = Navigation("POST", URL, (("a", "1"),))
    step = Page(post, status, (("Location", "/x"),)).onward()

    assert step is not None
    assert (step.method, step.pairs, step.chain) == (method, (("a", "1"),) if method == "POST" else None, (URL,))


@pytest.mark.parametrize(
    ("kind", "raw", "text"),
    [
        ("text/html; charset=iso-8859-1", b"\xe9\x80", "é€"),
        ("text/html", b"<meta charset=windows-1252>\xe9", "é"),
        ("text/html", b"\xef\xbb\xbf\xc3\xa9", "é"),
        ("text/html; charset=punycode", b"\xc3\xa9", "é"),
        ("text/html; charset=zip", b"\xff", "\ufffd"),
        ("text/html; charset=utf-16le", "é".encode("utf-16-le"), "é"),
    ],
)
def test_the_encoding_is_what_the_page_says_or_utf8(kind, raw, text):
    assert Page(Navigation("GET", URL), 200, (("Content-Type", kind),), raw).text == text


def test_a_multipart_form_is_sent_in_parts():
    sent = body((("a", "1"), ('b"', "ü")), "multipart/form-data")

    assert sent.data.count(b"Content-Disposition: form-data; name=") == 2
    assert b'name="b%22"\r\n\r\n\xc3\xbc\r\n' in sent.data


@pytest.mark.thorough
@pytest.mark.parametrize(
    "piece",
    ["<a b=", "<a ", "<a b='", '<a b="', "<!--", "</", "<![", "<b>", "<select><b>", "<a href=x>y", "<form>",
     "&#9999999999",
     "<script>", "<input name=a>", "<button>x", "<table><tr><td>", "<option selected><b>x", "</form>", "<form></form>",
     "<a x", "<p>", "\x00", "&", "<template>", "\ud800"],
)  # fmt: skip
def test_a_long_run_of_anything_is_read_in_a_moment(piece):
    begun = time.perf_counter()
    document(piece * (MOST_CHARACTERS // len(piece)))

    assert time.perf_counter() - begun < 10


def test_what_is_nested_too_deeply_is_left_out():
    read = document("<p>Hello</p><form><input name=a></form>" + "<b>x" * 20_000 + "<p>unseen")

    assert read.text.startswith("Hello x")
    assert [each.values for each in read.forms] == [{"a": ""}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "utf-7", "no-such", "\xff"])
def test_bytes_in_a_wrong_encoding_are_a_page(encoding):
    junk = b"\xff\xfe\x00<\x00p>\xc3<form \xe9=\x00><input name=\xc3\x28 value=\xed\xa0\x80>" * 50
    read = Page(Navigation("GET", URL), 200, (("Content-Type", f"text/html; charset={encoding}"),), junk)

    assert isinstance(read.text, str)
    assert all(isinstance(value, str) for form in read.document.forms for value in form.values.values())


PIECES = (
    "<form <input <select> <option </form> <textarea> name= value= ' \" > / = & &# &#x &lt; <!-- --> <! <? </ <![CDATA["
    " selected checked disabled <fieldset type=hidden \x00 \n é <script> </script> <template> <base href= <noscript>"
    " <meta http-equiv=refresh content=0 <body onload="
)
JUNK = st.lists(st.sampled_from(PIECES.split(" ")) | st.text(max_size=5)).map(" ".join)


@given(JUNK)
def test_any_junk_is_a_page(junk):
    read = page(junk)

    with suppress(Stuck):
        read.onward()

    assert all(form.entries() is not None for form in read.document.forms)
    assert read.text is not None


@given(st.text(max_size=200))
def test_a_value_comes_back_as_it_was_written(value):
    from html import escape

    value = value.replace("\r", "").replace("\x00", "")
    html = f'<form><input name="a" value="{escape(value)}"></form>'

    assert document(html).forms[0].values["a"] == value.replace("\n", "\r\n")
