"""Every behaviour of the embedded service provider that can be switched; the default of each is right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from . import switch_values


def _switch(default: Any, doc: str, *choices: Any, least: int = 0) -> Any:
    if isinstance(default, bool):
        choices = (True, False)
    return field(default=default, metadata={"doc": doc, "choices": choices, "least": least})


@dataclass(frozen=True, slots=True)
class Switches:
    """The switches; each field's metadata holds `doc` (one line), `choices` (empty: any) and `least` (for numbers)."""

    # The gates of a real product; by default all are passed.
    plan: str = _switch(
        "enterprise", "the account's plan: SCIM is part of premium and enterprise", "starter", "premium", "enterprise"
    )
    sso: str = _switch(
        "trusted", "single sign-on: not set up, set up, or proven by a sign-in", "none", "configured", "trusted"
    )
    scim: bool = _switch(True, "SCIM is switched on from the start where plan and single sign-on allow it")
    issuers: tuple[str, ...] = _switch((), "issuers whose sign-in proves single sign-on; none named: any")

    # Kinds of service provider that the RFC allows.
    deactivation: str = _switch("soft", "hard: a user who is set inactive is gone, 404 by id", "soft", "hard")
    delete: str = _switch("hard", "soft: DELETE answers 204 and leaves the user, inactive", "hard", "soft")
    patch: bool = _switch(True, "PATCH is supported")
    patch_refusal: int = _switch(501, "what PATCH is answered with where it is not supported", 501, 405)
    patch_answer: int = _switch(200, "a PATCH of a user is answered with the user (200) or nothing (204)", 200, 204)
    group_patch_answer: int = _switch(204, "the same for a group; 200 carries all its members each time", 200, 204)
    groups: bool = _switch(True, "groups are supported; otherwise /Groups answers 404")
    return_members: bool = _switch(True, "groups are returned with their members")
    unknown_members: str = _switch(
        "refuse", "a member whom the service provider does not know: 400, left out, or kept", "refuse", "ignore", "keep"
    )
    page_size: int = _switch(100, "resources on one page at most", least=1)
    max_body: int = _switch(8_388_608, "bytes that a request body may have; more is answered 413", least=1)
    rate_limit: int = _switch(0, "requests per IdP and window, then 429; 0: no limit")
    rate_window: int = _switch(1, "seconds of that window", least=1)
    retry_after: str = _switch(
        "seconds", "form of Retry-After: seconds, an HTTP date, or no header", "seconds", "date", "none"
    )
    strict: bool = _switch(False, "refuses what RFC 7643 and RFC 7644 do not allow, with 4xx")

    # Mistakes that service providers make.
    hide_inactive: bool = _switch(False, "inactive users are in no list and found by no filter")
    match_404: bool = _switch(False, "a filter that matches nothing is answered 404")
    ignore_string_booleans: bool = _switch(False, 'the strings "True" and "False" are ignored for booleans')
    ignore_pathless: bool = _switch(False, "PATCH operations without a path are ignored")
    ignore_reactivation: bool = _switch(False, "an inactive user stays inactive")
    wipe_on_filtered_remove: bool = _switch(False, 'remove of members[value eq "x"] empties the group')
    wipe_on_value_remove: bool = _switch(False, "remove of members with a list of values empties the group")
    replace_on_add: bool = _switch(False, "members that are added replace the ones there were")
    lose_updates: bool = _switch(False, "of membership changes that arrive together only the last one stays")
    put_drops: tuple[str, ...] = _switch((), "attributes that are lost with every PUT, by SCIM path")
    drop_attributes: tuple[str, ...] = _switch((), "attributes that are never kept, by SCIM path")
    accept_and_forget: bool = _switch(False, "writes are answered well and not stored; a POST gives an id that is 404")
    case_sensitive_filter: bool = _switch(False, "filters on userName mind upper and lower case")
    fold_external_id: bool = _switch(False, "filters on externalId ignore upper and lower case")
    string_numbers: bool = _switch(False, "totalResults, startIndex and itemsPerPage are strings")
    html_errors: bool = _switch(False, "errors are HTML pages")
    no_id: bool = _switch(False, "POST is answered without the id")

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Switches:
        """Switches as a scenario writes them; ValueError with one sentence for an unknown name or value."""
        known = {switch.name: switch for switch in fields(cls)}
        given: dict[str, Any] = {}
        for key, value in mapping.items():
            name = str(key).replace("-", "_")
            if name not in known:
                raise ValueError(f"there is no switch {key!r}{_meant(name, tuple(known))}.")
            switch = known[name]
            given[name] = switch_values.typed(name, value, switch.default, switch.metadata)
        return cls(**given)


def _meant(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
