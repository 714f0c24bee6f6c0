"""`idpsim show PROFILE sign-in`: the vendor's Response and tokens, with where its quirks are said."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from idpsim.cli import main
from idpsim.profiles import all_sign_ons


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["show", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("vendor", all_sign_ons())
def test_every_quirk_of_sign_in_is_shown_with_its_source(vendor: str) -> None:
    text = shown(vendor, "sign-in")

    look = all_sign_ons()[vendor]
    assert all(quirk.source in text for quirk in (*look.saml.quirks, *look.oidc.quirks))


@pytest.mark.parametrize(
    ("vendor", "said"), [("okta", "<saml2p:Response"), ("entra", "<Assertion "), ("onelogin", "pfx")]
)
def test_the_response_has_the_vendors_look(vendor: str, said: str) -> None:
    assert said in shown(vendor, "sign-in")


def test_no_token_is_whole() -> None:
    text = shown("okta-aiw", "sign-in")

    assert max(map(len, text.replace('"', " ").split())) < 200
    assert '"id_token": "eyJ' in text


def test_a_switch_of_the_sign_in_shows() -> None:
    text = shown("okta", "sign-in", "--set", "response_signed=false")

    assert text.count("<ds:Signature ") == 1
