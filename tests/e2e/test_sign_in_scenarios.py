"""The shipped sign-in scenarios at two products that have SCIM beside their sign-in: each gets what it deserves."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

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


DERIVED = "displayName is"  # made anew of the name, whatever was sent
GOES_ON = "the live session of ada goes on"  # the session's user is read without a look at is_active
DJANGO_OIDC = {
    "sso-leaver": {4: GOES_ON},
    "sso-oidc": {4: GOES_ON},
    "jit-before-scim": {5: DERIVED, 6: GOES_ON},
    "scim-before-jit": {5: GOES_ON},
}
# djangosaml2 makes a user with the one attribute that it looks for, and SCIM finds people by another.
DJANGO_SAML_JIT = {3: "a second account", 4: "refused by the service provider", 5: DERIVED, 6: GOES_ON}
DESERVED: dict[tuple[str, str, Protocol], dict[str, dict[int, str]]] = {
    ("better-auth-sso", "okta", "saml"): {},
    ("better-auth-sso", "okta", "oidc"): {},
    ("better-auth-sso", "entra", "saml"): {"jit-before-scim": {5: DERIVED}},
    ("better-auth-sso", "entra", "oidc"): {"jit-before-scim": {5: DERIVED}},
    ("django-sso", "okta", "saml"): {"jit-before-scim": DJANGO_SAML_JIT},
    ("django-sso", "okta", "oidc"): DJANGO_OIDC,
}
CASES = [(*key, scenario) for key in DESERVED for scenario in SCENARIOS[key[2]]]


@pytest.mark.parametrize(("kind", "vendor", "via", "scenario"), CASES)
def test_a_product_gets_the_verdict_that_it_deserves(
    attacker: Attacker, kind: str, vendor: str, via: Protocol, scenario: str
) -> None:
    for needed in (kind, "xmlsec1") if (kind, via) == ("django-sso", "saml") else (kind,):
        if reason := why_not(needed):
            pytest.skip(reason)
    saml = {"email_attribute": EMAIL_ATTRIBUTE} if kind == "better-auth-sso" else {"idp_initiated": True}
    oidc = {"scope": {name: each.removesuffix(" offline_access") for name, each in SCOPE.items()}}

    with attacker.target(kind, (vendor, via), saml=saml, oidc=oidc) as target:
        result = played(target, scenario, vendor, via)

    found, wanted = verdict(result), DESERVED[kind, vendor, via].get(scenario, {})
    assert set(found) == set(wanted)
    assert all(any(text in each for each in found[step]) for step, text in wanted.items())


def test_a_sign_in_cannot_start_where_the_service_provider_has_no_place_for_it(attacker: Attacker) -> None:
    if reason := why_not("better-auth-sso"):
        pytest.skip(reason)

    with attacker.target("better-auth-sso", ("okta", "oidc")) as target:
        result = played(target, "scim-before-jit", "okta", "oidc")

    assert [each.reasons for each in result.steps if each.outcome == "skipped"] == [
        {"ada": "the identity provider knows no place to start at: sso.oidc.initiate_login_uri"}
    ]


STEERED = """
sso:
  protocol: saml
  victim: grace
  saml: {{login: {{okta: "{okta}/login", entra: "{entra}/login"}},
          metadata: {{okta: "{okta}/metadata", entra: "{entra}/metadata"}}}}
  shows: {{url: {{okta: "{okta}/me", entra: "{entra}/me"}}}}
settings: {{okta: {{subject_name_id_format: emailAddress, attribute_statements: {{email: user.email}}}}}}
directory:
  people: {{ada: {{userName: ada@example.com}}, grace: {{userName: grace@example.com}}}}
steps:
  - {{sign-in: ada, expect: signed-in}}
  - {{sign-in: ada, tamper: expired}}
  - {{sign-in: ada, tamper: metadata_404, expect: signed-in}}
  - {{sign-in: [ada, grace], expect: signed-in}}
"""


def idpsim(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "idpsim", *arguments]


@contextlib.contextmanager
def serve(base: str, certs: Path) -> Iterator[None]:
    """`idpsim serve` in a process of its own, once it answers."""
    with subprocess.Popen(
        idpsim("serve", "--idp-url", base, "--certs", str(certs)), stdout=subprocess.DEVNULL
    ) as served:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until and served.poll() is None:
                with contextlib.suppress(requests.ConnectionError):
                    requests.get(f"{base}/.idpsim", timeout=5).raise_for_status()
                    break
                time.sleep(0.05)
            yield
        finally:
            served.terminate()


def test_runs_of_two_vendors_steer_the_identity_provider_that_is_served_with_the_same_keys(tmp_path: Path) -> None:
    if reason := why_not("python3-saml"):
        pytest.skip(reason)
    base, certs, others = f"http://localhost:{free_port()}", tmp_path / "certs", tmp_path / "others"
    for each in (certs, others):
        subprocess.run(idpsim("certs", "--folder", str(each)), check=True, capture_output=True, timeout=60)
    attacker = Attacker(Keyring(base, str(certs)), tmp_path, sp_keys(tmp_path), standing=True)
    file = tmp_path / "steered.yaml"
    command = idpsim("run", str(file), "--idp", "okta,entra", "--idp-url", base, "--certs")

    with serve(base, certs), attacker.target("python3-saml", ("okta", "saml"), ("entra", "saml")) as target:
        file.write_text(STEERED.format(**{each: f"{target.site.url}/{each}-saml" for each in ("okta", "entra")}))
        same = subprocess.run([*command, str(certs)], capture_output=True, text=True, timeout=60)
        other = subprocess.run([*command, str(others)], capture_output=True, text=True, timeout=60)

    assert (same.returncode, "2 runs, 2 passed" in same.stdout) == (0, True), same.stdout + same.stderr
    assert (other.returncode, other.stderr.count("error:")) == (2, 1), other.stdout + other.stderr
    assert f"at {base} with keys that this run does not have" in other.stderr
