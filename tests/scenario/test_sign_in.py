"""Sign-ins are judged by who was let in, and by whether it was into the account that SCIM made."""

from __future__ import annotations

from typing import Any

import pytest

from idpsim.signon import Attempt, SignInResult

from .canned import HEAD, REFUSED, SUFFIX, Answer, Played, opened, play, signed_in

ADA, GRACE = f"ada.{SUFFIX}@example.com", f"grace.{SUFFIX}@example.com"
LEFT = "  - assign: ada\n  - unassign: ada\n"


def just_in_time(provider: Any, **more: Any) -> Any:
    """Makes the account at the first sign-in, as many service providers do."""

    def answer(attempt: Attempt) -> SignInResult:
        name = attempt.identity.person.userName
        made = provider.find("user", "userName", name) or [provider.create("user", {"userName": name, **more})]
        return signed_in(made[0]["id"], name)

    return answer


def test_a_sign_in_that_works_is_done() -> None:
    played = play("  - sign-in: [ada, grace]\n    expect: signed-in\n")

    assert played.steps[0].outcomes == {"ada": "done", "grace": "done"}
    assert played.result.passed


def test_a_step_says_how_it_signs_in() -> None:
    played = play("  - sign-in: ada\n    via: oidc\n    start: idp\n")

    assert [(each.via, each.start, each.tamper) for each in played.canned.attempts] == [("oidc", "idp", None)]


def test_a_sign_in_that_is_refused_fails_the_step() -> None:
    played = play("  - sign-in: ada\n", {"ada": REFUSED})

    assert played.messages == [
        "ada: the sign-in of ada over SAML was refused by the service provider: the page says that you may not"
    ]
    assert played.failures[0].kind == "outcome"
    assert played.steps[0].outcome == "failed"


@pytest.mark.parametrize("expect", ["refused", "{signed-in: false}", "{outcome: failed}"])
def test_a_refusal_that_is_expected_passes(expect: str) -> None:
    assert play(f"  - sign-in: ada\n    expect: {expect}\n", {"ada": REFUSED}).result.passed


@pytest.mark.parametrize(
    ("expect", "answer", "message"),
    [
        ("refused", signed_in(ADA), "ada: signed in as ada; expected refused"),
        ("signed-in", REFUSED, "ada: the sign-in of ada over SAML was refused by the service provider: the page"),
        (
            "refused",
            SignInResult("failed", "a page without end"),
            "ada: whether ada is signed in cannot be told: a page",
        ),
        ("{outcome: done}", REFUSED, "the outcome is failed: the sign-in of ada over SAML was refused"),
    ],
)
def test_an_expectation_that_is_not_met_says_what_came(expect: str, answer: SignInResult, message: str) -> None:
    played = play(f"  - sign-in: ada\n    expect: {expect}\n", {"ada": answer})

    assert [each.startswith(message) for each in played.messages] == [True]


def test_a_refusal_by_the_identity_provider_is_said_to_prove_nothing_of_the_other() -> None:
    answer = SignInResult("refused", by_idp=True)

    played = play("  - sign-in: ada\n    expect: refused\n", {"ada": answer})

    assert played.result.passed
    assert "ada: the identity provider itself refused: the service provider was not asked" in played.notes


@pytest.mark.parametrize(
    "answer",
    [
        signed_in(GRACE),
        signed_in("sess-17", "Grace Hopper"),
        signed_in("00U-GRACE"),
        SignInResult("signed-in", page=f"<p>Hello {GRACE}</p>"),
    ],
)
def test_a_session_of_somebody_else_is_a_failure(answer: SignInResult) -> None:
    played = play("  - sign-in: grace\n  - sign-in: ada\n", {"ada": answer})

    assert [each.partition(": the service")[0] for each in played.messages] == ["ada: signed in as grace, expected ada"]
    assert played.steps[1].outcome == "failed"


def test_a_session_of_a_stranger_is_a_failure_where_the_name_is_shown() -> None:
    played = play("  - sign-in: ada\n", {"ada": signed_in("root@example.com")})

    assert played.messages == [
        "ada: signed in as a stranger, expected ada: the service provider shows root@example.com"
    ]


