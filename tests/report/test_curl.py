"""The curl command sends the same request, whatever is in it."""

from __future__ import annotations

import subprocess

import pytest

from idpsim.redact import Redactor
from idpsim.report.curl import command, remark
from idpsim.wire import Exchange, Request, Response

HEADERS = (("Host", "sp.example"), ("Accept", "a/b"), ("User-Agent", "Vendor"), ("Content-Type", "application/json"))


def exchange(method: str = "PATCH", url: str = "https://sp.example/Users/1", headers=HEADERS, body=b"{}") -> Exchange:  # type: ignore[no-untyped-def]
    return Exchange(0, "vendor", Request(method, url, headers, body), Response(200), 0.0, 0.0)


def words(text: str, token: str = "t0k3n") -> list[str]:
    """The words that a shell makes of a command."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{text}"
    ended = subprocess.run(["bash", "-c", script], env={"SCIM_TOKEN": token}, capture_output=True, check=True)
    return ended.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]


def test_a_get_is_short() -> None:
    text = command(exchange("GET", "http://sp.example/Users?a=b&c=d", HEADERS[:3], None), Redactor())

    assert words(text) == ["http://sp.example/Users?a=b&c=d", "-H", "Accept: a/b", "-H", "User-Agent: Vendor"]


@pytest.mark.parametrize(
    "body",
    ['{"name": "O\'Hara; $(rm -rf /) `id` !x \\\\ \\n"}', "{\n\t\x1b[2J\u202e'\\'}", "@/etc/passwd", "Zoë 李", "$'x'"],
)
def test_a_body_arrives_as_it_is(body: str) -> None:
    sent = words(command(exchange(body=body.encode()), Redactor()))

    assert sent[-1] == body
    assert sent[-2] == ("--data-raw" if body.startswith("@") else "--data-binary")


def test_nothing_that_a_terminal_obeys_is_in_the_command() -> None:
    headers = (*HEADERS, ("X-Evil", "a\x1b[2J\u202e'b"))

    text = command(exchange(url="http://sp.example/\x1b\u202e", headers=headers, body=b"\x1b[31m"), Redactor())

    assert text.replace("\n", "").isprintable()
    assert "X-Evil: a\x1b[2J\u202e'b" in words(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Bearer abcdefgh", ["-H", "Authorization: Bearer t0k3n"]),
        ("abcdefgh", ["-H", "Authorization: t0k3n"]),
        ("Basic YTpi", ["-u", "t0k3n"]),
    ],
)
def test_the_token_comes_from_the_environment(value: str, expected: list[str]) -> None:
    text = command(exchange(headers=(("Authorization", value),)), Redactor())

    assert "abcdefgh" not in text
    assert "YTpi" not in text
    sent = words(text)
    at = sent.index(expected[1])
    assert sent[at - 1 : at + 1] == expected


def test_the_headers_that_curl_would_add_are_taken_away() -> None:
    sent = words(command(exchange(headers=(("Host", "sp.example"), ("Content-Length", "2"))), Redactor()))

    assert [word for word in sent if word.endswith(":")] == ["User-Agent:", "Accept:", "Content-Type:"]
    assert not [word for word in sent if word.startswith(("Host", "Content-Length"))]


def test_curl_is_kept_from_changing_the_url() -> None:
    text = command(exchange(url='https://sp.example/a/../Users?filter=a[b eq "c"]'), Redactor())

    assert {"--globoff", "--path-as-is", "--http1.1"} <= set(words(text))


def test_a_long_body_is_taken_from_a_file() -> None:
    it = exchange(body=b"[" + b"1," * 5000 + b"1]")

    text = command(it, Redactor())

    assert words(text)[-1] == "@body.json"
    assert "10,003 bytes" in remark(it, text) or "body of" in remark(it, text)


def test_a_secret_in_a_body_is_left_out_and_that_is_said() -> None:
    it = exchange(body=b'{"password":"hunter22"}')

    text = command(it, Redactor())

    assert "hunter22" not in text
    assert "put the secret in" in remark(it, text)
