"""Falsified deliveries: what the browser does otherwise with what the identity provider has issued."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

Fields: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class BrowserTamper:
    """What a browser does otherwise with the answer of the identity provider: a form to post, or a redirect.

    replay: it is delivered as it should be, then a second time by a new browser that knows no cookies; the outcome is
    the second one's. twice: the same browser delivers it twice, at once. edit: changes the parameters, those of the
    second delivery where `replay` is set; `relay_state` and `state` do so for the parameter of their name, empty
    leaves it out. method: GET puts a form's fields into the query. drop_cookies: the browser forgets its cookies
    before. wait: seconds before delivery. cut: half of the form is sent, and the connection cut. never_to: the
    sign-in may be accepted, but a redirect to an address that begins like this is wrong.
    """

    replay: bool = False
    twice: bool = False
    edit: Callable[[Fields], dict[str, str]] | None = None
    relay_state: str | None = None
    state: str | None = None
    method: Literal["GET"] | None = None
    drop_cookies: bool = False
    wait: float = 0.0
    cut: bool = False
    never_to: str | None = None


def _in_new_response(fields: Fields) -> dict[str, str]:
    """The same assertion in a Response with a new ID, which is not signed then."""
    from base64 import b64decode, b64encode

    from lxml import etree

    from idpsim.sso.tamper.documents import parsed, removed, signature

    response = parsed(b64decode(fields["SAMLResponse"]))
    removed(signature(response))
    response.set("ID", "_a_new_response")
    return {**fields, "SAMLResponse": b64encode(etree.tostring(response)).decode()}


_FOREIGN = "https://phishing.attacker.test/"

TAMPERS: Mapping[str, BrowserTamper] = MappingProxyType(
    {
        "replay": BrowserTamper(replay=True),
        "same_assertion_new_response": BrowserTamper(replay=True, edit=_in_new_response),
        "relay_state_tampered": BrowserTamper(relay_state="somewhere-else"),
        "relay_state_open_redirect": BrowserTamper(relay_state=_FOREIGN, never_to=_FOREIGN),
        "relay_state_long": BrowserTamper(relay_state="x" * 4_000),
        "relay_state_javascript": BrowserTamper(relay_state="javascript:alert(1)//", never_to="javascript:"),
        "get_instead_of_post": BrowserTamper(method="GET"),
        "slow": BrowserTamper(wait=2.0),
        "cut": BrowserTamper(cut=True),
        "double_submit": BrowserTamper(twice=True),
        "code_reuse": BrowserTamper(replay=True),
        "code_injected": BrowserTamper(drop_cookies=True),
    }
)
