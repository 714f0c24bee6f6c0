"""A tampered sign-in is judged by what its tampering demands, and by who was let in."""

from __future__ import annotations

import pytest

from idpsim.signon import SignInResult

from .canned import HEAD, REFUSED, SUFFIX, Played, play, signed_in

ATTACKER, VICTIM = f"ada.{SUFFIX}@example.com", f"administrator.{SUFFIX}@example.com"
STATUS = SignInResult("signed-in")
WHY = {"why": "Whoever signs nothing is anybody.", "source": "https://docs.example.com/saml"}
STEP = "  - sign-in: grace\n  - sign-in: ada\n    tamper: xsw3\n"


def tampered(result: SignInResult, must: str | None, expect: str = "") -> Played:
    answer = SignInResult(
        result.word,
        result.reason,
        shown=result.shown,
        page=result.page,
        told=result.told,
        must=must,
        **WHY,  # type: ignore[arg-type]
    )
    return play(STEP + (f"    expect: {expect}\n" if expect else ""), {"xsw3": answer})


@pytest.mark.parametrize(
    ("must", "result"),
    [
        ("refuse", REFUSED),
        (None, REFUSED),
        ("not-victim", REFUSED),
        ("not-victim", signed_in(ATTACKER)),
        ("not-victim", STATUS),
        ("accept", signed_in(ATTACKER)),
        ("accept", STATUS),
        ("either", REFUSED),
        ("either", signed_in(ATTACKER)),
        ("either", signed_in(VICTIM)),
        ("either", SignInResult("failed", "no answer")),
    ],
)
def test_what_the_tampering_allows_passes(must: str | None, result: SignInResult) -> None:
    played = tampered(result, must)

    assert played.messages == []
    assert played.steps[1].outcome == "done"


@pytest.mark.parametrize(
    ("must", "result", "message"),
    [
        ("refuse", signed_in(VICTIM), "accepted as administrator, the victim; it has to be refused"),
        ("refuse", signed_in(ATTACKER), "accepted as ada, who has authenticated; it has to be refused"),
        ("refuse", STATUS, "accepted as somebody: who it is cannot be told; it has to be refused"),
        (None, STATUS, "accepted as somebody: who it is cannot be told; it has to be refused"),
        (
            "not-victim",
            signed_in(VICTIM),
            "accepted as administrator, the victim; it has to be refused, or not be taken",
        ),
        ("not-victim", signed_in("adm@x.test"), "accepted as 'adm@x.test', who is nobody of this run; it has to be"),
        ("accept", REFUSED, "the sign-in of ada over SAML was refused by the service provider: the page says that you"),
        ("accept", signed_in(VICTIM), "accepted as administrator, the victim; it has to be accepted"),
        (
            "refuse",
            SignInResult("failed", "no answer"),
            "whether ada is signed in cannot be told: no answer; it has to",
        ),
    ],
)
def test_what_it_forbids_fails_and_says_who_was_let_in(must: str | None, result: SignInResult, message: str) -> None:
    played = tampered(result, must)

    assert [each.startswith(f"ada: xsw3: {message}") for each in played.messages] == [True]
    assert played.steps[1].outcome == "failed"
    assert played.failures[0].quirk is not None
    assert (played.failures[0].quirk.text, played.failures[0].quirk.source) == (WHY["why"], WHY["source"])


@pytest.mark.parametrize(
    ("must", "result", "expect", "passes"),
    [
        ("refuse", REFUSED, "refused", True),
        ("refuse", signed_in(ATTACKER), "refused", False),
        ("not-victim", signed_in(ATTACKER), "refused", True),
        ("not-victim", signed_in(VICTIM), "refused", False),
        ("accept", REFUSED, "refused", True),
        ("accept", signed_in(ATTACKER), "refused", False),
        ("either", signed_in(ATTACKER), "refused", False),
        ("refuse", signed_in(ATTACKER), "signed-in", True),
        ("refuse", REFUSED, "signed-in", False),
        ("either", signed_in(VICTIM), "signed-in", True),
        ("not-victim", signed_in(VICTIM), "signed-in", False),
        ("refuse", SignInResult("failed"), "refused", False),
    ],
)
def test_an_expectation_decides_where_there_is_one(must: str, result: SignInResult, expect: str, passes: bool) -> None:
    played = tampered(result, must, expect)

    assert played.steps[1].passed is passes
    assert {each.kind for each in played.failures} <= {"expectation"}


def test_an_acceptance_that_cannot_be_told_apart_from_the_victims_is_said() -> None:
    played = tampered(STATUS, "not-victim")

    assert "so whether it was the victim cannot be told (sso.shows)" in played.notes


