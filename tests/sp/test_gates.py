"""What has to be passed before SCIM is open, and who is let in."""

from __future__ import annotations

import subprocess
import sys

import pytest

from idpsim.sp import Refused, ServiceProvider, Switches

from .conftest import Account, send


def test_the_default_account_is_open() -> None:
    account = Account(ServiceProvider())

    assert account.call("GET", "/Users").status == 200


@pytest.mark.parametrize(
    ("switches", "reason"),
    [
        ({"plan": "starter"}, "Premium and Enterprise"),
        ({"sso": "none"}, "not set up"),
        ({"sso": "configured"}, "not proven"),
        ({"scim": False}, "not enabled"),
    ],
)
def test_a_shut_gate_answers_403_and_says_which(switches: dict[str, object], reason: str) -> None:
    sp = ServiceProvider(Switches.from_mapping(switches))

    answer = send(sp, "GET", sp.endpoint() + "/Users", None, {})

    assert answer.status == 403
    assert answer.json["status"] == "403"
    assert reason in answer.json["detail"]


@pytest.mark.parametrize(
    ("switches", "reason"), [({"plan": "starter"}, "Starter"), ({"sso": "none"}, "Single sign-on")]
)
def test_scim_cannot_be_enabled_before_its_gates(switches: dict[str, object], reason: str) -> None:
    sp = ServiceProvider(Switches.from_mapping(switches))

    with pytest.raises(Refused, match=reason):
        sp.enable_scim()


def test_a_token_is_refused_before_scim_is_enabled() -> None:
    sp = ServiceProvider(Switches(scim=False))

    with pytest.raises(Refused, match="not enabled"):
        sp.issue_token()


@pytest.mark.parametrize("plan", ["premium", "enterprise"])
def test_a_sign_in_opens_the_way_to_scim(plan: str) -> None:
    sp = ServiceProvider(Switches(plan=plan, sso="configured"))

    sp.prove_sso("https://idp.test")
    sp.enable_scim()

    assert Account(sp).call("GET", "/Users").status == 200


def test_a_sign_in_through_a_foreign_issuer_proves_nothing() -> None:
    sp = ServiceProvider(Switches(sso="configured", issuers=("https://idp.test",)))

    with pytest.raises(Refused, match="issuer"):
        sp.prove_sso("https://other.test")


def test_an_open_account_has_its_gates_passed() -> None:
    sp = ServiceProvider.open(Switches(plan="starter", sso="none", scim=False))

    assert Account(sp).call("GET", "/Users").status == 200


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic {token}", "{token}", "Bearer \xff"])
def test_a_missing_or_wrong_token_is_401(header: str | None) -> None:
    sp = ServiceProvider()
    token = sp.issue_token()
    headers = {} if header is None else {"Authorization": header.format(token=token)}

    answer = send(sp, "GET", sp.endpoint() + "/Users", None, headers)

    assert (answer.status, answer.json["status"]) == (401, "401")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_new_token_ends_the_old_one() -> None:
    account = Account(ServiceProvider())

    account.sp.issue_token()

    assert account.call("GET", "/Users").status == 401


def test_the_token_of_one_idp_is_nothing_at_anothers_endpoint() -> None:
    sp = ServiceProvider()
    one = Account(sp, "one")
    Account(sp, "two")

    answer = send(sp, "GET", "/scim/two/v2/Users", None, {"Authorization": f"Bearer {one.token}"})

    assert answer.status == 401


def test_rotating_one_idps_token_leaves_the_others() -> None:
    sp = ServiceProvider()
    one = Account(sp, "one")

    sp.issue_token("two")

    assert one.call("GET", "/Users").status == 200


def test_the_token_is_not_kept() -> None:
    account = Account(ServiceProvider())

    assert account.token not in repr(vars(account.sp._gates))


@pytest.mark.parametrize("label", ["", "a/b", "..", "a b", "ä"])
def test_a_label_that_a_path_cannot_hold_is_an_error(label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        ServiceProvider().endpoint(label)


def test_flask_is_not_imported_before_it_is_used() -> None:
    code = "import sys, idpsim.sp; s = idpsim.sp.ServiceProvider(); sys.exit('flask' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
