"""Bodies of every kind are read within bounds, and never waited for in vain."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Request

from idpsim.sso.oidc.reading import MOST, body, form

FORM = "application/x-www-form-urlencoded"


class Socket(io.RawIOBase):
    """A connection that stays open: reading past what was sent would wait for ever."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError(f"read {size} bytes of a body that does not end")


def request(stream: Any, **environ: Any) -> Request:
    return Request({"REQUEST_METHOD": "POST", "CONTENT_TYPE": FORM, "wsgi.input": stream, **environ})


@pytest.mark.parametrize(
    "environ",
    [
        {"CONTENT_LENGTH": "3"},
        {"wsgi.input_terminated": True},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {},
        {"CONTENT_LENGTH": ""},
    ],
)
def test_a_form_is_read_with_and_without_a_length(environ: dict[str, Any]) -> None:
    assert form(request(io.BytesIO(b"a=b"), **environ)).values == {"a": "b"}


def test_a_body_without_a_length_or_an_end_is_not_waited_for() -> None:
    assert body(request(Socket())) == b""


@pytest.mark.parametrize("length", ["-1", "x", "٣", "1e3"])
def test_a_length_that_is_none_gives_no_body(length: str) -> None:
    assert body(request(io.BytesIO(b"a=b"), CONTENT_LENGTH=length)) == b""


@pytest.mark.parametrize("environ", [{"CONTENT_LENGTH": "9999999"}, {"wsgi.input_terminated": True}])
def test_no_more_is_read_than_fits(environ: dict[str, Any]) -> None:
    stream = io.BytesIO(b"a=" + b"b" * 1_000_000)

    found = form(request(stream, **environ))

    assert found.too_large
    assert stream.tell() == MOST + 1


def test_the_first_that_comes_twice_is_named() -> None:
    found = form(request(io.BytesIO(b"a=1&b=2&b=3&a=4"), wsgi_input_terminated=True))

    assert (found.repeated, found.values) == ("b", {"a": "1", "b": "2"})


def test_a_parameter_without_a_value_counts_as_not_sent() -> None:
    assert form(request(io.BytesIO(b"a=&b=1"))).values == {"b": "1"}


def test_another_content_type_is_no_form() -> None:
    assert not form(request(io.BytesIO(b"a=b"), CONTENT_TYPE="text/plain")).is_form
