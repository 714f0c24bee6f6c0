"""With single sign-on, nothing is provisioned before a sign-in has worked."""

from __future__ import annotations

import pytest

from idpsim.profiles import all_sign_ons
from idpsim.signon import SignInResult

from .canned import HEAD, REFUSED, opened, play


def test_the_first_step_that_provisions_signs_the_built_in_administrator_in() -> None:
    played = play("  - assign: ada\n  - assign: grace\n")

    assert [each.identity.person.userName for each in played.canned.attempts] == ["administrator.k3x9p@example.com"]
    assert [(each.via, each.start) for each in played.canned.attempts] == [("saml", "sp")]
    assert played.steps[0].notes == (
        "no sign-in had worked before: this step began with that of administrator over saml",
    )
    assert played.result.transcript[played.steps[0].exchanges[0]].by == "browser"
    assert played.result.passed


def test_a_sign_in_that_has_worked_is_proof_enough() -> None:
    played = play("  - sign-in: ada\n  - assign: ada\n")

    assert [each.identity.person.key for each in played.canned.attempts] == ["ada"]
    assert played.result.passed


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (REFUSED, "was refused by the service provider: the page says that you may not"),
        (
            SignInResult("refused", "not for you", by_idp=True),
            "was refused by the identity provider itself: not for you",
        ),
        (SignInResult("failed", "no answer"), "whether administrator is signed in cannot be told: no answer"),
    ],
)
def test_nothing_is_provisioned_where_no_sign_in_works_and_it_is_tried_once(answer: SignInResult, cause: str) -> None:
    played = play("  - connect:\n  - assign: ada\n", {"administrator": answer})

    assert [step.outcome for step in played.steps] == ["failed", "failed"]
    assert all("nothing is provisioned before a sign-in has worked: Okta" in each for each in played.messages)
    assert all(cause in each for each in played.messages)
    assert len(played.canned.attempts) == 1
    assert {each.by for each in played.result.transcript} == {"browser"}


def test_a_failed_gate_shows_the_exchanges_of_the_sign_in() -> None:
    played = play("  - assign: ada\n", {"administrator": REFUSED})

    shown = [played.result.transcript[number].request.url for number in played.failures[0].exchanges]
    assert shown == ["http://sp.test/acs"]


def test_a_later_sign_in_step_opens_the_gate() -> None:
    played = play("  - assign: ada\n  - sign-in: ada\n  - assign: ada\n", {"administrator": REFUSED})

    assert [step.passed for step in played.steps] == [False, True, True]


def test_a_refused_sign_in_step_does_not_open_the_gate() -> None:
    steps = "  - sign-in: ada\n    expect: refused\n  - assign: ada\n"

    played = play(steps, {"administrator": REFUSED, "ada": REFUSED})

    assert [step.passed for step in played.steps] == [True, False]


def test_who_proves_keeps_their_name_as_it_is_written() -> None:
    head = HEAD.replace("protocol: saml", "protocol: saml, prove_with: grace")

    played = play("  - assign: ada\n  - sign-in: grace\n", head=head)

    assert {each.identity.person.userName for each in played.canned.attempts} == {"grace@example.com"}


def test_who_proves_may_be_at_the_service_provider_already() -> None:
    head = HEAD.replace("protocol: saml", "protocol: saml, prove_with: grace")
    provider = opened()
    provider.create("user", {"userName": "grace@example.com"})

    assert play("  - assign: ada\n", head=head, provider=provider, keep_names=True).result.passed


def test_the_service_providers_gates_are_proven_before_they_are_opened() -> None:
    steps = "  - at-sp: configure-sso\n  - at-sp: enable-scim\n  - at-sp: issue-token\n  - assign: ada\n"

    played = play(steps, provider=opened(sso="none", scim=False))

    assert [len(step.notes) for step in played.steps] == [0, 1, 0, 0]
    assert played.result.passed


def test_what_has_failed_is_tried_again_once_single_sign_on_is_configured() -> None:
    steps = "  - at-sp: enable-scim\n    expect: {outcome: failed}\n  - at-sp: configure-sso\n  - at-sp: enable-scim\n"
    answers = {"administrator": [REFUSED, lambda _: SignInResult("signed-in")]}

    played = play(steps, answers, provider=opened(sso="none", scim=False))

    assert [step.outcome for step in played.steps] == ["failed", "done", "done"]


def test_without_the_block_there_is_no_gate() -> None:
    played = play("  - assign: ada\n", head=HEAD.replace("sso: {protocol: saml}\n", ""))

    assert played.canned.attempts == []
    assert played.result.passed


def test_a_target_that_cannot_be_signed_in_to_says_so() -> None:
    played = play("  - assign: ada\n  - sign-in: ada\n    expect: refused\n", able=False)

    assert ["cannot be signed in to" in each for each in played.messages] == [True, True]


def test_a_login_that_is_missing_keeps_the_gate_shut() -> None:
    head = HEAD.replace("protocol: saml", 'protocol: saml, oidc: {login: "https://sp.test/login"}')

    played = play("  - assign: ada\n", head=head)

    cause = "no login for saml is configured: sso.saml.login"
    said = f"ada: failed: nothing is provisioned before a sign-in has worked: {cause}; {all_sign_ons()['okta'].gate}"
    said += "; sso.prove_with names somebody who has an account there"
    assert played.messages == [said]
