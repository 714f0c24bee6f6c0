"""What a vendor issues when somebody signs in, with where it is said: `idpsim show PROFILE sign-in`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from idpsim import api
from idpsim.cli.situations import DIRECTORY
from idpsim.profiles import all_sign_ons
from idpsim.provisioning.profile import Profile
from idpsim.report.text import Page, visible
from idpsim.scenario.load import load_text
from idpsim.wire import Quirk


def sign_in(vendor: Profile, switches: Mapping[str, Any], page: Page) -> Iterator[str]:
    """The Response and the tokens, each followed by its vendor's quirks."""
    from idpsim.signing.specimen import Specimen

    document = json.dumps({"name": "show", "directory": DIRECTORY, "steps": [{"sign-in": "ada"}]})
    script = load_text(document, "show", known=api.known(), variables={}, idp=[vendor.name]).script(vendor.name)
    specimen = Specimen(vendor.vendor, switches, script.people, script.groups)
    look = all_sign_ons()[vendor.vendor]
    yield page.strong(f"{vendor.name}, sign-in: the SAML Response that is posted, indented here")
    yield ""
    yield from map(visible, specimen.response().splitlines())
    yield from _quirks(look.saml.quirks, page)
    for title, value in specimen.tokens():
        yield ""
        yield page.strong(f"{vendor.name}, sign-in: OpenID Connect, {title}")
        yield ""
        yield from map(visible, json.dumps(value, indent=2, ensure_ascii=False).splitlines())
    yield from _quirks(look.oidc.quirks, page)


def _quirks(quirks: Iterable[Quirk], page: Page) -> Iterator[str]:
    for quirk in quirks:
        yield from page.wrapped(quirk.text, 4)
        yield f"      {page.place(quirk.source)}"
