"""The shipped sign-in scenarios at two products that have SCIM beside their sign-in: each gets what it deserves."""

from __future__ import annotations

import pytest

from idpsim.api import load
from idpsim.scenario.results import RunResult
from idpsim.signing.keyring import Keyring
from idpsim.signon import Protocol
from tests.e2e.attacking import Attacker, Target
from tests.e2e.playing import ROOT, verdict
from tests.e2e.verifying import ALWAYS, EMAIL_ATTRIBUTE, SCOPE
from tests.service_providers.keys import sp_keys
from tests.service_providers.running import free_port, why_not

SCENARIOS = {"saml": ("sso-leaver", "jit-before-scim", "scim-before-jit")}
SCENARIOS["oidc"] = (*SCENARIOS["saml"], "sso-oidc")


@pytest.fixture(scope="module")
def attacker(tmp_path_factory: pytest.TempPathFactory) -> Attacker:
    folder = tmp_path_factory.mktemp("attacker")
    return Attacker(Keyring(f"http://localhost:{free_port()}", str(folder / "no-keys")), folder, sp_keys(folder))


def played(target: Target, scenario: str, vendor: str, via: Protocol) -> RunResult:
    script = load(ROOT / f"scenarios/{scenario}.yaml", idp=[vendor]).script(vendor)
    return target.run(target.signing_in(script, vendor, via), ALWAYS[vendor])
