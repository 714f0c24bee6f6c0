"""The shipped scenario that plays the whole catalogue."""

from __future__ import annotations

import yaml

from idpsim.sso.tamper.catalogue import entries
from tests.sso.tamper.hardening import PLACE, hardening


def test_the_scenario_is_what_the_catalogue_makes_of_it() -> None:
    """`python -m tests.sso.tamper.hardening` writes it anew."""
    assert PLACE.read_text() == hardening()


def test_each_entry_is_played_once_in_the_catalogues_order() -> None:
    steps = yaml.safe_load(hardening())["steps"]

    played = [(step["tamper"], step["via"]) for step in steps if "tamper" in step]

    assert played == [(entry.name, entry.protocol) for entry in entries().values()]


def test_an_honest_sign_in_comes_first_and_last_over_each_protocol() -> None:
    steps = [step for step in yaml.safe_load(hardening())["steps"] if "sign-in" in step]

    for protocol in ("saml", "oidc"):
        mine = [step for step in steps if step["via"] == protocol]
        honest = [place for place, step in enumerate(mine) if step.get("expect") == "signed-in"]
        assert honest == [0, len(mine) - 1]
