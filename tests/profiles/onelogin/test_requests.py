from idpsim.profiles.onelogin.scim import request
from idpsim.provisioning.flow import delete, equals, get, post, put
from idpsim.provisioning.profile import Connection

BASE = "https://sp.example/scim/v2"


def sent(call, base=BASE, headers=(), **settings):
    return request(call, Connection(base, "Bearer tok-1", headers, settings))


def lookup(name):
    return get("/Users", (("filter", equals("userName", name)),))


def test_a_lookup_is_form_encoded_and_ends_in_an_ampersand():
    url = sent(lookup("a b")).url

    assert url == f"{BASE}/Users?filter=userName+eq+%22a+b%22&"


def test_an_address_and_a_plus_are_percent_encoded():
    url = sent(lookup("jane+1@corp.example")).url

    assert url == f"{BASE}/Users?filter=userName+eq+%22jane%2B1%40corp.example%22&"


def test_a_quote_in_a_name_is_not_escaped_inside_the_filter():
    url = sent(lookup('a"b\\')).url

    assert url == f"{BASE}/Users?filter=userName+eq+%22a%22b%5C%22&"


def test_every_other_url_ends_in_a_bare_question_mark():
    urls = [
        sent(call).url for call in (put("/Users/5b1c", {}), post("/Users", {}), delete("/Users/5b1c"), get("/Groups"))
    ]

    assert urls == [f"{BASE}/Users/5b1c?", f"{BASE}/Users?", f"{BASE}/Users/5b1c?", f"{BASE}/Groups?"]


def test_without_the_trailing_mark_urls_are_as_others_write_them():
    urls = [sent(call, trailing_query_mark=False).url for call in (get("/Groups"), lookup("ada"))]

    assert urls == [f"{BASE}/Groups", f"{BASE}/Users?filter=userName+eq+%22ada%22"]


def test_one_slash_at_the_end_of_the_base_url_is_stripped():
    url = sent(get("/Groups"), base=BASE + "/").url

    assert url == f"{BASE}/Groups?"


def test_a_request_carries_no_user_agent_no_accept_and_no_connection():
    headers = sent(post("/Users", {"userName": "é"})).headers

    assert headers == (
        ("Host", "sp.example"),
        ("Authorization", "Bearer tok-1"),
        ("Content-Type", "application/json"),
        ("Content-Length", "17"),
    )


def test_a_request_without_a_body_carries_a_content_type_and_no_length():
    headers = sent(delete("/Users/1")).headers

    assert [name for name, _ in headers] == ["Host", "Authorization", "Content-Type"]


def test_without_a_token_there_is_no_authorization():
    headers = request(get("/Users"), Connection("http://127.0.0.1:8080")).headers

    assert headers == (("Host", "127.0.0.1:8080"), ("Content-Type", "application/json"))


def test_the_content_type_is_a_setting():
    headers = sent(get("/Users"), content_type="application/scim+json").headers

    assert ("Content-Type", "application/scim+json") in headers


def test_custom_headers_are_added_and_take_the_place_of_onelogins_own():
    custom = ("content-type: application/scim+json", "User-Agent: OneLogin SCIM", "no header", "Host: elsewhere")

    headers = sent(get("/Users"), custom_headers=custom, headers=(("X-Tunnel", "1"),)).headers

    assert headers == (
        ("Host", "sp.example"),
        ("Authorization", "Bearer tok-1"),
        ("content-type", "application/scim+json"),
        ("User-Agent", "OneLogin SCIM"),
        ("X-Tunnel", "1"),
    )


def test_several_custom_headers_may_stand_in_one_text():
    headers = sent(get("/Users"), custom_headers=("Accept: */*\r\nX-Tenant: a:b\n",)).headers

    assert headers[-2:] == (("Accept", "*/*"), ("X-Tenant", "a:b"))


def test_a_body_is_compact_json():
    body = sent(put("/Users/1", {"a": [1, "é/"], "b": None})).body

    assert body == '{"a":[1,"é/"],"b":null}'.encode()
