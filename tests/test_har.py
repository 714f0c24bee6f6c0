"""HAR files: written as exchanges come, read from anywhere."""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import suppress
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idpsim.har import Entry, HarError, HarWriter, entry, read
from idpsim.redact import Redactor
from idpsim.wire import Exchange, NoResponse, Quirk, Request, Response

QUIRK = Quirk("No path: the attribute is inside value.", "https://vendor.example/scim")
REQUEST = Request(
    "PATCH",
    "https://sp.example/Users?filter=userName+eq+%22a%40b%22&x&",
    (
        ("Authorization", "Bearer s3cret"),
        ("Host", "sp.example"),
        ("Content-Type", "application/scim+json"),
        ("Content-Length", "20"),
    ),
    b'{"password":"hunt3r"}',
)
RESPONSE = Response(
    200, (("Content-Type", "application/json"), ("X-A", "1"), ("X-A", "2")), '{"userName":"zoë"}'.encode(), "OK"
)
EXCHANGE = Exchange(0, "vendor", REQUEST, RESPONSE, 1_800_000_000.25, 0.0125, 2400.0, (QUIRK,), True, "sent twice")
BOTH = Redactor(["s3cret"])


def har(*exchanges):
    file = StringIO()
    with HarWriter(file, BOTH) as writer:
        for exchange in exchanges:
            writer.write(exchange)
    return file.getvalue()