@pytest.mark.parametrize(
    "answer",
    [
        signed_in(ADA.upper()),
        signed_in("17", "Ada Lovelace"),
        signed_in("00u-ada"),
        SignInResult("signed-in", shown=("x",), page="y"),
        SignInResult("signed-in", page=f"Not {GRACE}? You are {ADA}."),
        SignInResult("signed-in", page=f"Hello x{GRACE}"),
    ],
)
def test_what_shows_the_person_in_any_way_passes(answer: SignInResult) -> None:
    assert play("  - sign-in: ada\n", {"ada": answer}).messages == []


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (SignInResult("signed-in"), "ada: only the status was seen: nothing shows who is signed in (sso.shows)"),
        (signed_in("17"), "ada: what the service provider shows names nobody of this run: 17"),
    ],
)
def test_what_cannot_be_seen_is_said(answer: SignInResult, note: str) -> None:
    played = play("  - sign-in: ada\n", {"ada": answer})

    assert played.result.passed
    assert note in played.notes


def test_the_scim_id_tells_a_person() -> None:
    provider = opened()
    answer = lambda _: signed_in(provider.find("user", "userName", GRACE)[0]["id"])  # noqa: E731

    played = play("  - assign: [ada, grace]\n  - sign-in: ada\n", {"ada": answer}, provider=provider)

    assert played.messages[0].startswith("ada: signed in as grace, expected ada")


def test_a_leaver_who_is_let_in_is_a_failure_without_an_expectation() -> None:
    played = play(LEFT + "  - sign-in: ada\n")

    assert played.messages == ["ada: signed in, although the account was deactivated"]
    assert played.failures[0].kind == "verification"


def test_a_leaver_who_is_refused_needs_no_expectation() -> None:
    played = play(LEFT + "  - sign-in: ada\n", {"ada": REFUSED})

    assert played.result.passed
    assert "as it has to be: the account was deactivated" in played.notes


def test_a_leaver_who_may_be_let_in_by_expectation_is_no_failure() -> None:
    assert play(LEFT + "  - sign-in: ada\n    expect: signed-in\n").result.passed


def test_a_person_who_was_deleted_is_a_leaver_too() -> None:
    steps = "  - assign: ada\n  - delete: ada\n  - purge: ada\n  - sign-in: ada\n"

    played = play(steps, idp="entra")

    assert played.messages == ["ada: signed in, although the account was deleted"]


@pytest.mark.parametrize(
    "steps", ["  - sign-in: ada\n  - assign: ada\n  - sign-in: ada\n", "  - assign: ada\n  - sign-in: ada\n"]
)
def test_one_account_serves_both_in_both_orders(steps: str) -> None:
    provider = opened()

    played = play(steps, {"ada": just_in_time(provider)}, provider=provider)

    assert played.messages == []
    assert len(played.ids(ADA)) == 1


def second(provider: Any) -> Any:
    """Signs in into an account of its own, whatever SCIM has made."""

    def answer(attempt: Attempt) -> SignInResult:
        name = attempt.identity.person.userName
        found = provider.find("user", "nickName", "of sign-in")
        account = (found or [provider.create("user", {"userName": f"sso {name}", "nickName": "of sign-in"})])[0]
        return signed_in(account["id"], name)

    return answer


@pytest.mark.parametrize(
    ("steps", "at"),
    [("  - assign: ada\n  - sign-in: ada\n", 1), ("  - sign-in: ada\n  - assign: ada\n", 1)],
)
def test_a_second_account_is_a_failure_in_both_orders(steps: str, at: int) -> None:
    provider = opened()

    played = play(steps, {"ada": second(provider)}, provider=provider)

    mine, made = played.ids(f"sso {ADA}")[0], played.ids(ADA)[0]
    assert played.messages == [f"ada: a second account: SSO signs in {mine}, SCIM made {made}"]
    assert not played.steps[at].passed


def test_verification_that_is_off_looks_up_no_account() -> None:
    played = play("  - assign: ada\n  - sign-in: ada\n    verify: false\n")

    first, last = played.steps[1].exchanges
    assert {each.by for each in played.result.transcript.range(first, last)} == {"browser"}


@pytest.mark.parametrize("look", [SignInResult("refused"), None])
def test_a_live_session_that_has_ended_passes(look: SignInResult | None) -> None:
    assert play("  - sign-in: ada\n" + LEFT, looks={"ada": look}).result.passed


@pytest.mark.parametrize("look", [signed_in("17"), SignInResult("signed-in", page=f"Hello {ADA}")])
def test_a_live_session_of_a_leaver_that_goes_on_is_a_failure(look: SignInResult) -> None:
    played = play("  - sign-in: ada\n" + LEFT, looks={"ada": look})

    assert played.messages == ["the live session of ada goes on after unassign"]
    assert [step.passed for step in played.steps] == [True, True, False]
    assert played.result.transcript[played.failures[0].exchanges[0]].request.url == "http://sp.test/me"


