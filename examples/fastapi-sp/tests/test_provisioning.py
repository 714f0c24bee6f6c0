"""What Okta, Entra ID and OneLogin do to the accounts of the tracker: each test runs once as each of them."""

from __future__ import annotations

from idpsim import Client


def test_a_joiner_signs_in_to_the_account_that_scim_made(idp: Client) -> None:
    ada = idp.person("ada", givenName="Ada", familyName="Lovelace")
    idp.assign(ada, expect={"user": {"name.familyName": "Lovelace"}})

    idp.sign_in(ada, expect="signed-in")


def test_a_mover_is_brought_up_to_date(idp: Client) -> None:
    ada = idp.person("ada", title="Analyst")
    idp.assign(ada)

    idp.update(ada, set={"title": "Countess"}, expect={"user": {"title": "Countess", "active": True}})


def test_a_leaver_is_signed_out_and_stays_out(idp: Client) -> None:
    ada = idp.person("ada")
    idp.assign(ada)
    idp.sign_in(ada)

    idp.unassign(ada, expect={"user": {"active": False}})

    idp.sign_in(ada, expect="refused")


def test_an_account_whose_answer_got_lost_is_found_again(idp: Client) -> None:
    ada = idp.person("ada")
    idp.assign(ada, fault={"on": "POST /Users", "do": "lose-response", "times": 1}, check=False)

    idp.retry(ada)

    idp.sign_in(ada, expect="signed-in")