def saved(tmp_path, text):
    path = tmp_path / "run.har"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_an_entry_holds_all_that_har_asks_for_and_our_own():
    assert entry(EXCHANGE, BOTH) == {
        "startedDateTime": "2027-01-15T08:00:00.250Z",
        "time": 12.5,
        "request": {
            "method": "PATCH",
            "url": "https://sp.example/Users?filter=userName+eq+%22a%40b%22&x&",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [
                {"name": "Authorization", "value": "Bearer [redacted]"},
                {"name": "Host", "value": "sp.example"},
                {"name": "Content-Type", "value": "application/scim+json"},
                {"name": "Content-Length", "value": "20"},
            ],
            "queryString": [{"name": "filter", "value": 'userName eq "a@b"'}, {"name": "x", "value": ""}],
            "postData": {"mimeType": "application/scim+json", "text": '{"password":"[redacted]"}'},
            "headersSize": -1,
            "bodySize": 21,
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [
                {"name": "Content-Type", "value": "application/json"},
                {"name": "X-A", "value": "1"},
                {"name": "X-A", "value": "2"},
            ],
            "content": {"size": 19, "mimeType": "application/json", "text": '{"userName":"zoë"}'},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": 19,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 12.5, "receive": 0},
        "_by": "vendor",
        "_virtualTime": 2400.0,
        "_probe": True,
        "_quirks": [{"text": QUIRK.text, "source": QUIRK.source}],
        "_fault": "sent twice",
    }


def test_no_answer_is_status_0_with_its_reason():
    lost = NoResponse("timeout", "no answer within 60 s to s3cret")

    response = entry(Exchange(0, "vendor", REQUEST, lost, 0.0, 60.0), BOTH)["response"]

    assert (response["status"], response["_error"]) == (0, "timeout: no answer within 60 s to [redacted]")


def test_a_redirect_is_named_without_its_token():
    moved = Response(302, (("location", "https://sp/cb?id_token=abc"),))

    assert entry(Exchange(0, "browser", REQUEST, moved, 0.0, 0.0), BOTH)["response"]["redirectURL"] == (
        "https://sp/cb?id_token=[redacted]"
    )


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_har_is_whole_json(count):
    log = json.loads(har(*[EXCHANGE] * count))["log"]

    assert (log["version"], log["creator"]["name"], len(log["entries"])) == ("1.2", "idpsim", count)


def test_a_har_is_whole_after_an_exception():
    file = StringIO()

    with suppress(RuntimeError), HarWriter(file, BOTH) as writer:
        writer.write(EXCHANGE)
        raise RuntimeError

    assert len(json.loads(file.getvalue())["log"]["entries"]) == 1


def test_no_secret_is_in_a_har():
    text = har(EXCHANGE)

    assert "s3cret" not in text
    assert "hunt3r" not in text


def test_what_was_written_is_read_again(tmp_path):
    lost = Exchange(
        1, "idpsim", Request("GET", "http://sp/", (("Host", "sp"),)), NoResponse("reset", "gone: really"), 0.0, 0.0
    )

    first, second = read(saved(tmp_path, har(EXCHANGE, lost)))

    assert first.request.body == b'{"password":"[redacted]"}'
    assert first.request.headers == (
        ("Authorization", "Bearer [redacted]"),
        ("Host", "sp.example"),
        ("Content-Type", "application/scim+json"),
        ("Content-Length", "25"),
    )
    assert first.answer == RESPONSE
    assert (first.by, first.at, first.fault, first.started) == (
        "vendor",
        2400.0,
        "sent twice",
        "2027-01-15T08:00:00.250Z",
    )
    assert second == Entry(lost.request, lost.answer, "1970-01-01T00:00:00.000Z", "idpsim", 0.0)


def others(request, response=None):
    return json.dumps({"log": {"entries": [{"request": request, "response": response}]}})


def test_a_browsers_har_is_read(tmp_path):
    request = {
        "method": "POST",
        "url": "https://user:pw@sp.example:8443/scim/Users?a=1",
        "httpVersion": "h2",
        "headers": [
            {"name": ":authority", "value": "sp.example"},
            {"name": "accept", "value": "*/*"},
            {"name": None},
            3,
        ],
        "postData": {"mimeType": "application/json", "text": "{}"},
    }
    response = {"status": 201, "headers": [], "content": {"encoding": "base64", "text": b64encode(b"\xff{}").decode()}}

    (found,) = read(saved(tmp_path, "\ufeff" + others(request, response)))

    assert found == Entry(
        Request(
            "POST",
            "https://user:pw@sp.example:8443/scim/Users?a=1",
            (("Host", "sp.example:8443"), ("accept", "*/*"), ("Content-Length", "2")),
            b"{}",
        ),
        Response(201, (), b"\xff{}"),
    )


def test_form_parameters_are_a_body(tmp_path):
    params = [{"name": "grant type", "value": "a&b"}, {"name": "x"}]
    request = {"method": "POST", "url": "http://sp/", "postData": {"params": params}}

    (found,) = read(saved(tmp_path, others(request)))

    assert (found.request.body, found.answer) == (b"grant+type=a%26b&x=", None)


def test_a_body_that_came_in_chunks_is_sent_with_its_length(tmp_path):
    headers = [{"name": "Host", "value": "sp"}, {"name": "Transfer-Encoding", "value": "chunked"}]
    request = {"method": "POST", "url": "http://sp/", "headers": headers, "postData": {"text": "{}"}}

    (found,) = read(saved(tmp_path, others(request)))

    assert found.request.headers == (("Host", "sp"), ("Content-Length", "2"))


def test_a_browsers_error_is_no_response(tmp_path):
    response = {"status": 0, "_error": "net::ERR_CONNECTION_REFUSED"}

    (found,) = read(saved(tmp_path, others({"method": "GET", "url": "http://sp/"}, response)))

    assert found.answer == NoResponse("unreachable", "net::ERR_CONNECTION_REFUSED")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is not JSON"),
        (b"\xff\xfe\x00", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "log.entries is not a list"),
        ('{"log":{"entries":{}}}', "log.entries is not a list"),
        ('{"log":{"entries":[3]}}', "entry 1: not an object"),
        (others(None), "entry 1: request.method is missing"),
        (
            others({"method": "GET", "url": "file:///x"}),
            "entry 1: request.url is not an http or https URL: 'file:///x'",
        ),
        (others({"method": "GET", "url": "http://[x"}), "entry 1: "),
        (
            others(
                {"method": "GET", "url": "http://sp/"}, {"status": 200, "content": {"text": "a", "encoding": "base64"}}
            ),
            "entry 1: a body is said to be base64",
        ),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path, text, words):
    path = saved(tmp_path, text)

    with pytest.raises(HarError) as caught:
        list(read(path))

    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(HarError, match=r"nothing\.har: cannot be read: No such file"):
        read(tmp_path / "nothing.har")


TEXT = st.text(max_size=20)


@given(st.binary(max_size=40), TEXT, TEXT, st.binary(max_size=40), st.integers(200, 599))
def test_any_exchange_becomes_json(body, name, value, answered, status):
    request = Request("GET", f"http://sp/?{value}", ((name, value),), body)
    exchange = Exchange(0, "vendor", request, Response(status, ((name, value),), answered, value), 1e9, 0.1)

    assert len(json.loads(har(exchange, exchange).encode("utf-8"))["log"]["entries"]) == 2
