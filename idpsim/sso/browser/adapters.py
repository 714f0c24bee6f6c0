"""How the browser's requests travel: adapters for `requests` over idpsim's own transports.

The adapter of `requests` has a limit for each read, none for the whole answer: a byte every few seconds holds it for
ever, and a body is unpacked without bound. idpsim's HTTP transport bounds both and says what went wrong in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPHeaderDict, HTTPResponse

from idpsim.transport import Transport
from idpsim.wire import NoResponse, Request, Response


class NotAnswered(requests.ConnectionError):
    """A request got no usable answer."""

    def __init__(self, answer: NoResponse) -> None:
        super().__init__(answer.reason)
        self.answer = answer


class TransportAdapter(BaseAdapter):
    """Sends what `requests` has prepared over a transport of idpsim's, header by header as it stands."""

    def __init__(self, transport: Transport) -> None:
        super().__init__()
        self._transport = transport

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - the signature is that of `requests`; bodies are bounded, hence read
        timeout: Any = None,  # noqa: ARG002
        verify: Any = True,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> requests.Response:
        """The answer; `NotAnswered` where there is none. Time, trust and proxies are the transport's own."""
        url = request.url or ""
        headers = tuple((name, _as_text(value)) for name, value in request.headers.items())
        if "host" not in request.headers:
            headers = (("Host", url.split("/", 3)[2]), *headers)
        answer = self._transport.send(Request(request.method or "GET", url, headers, _bytes(request.body)))
        if isinstance(answer, NoResponse):
            raise NotAnswered(answer)
        return _response(request, answer)

    def close(self) -> None:
        """Give back what the transport holds open."""
        self._transport.close()


def _as_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes | None:
    """A prepared body as bytes, be it a text, a file or an iterable of pieces."""
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return bytes(body.read()) if hasattr(body, "read") else b"".join(body)


def _response(request: requests.PreparedRequest, answer: Response) -> requests.Response:
    fields = HTTPHeaderDict()
    for name, value in answer.headers:
        fields.add(name, value)
    response = requests.Response()
    response.status_code = answer.status
    response.reason = answer.reason
    response.headers = CaseInsensitiveDict(fields.itermerged())
    response.raw = HTTPResponse(body=b"", headers=fields, status=answer.status, decode_content=False)
    response.encoding = get_encoding_from_headers(response.headers)
    response.request = request
    response.url = request.url or ""
    response._content = answer.body
    response._content_consumed = True  # type: ignore[attr-defined]
    return response