@pytest.mark.parametrize("look", [SignInResult("signed-in"), SignInResult("failed", "no answer")])
def test_a_live_session_that_cannot_be_told_is_a_note(look: SignInResult) -> None:
    played = play("  - sign-in: ada\n" + LEFT, looks={"ada": look})

    assert played.result.passed
    assert "ada: whether the live session has ended cannot be told" in played.notes


def test_live_sessions_are_ignored_where_the_scenario_says_so() -> None:
    head = HEAD.replace("protocol: saml", "protocol: saml, live_sessions: ignore")

    assert play("  - sign-in: ada\n" + LEFT, looks={"ada": signed_in(ADA)}, head=head).result.passed


def test_the_session_of_somebody_who_keeps_access_is_not_looked_at() -> None:
    played = play(
        "  - assign: [ada, grace]\n  - sign-in: grace\n  - unassign: ada\n", looks={"grace": signed_in(GRACE)}
    )

    assert played.result.passed


def test_signing_out_ends_the_session() -> None:
    played = play("  - sign-in: ada\n  - sign-out: ada\n  - sign-out: ada\n")

    assert [step.outcome for step in played.steps] == ["done", "done", "skipped"]


@pytest.mark.parametrize(
    ("look", "outcome"),
    [
        (signed_in("x"), "failed"),
        (SignInResult("failed", "no answer"), "failed"),
        (SignInResult("signed-in", page=ADA), "failed"),
        (SignInResult("signed-in"), "done"),
    ],
)
def test_signing_out_that_does_not_work_fails_where_it_can_be_told(look: SignInResult, outcome: str) -> None:
    played = play("  - sign-in: ada\n  - sign-out: ada\n", looks={"ada": look})

    assert played.steps[1].outcome == outcome
    assert played.steps[1].passed is (outcome == "done")


def test_another_certificate_is_told_with_what_has_to_be_done() -> None:
    played = play("  - sign-in: ada\n  - rotate-certificate:\n")

    assert played.steps[1].reasons == {"app": "the new certificate has to be given to the service provider"}


def removed(answer: Answer, provider: Any, **how: Any) -> Played:
    return play("  - sign-in: ada\n", {"ada": answer}, provider=provider, keep=False, **how)


def test_accounts_that_signing_in_has_made_are_removed() -> None:
    provider = opened()
    provider.create("user", {"userName": "ada@example.com"})

    played = removed(just_in_time(provider), provider)

    assert played.result.clean_up.removed == 1
    assert (played.ids(ADA), len(played.ids("ada@example.com"))) == ([], 1)


def test_no_account_is_removed_by_name_where_names_are_kept() -> None:
    provider = opened()

    played = removed(just_in_time(provider), provider, keep_names=True)

    assert len(played.ids("ada@example.com")) == 1


def test_who_cannot_be_looked_up_at_the_end_is_listed() -> None:
    played = removed(signed_in(ADA), opened(scim=False))

    assert played.result.clean_up.left == (f"{ADA}: signing in may have made a user, who cannot be looked up",)


def test_a_run_of_sign_ins_only_in_which_nobody_was_signed_in_has_not_passed() -> None:
    head = HEAD.replace("protocol: saml", 'protocol: saml, login: "https://sp.test/login"')

    played = play("  - sign-in: ada\n    via: oidc\n", head=head)

    assert played.steps[0].reasons == {"ada": "no login for oidc is configured: sso.oidc.login"}
    assert [each.message for each in played.result.failures] == [
        "nobody was signed in in this run, so it proves nothing"
    ]


def test_a_sign_in_that_the_identity_provider_starts_needs_a_place_to_start_at() -> None:
    head = HEAD.replace("protocol: saml", 'protocol: oidc, login: "https://sp.test/login"')

    played = play("  - sign-in: ada\n    start: idp\n", head=head)

    reason = "the identity provider knows no place to start at: sso.oidc.initiate_login_uri"
    assert played.steps[0].reasons == {"ada": reason}


def test_a_run_with_provisioning_needs_the_vendors_requests() -> None:
    played = play("  - sign-in: ada\n  - approve:\n")

    assert [each.message.partition(" has ")[2] for each in played.result.failures] == [
        "sent nothing in this run, so it proves nothing"
    ]
