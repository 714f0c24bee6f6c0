"""Figure 8: an SP-initiated login over real sockets, on top of the service provider's own time.

python bench/login.py

idpsim's identity provider and the embedded service provider are each behind waitress in one process, and the built-in
browser signs somebody in who has no session anywhere. The service provider's own time is what its application took for
the requests of the browser; over OpenID Connect it waits in it for the identity provider's token endpoint.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

VENDORS = ("okta", "entra", "onelogin")
TIMES = 40
MOST = 30.0


def login(ground: Any, rounds: int) -> Iterator[Any]:
    """Per vendor and protocol, the median milliseconds of a login without those of the service provider."""
    from timing import Figure

    ended = []
    for _ in range(rounds):
        command = [str(ground.full), str(Path(__file__).resolve())]
        ended.append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
    for name in ended[0]:
        found = tuple(each[name][0] for each in ended)
        own = median(each[name][1] for each in ended)
        yield Figure(8, f"{name} login − the service provider", MOST, False, found, " ms", f"it takes {own:.1f} ms")


class Timed:
    """An application that is put in later, and the seconds that it took."""

    def __init__(self) -> None:
        self.app: Callable[..., Any] | None = None
        self.seconds = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        started = perf_counter()
        try:
            assert self.app is not None
            return list(self.app(environ, start_response))
        finally:
            self.seconds += perf_counter() - started


def main() -> None:
    """Print milliseconds as JSON: by vendor and protocol the login's without the service provider's, and the latter."""
    found = {}
    with both() as (provider, product, timed):
        for vendor in VENDORS:
            for protocol in ("saml", "oidc"):
                found[f"{vendor} {protocol}"] = measured(_signing_in(provider, product, vendor, protocol), timed)
    print(json.dumps(found))


def measured(sign_in: Callable[[], Any], timed: Timed) -> tuple[float, float]:
    """The medians of what is around the service provider, and of what is in it, in milliseconds, warm."""
    around, inside = [], []
    for number in range(TIMES + 5):
        before, started = timed.seconds, perf_counter()
        result = sign_in()
        taken = perf_counter() - started
        assert (result.word, result.shown[:1]) == ("signed-in", ("ada@example.com",)), result
        if number >= 5:
            own = timed.seconds - before
            around.append((taken - own) * 1000)
            inside.append(own * 1000)
    return median(around), median(inside)


@contextmanager
def both() -> Iterator[tuple[Any, Any, Timed]]:
    """An identity provider and a service provider on sockets of this machine, and the application of the latter."""
    from idpsim.profiles import all_sign_ons
    from idpsim.serving import serving
    from idpsim.sp import ServiceProvider
    from idpsim.sso.keys import Keys
    from idpsim.sso.provider import IdentityProvider

    provider, timed = IdentityProvider(all_sign_ons().values(), Keys()), Timed()
    with serving(provider.wsgi, "localhost", 0) as here, serving(timed, "localhost", 0) as there:
        provider.move(f"http://localhost:{here}")
        product = ServiceProvider.open(base_url=f"http://localhost:{there}")
        timed.app = product.wsgi
        yield provider, product, timed


def _signing_in(provider: Any, product: Any, vendor: str, protocol: Any) -> Callable[[], Any]:
    """One sign-in of somebody new to both, as a run makes it."""
    from idpsim.directory import person
    from idpsim.signon import Attempt, Identity
    from idpsim.sso.browser import Browser
    from idpsim.sso.plan import Plan
    from idpsim.sso.signing_in import SigningIn

    ends = product.sign_in_endpoints(vendor)
    _enter(provider, product, vendor)
    ada = Identity("1001", person("ada", {"userName": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"}))
    plan = Plan(provider.base, {"saml": ends.saml_login, "oidc": ends.oidc_login})
    runner = SigningIn(plan, lambda attempt: provider.ticket(vendor, attempt), Browser)
    return lambda: runner.sign_in(Attempt(ada, protocol))


def _enter(provider: Any, product: Any, vendor: str) -> None:
    """Enter each of the two at the other."""
    from idpsim.signon import Registration
    from idpsim.sp import Trust
    from idpsim.sso.paste import client_id, client_secret
    from idpsim.sso.saml.metadata import metadata
    from idpsim.sso.saml.registering import registration

    ends = product.sign_in_endpoints(vendor)
    known = Registration(redirect_uris=(ends.redirect_uri,))
    app = provider.register(vendor, registration=registration(product.saml_metadata(vendor), known))
    product.configure_sso(Trust.saml(metadata(app, provider.keys.saml(app))), vendor)
    look = app.sign_on.oidc
    secret = client_secret(app, provider.keys)
    method = look.rules(app.settings, False).auth[0]
    issuer = app.filled(look.servers[0].issuer)
    product.configure_sso(Trust.oidc(issuer, client_id(app), secret, auth_method=method), vendor)


if __name__ == "__main__":
    main()