def test_a_page_that_names_both_tells_nobody() -> None:
    played = tampered(SignInResult("signed-in", page=f"{ATTACKER} and {VICTIM}"), "not-victim")

    assert played.messages == []


@pytest.mark.parametrize(
    ("sso", "step", "victim"),
    [
        ("protocol: saml", "", "administrator"),
        ("protocol: saml, prove_with: grace", "", "grace"),
        ("protocol: saml, prove_with: ada", "", "administrator"),
        ("protocol: saml, victim: grace, prove_with: ada", "", "grace"),
        ("protocol: saml", "    victim: grace\n", "grace"),
    ],
)
def test_the_attacker_poses_as_the_one_who_is_named_or_who_proves(sso: str, step: str, victim: str) -> None:
    head = HEAD.replace("protocol: saml", sso)

    played = play("  - sign-in: ada\n    tamper: xsw3\n" + step, {"xsw3": REFUSED}, head=head)

    found = played.canned.attempts[-1].victim
    assert found is not None
    assert found.person.key == victim


def test_nobody_poses_as_themselves() -> None:
    head = HEAD.replace("protocol: saml", "protocol: saml, victim: ada")

    played = play("  - sign-in: ada\n    tamper: xsw3\n", head=head)

    assert played.messages == ["ada: ada cannot pose as themselves: name a victim"]
    assert played.canned.attempts == []


def test_a_refusal_proves_nothing_where_the_honest_sign_in_is_refused_too() -> None:
    steps = "  - sign-in: ada\n    expect: refused\n  - sign-in: ada\n    tamper: xsw3\n"

    played = play(steps, {"ada": REFUSED, "xsw3": REFUSED})

    assert played.steps[1].outcome == "skipped"
    assert "a sign-in with nothing falsified does not work" in played.steps[1].reasons["ada"]


def test_a_lone_refusal_that_proves_nothing_is_a_failure_once() -> None:
    played = play("  - sign-in: ada\n    tamper: xsw3\n" * 2, {"ada": REFUSED, "xsw3": REFUSED})

    assert len(played.messages) == 1
    assert "ada: a sign-in with nothing falsified does not work, so a refusal would prove nothing" in played.messages[0]


def test_a_plain_sign_in_comes_first_where_none_has_worked() -> None:
    played = play("  - sign-in: ada\n    tamper: xsw3\n" * 2, {"xsw3": REFUSED})

    assert played.messages == []
    assert [each.tamper for each in played.canned.attempts] == [None, "xsw3", "xsw3"]


@pytest.mark.parametrize("expect", ["", "    expect: refused\n"])
def test_a_refusal_that_is_the_identity_provider_s_own_is_a_failure(expect: str) -> None:
    played = play(STEP + expect, {"xsw3": SignInResult("refused", "AADSTS50011", by_idp=True, must="refuse")})

    assert "AADSTS50011" in played.messages[0]


def test_a_crash_counts_as_a_refusal_and_is_said() -> None:
    played = play(STEP, {"xsw3": SignInResult("refused", "answers 500", must="refuse", crashed=True)})

    assert played.messages == []
    assert "an answer of 500 counts as a refusal" in played.steps[1].notes[-1]


def test_a_tampering_is_of_its_own_protocol() -> None:
    played = play("  - sign-in: ada\n    tamper: alg_none\n", {"alg_none": REFUSED})

    assert [each.via for each in played.canned.attempts] == ["oidc", "oidc"]


def test_a_step_is_called_by_what_it_falsifies() -> None:
    played = play(STEP + STEP.replace("tamper", "name: Wrapped\n    tamper"), {"xsw3": REFUSED})

    assert [step.name for step in played.steps] == [None, "xsw3", None, "Wrapped"]


def test_a_tampered_sign_in_opens_no_gate() -> None:
    steps = STEP.partition("\n")[2] + "  - assign: ada\n"

    played = play(steps, {"ada": REFUSED, "xsw3": signed_in(ATTACKER, must="accept")})

    assert [each.identity.person.key for each in played.canned.attempts] == ["ada", "administrator"]


def test_without_a_way_to_sign_in_a_tampered_one_is_skipped() -> None:
    played = play("  - sign-in: ada\n    tamper: xsw3\n    expect: refused\n", able=False)

    assert played.steps[0].outcome == "skipped"
    assert not played.result.passed


def test_the_victims_account_that_an_attack_may_have_made_is_removed() -> None:
    played = play(STEP, {"xsw3": signed_in(VICTIM, must="refuse")}, keep=False)
    lookups = [each.request.url for each in played.result.transcript if each.by == "idpsim"]

    assert any("administrator" in each for each in lookups)
