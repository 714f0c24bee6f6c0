"""What has been issued stays within bounds, for many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from idpsim.signon.oidc import Server
from idpsim.sso.oidc.stores import Access, Code, Expiring, Grant, Issued
from tests.sso.front import ADA, app

SERVER = Server("a", "{base}", {}, (), ())


def grant(name: str = "grant") -> Grant:
    return Grant(name, app("okta"), SERVER, "client", ADA, ("openid",), 0.0)


def test_the_oldest_goes_when_there_are_too_many() -> None:
    held: Expiring[int] = Expiring(most=3)

    for number in range(10):
        held.put(str(number), number, until=100.0)

    assert len(held) == 3
    assert [held.get(each, 0.0) for each in ("6", "7", "9")] == [None, 7, 9]


def test_what_has_expired_is_gone() -> None:
    held: Expiring[int] = Expiring()
    held.put("a", 1, until=10.0)

    assert (held.get("a", 9.9), held.get("a", 10.0), len(held)) == (1, None, 0)


def test_of_many_that_redeem_a_code_at_once_one_gets_it() -> None:
    issued = Issued()
    issued.keep_code("code", Code(grant(), "https://sp.test", until=100.0))

    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(lambda _: issued.take_code("code", "client", 1.0), range(64)))

    assert sum(isinstance(each, Code) for each in taken) == 1


def test_a_token_that_is_made_after_its_grant_was_revoked_is_not_kept() -> None:
    issued = Issued()
    issued.revoke(grant(), now=0.0)

    issued.keep_access("token", Access(grant(), {}), until=100.0, now=1.0)

    assert issued.access("token", 2.0) is None


def test_a_million_codes_do_not_fill_the_memory() -> None:
    issued, bound = Issued(most=100), Code(grant(), "https://sp.test", until=100.0)

    for number in range(10_000):
        issued.keep_code(str(number), bound)

    assert issued.take_code("0", "client", 0.0) == "bad_code"
    assert issued.take_code("9999", "client", 0.0) == Code(grant(), "https://sp.test", 100.0)
