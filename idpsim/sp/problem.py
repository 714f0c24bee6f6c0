"""How a request ends that is not granted: a SCIM error for a client, a page for a person, a reason for who runs it."""

from __future__ import annotations

from typing import Any

from idpsim.errors import IdpsimError
from idpsim.wire import Headers

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class Refused(IdpsimError):
    """What the service provider's administrator asked for is not granted; the text says why."""


class Denied(Exception):
    """A sign-in, or a page around it, that ends with an error; `reason` is a sentence for the person who sees it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Problem(Exception):
    """A request that ends with an error of RFC 7644 section 3.12.

    Raised wherever it is found, however deep in a filter or a patch, and answered in one place. It never leaves the
    package: clients get the error body, the administrator's methods raise `Refused`.
    """

    def __init__(self, status: int, detail: str, scim_type: str | None = None, headers: Headers = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.scim_type = scim_type
        self.headers = headers

    def document(self) -> dict[str, Any]:
        """The error body, status as a string."""
        body: dict[str, Any] = {"schemas": [ERROR], "status": str(self.status)}
        if self.scim_type:
            body["scimType"] = self.scim_type
        body["detail"] = self.detail
        return body


def invalid_value(detail: str) -> Problem:
    """400 invalidValue."""
    return Problem(400, detail, "invalidValue")


def invalid_syntax(detail: str) -> Problem:
    """400 invalidSyntax."""
    return Problem(400, detail, "invalidSyntax")


def invalid_path(detail: str) -> Problem:
    """400 invalidPath."""
    return Problem(400, detail, "invalidPath")


def invalid_filter(detail: str) -> Problem:
    """400 invalidFilter."""
    return Problem(400, detail, "invalidFilter")


def no_target(detail: str) -> Problem:
    """400 noTarget."""
    return Problem(400, detail, "noTarget")


def mutability(detail: str) -> Problem:
    """400 mutability."""
    return Problem(400, detail, "mutability")
