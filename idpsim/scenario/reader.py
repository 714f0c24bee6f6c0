"""Reading and changing the service provider in idpsim's own name, on a connection of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from idpsim import __version__
from idpsim.provisioning.flow import PATCH_OP, equals, segment
from idpsim.provisioning.line import Line
from idpsim.provisioning.links import Kind
from idpsim.provisioning.profile import Connection
from idpsim.wire import Answer, NoResponse, Request, Response, compact

PATHS: Mapping[Kind, str] = {"user": "/Users", "group": "/Groups"}
NAMED_BY: Mapping[Kind, str] = {"user": "userName", "group": "displayName"}
PAGE = 100
TRIES = 4


class Reader:
    """A plain SCIM client; each of its exchanges is marked as ours."""

    def __init__(self, line: Line, connection: Connection) -> None:
        self._line = line
        self.connection = connection

    def send(self, method: str, path: str, body: Any = None) -> Answer:
        """The answer to a request below the base URL."""
        raw = None if body is None else compact(body)
        headers = [
            ("Host", self.connection.host),
            ("User-Agent", f"idpsim/{__version__}"),
            ("Accept", "application/scim+json, application/json"),
        ]
        if self.connection.authorization:
            headers.append(("Authorization", self.connection.authorization))
        if raw is not None:
            headers += [("Content-Type", "application/scim+json"), ("Content-Length", str(len(raw)))]
        url = self.connection.base.rstrip("/") + path
        request = Request(method, url, (*headers, *self.connection.headers), raw)
        for _ in range(TRIES - 1):
            answer = self._line.send(request)
            if not limited(answer):
                return answer
        return self._line.send(request)

    def get(self, kind: Kind, identifier: str) -> Answer:
        return self.send("GET", f"{PATHS[kind]}/{segment(identifier)}")

    def find(self, kind: Kind, attribute: str, value: str) -> list[dict[str, Any]] | Answer:
        """The resources whose attribute equals `value`; the answer where it is no list."""
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        answer = self.send(
            "GET", f"{PATHS[kind]}?filter={quote(equals(attribute, escaped), safe='', errors='replace')}"
        )
        if isinstance(answer, Response) and answer.status == 404:
            return []
        resources = _resources(answer)
        return answer if resources is None else resources

    def pages(self, kind: Kind) -> Iterator[list[dict[str, Any]]]:
        """All resources, page by page, as long as the service provider gives any."""
        start = 1
        while True:
            resources = _resources(self.send("GET", f"{PATHS[kind]}?startIndex={start}&count={PAGE}"))
            if not resources:
                return
            yield resources
            start += len(resources)

    def create(self, kind: Kind, document: Mapping[str, Any]) -> Answer:
        return self.send("POST", PATHS[kind], document)

    def change(self, kind: Kind, identifier: str, values: Mapping[str, Any]) -> Answer:
        """Set values by SCIM path with a PATCH as RFC 7644 writes it."""
        operations = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
        return self.send(
            "PATCH", f"{PATHS[kind]}/{segment(identifier)}", {"schemas": [PATCH_OP], "Operations": operations}
        )

    def delete(self, kind: Kind, identifier: str) -> Answer:
        return self.send("DELETE", f"{PATHS[kind]}/{segment(identifier)}")


def limited(answer: Answer) -> bool:
    """Whether a service provider asks for a pause, which is kept before the next request leaves."""
    return isinstance(answer, Response) and (
        answer.status == 429 or (answer.status == 503 and answer.header("retry-after") is not None)
    )


def held_up(answer: Answer) -> bool:
    """Whether a request was not answered because of a pause, so that nothing can be said of what was asked."""
    return limited(answer) or (isinstance(answer, NoResponse) and answer.kind == "held")


def said(answer: Answer) -> str:
    """What came back, in a clause."""
    return f"gets no answer ({answer.reason})" if isinstance(answer, NoResponse) else f"is answered {answer.status}"


def unread(answer: Answer) -> str:
    """Why a resource was not read, in words that say what helps."""
    if isinstance(answer, NoResponse):
        return f"it was not read back: {answer.reason}"
    return f"it was not read back: the service provider keeps answering {answer.status}; raise --max-wait"


def _resources(answer: Answer) -> list[dict[str, Any]] | None:
    if not isinstance(answer, Response) or answer.status != 200:
        return None
    document = answer.json
    found = document.get("Resources", []) if isinstance(document, dict) else None
    if not isinstance(found, list):
        return None
    return [each for each in found if isinstance(each, dict)]


def document_of(answer: Answer) -> dict[str, Any] | None:
    """The resource in a 200 answer, None where there is none."""
    if not isinstance(answer, Response) or answer.status != 200:
        return None
    document = answer.json
    return document if isinstance(document, dict) else None
