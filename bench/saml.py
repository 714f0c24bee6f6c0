"""Figure 7: a signed SAML Response beside the RSA-2048 signatures that it contains, in a process of its own.

python bench/saml.py
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

VENDORS = {"okta": 2, "entra": 1, "onelogin": 1}
TIMES = 200
SIGNATURES, MILLISECOND = 4, 0.001
MOST = 1.0


def response(ground: Any, rounds: int) -> Iterator[Any]:
    """Per vendor, the median time of a Response by what is allowed: four times its signatures' and a millisecond."""
    from timing import Figure

    found: dict[str, list[float]] = {vendor: [] for vendor in VENDORS}
    taken: dict[str, list[float]] = {vendor: [] for vendor in VENDORS}
    for _ in range(rounds):
        command = [str(ground.full), str(Path(__file__).resolve())]
        ended = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for vendor, count in VENDORS.items():
            allowed = SIGNATURES * count * ended["signature"] + MILLISECOND
            found[vendor].append(ended[vendor] / allowed)
            taken[vendor].append(ended[vendor] * 1000)
    for vendor, count in VENDORS.items():
        name = f"{vendor} Response / ({SIGNATURES} × its {count} RSA + 1 ms)"
        yield Figure(7, name, MOST, False, tuple(found[vendor]), note=f"{median(taken[vendor]):.2f} ms")


def _median(do: Callable[[], object]) -> float:
    """The median of the seconds that it takes, warm."""
    taken = []
    for number in range(TIMES + 10):
        started = perf_counter()
        do()
        if number >= 10:
            taken.append(perf_counter() - started)
    return median(taken)


def main() -> None:
    """Print the median seconds of a signature and of each vendor's Response, as JSON."""
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    key = rsa.generate_private_key(65537, 2048)
    found = {"signature": _median(lambda: key.sign(b"x" * 300, padding.PKCS1v15(), SHA256()))}
    for vendor in VENDORS:
        found[vendor] = _median(_issuing(vendor, key))
    print(json.dumps(found))


def _issuing(vendor: str, key: Any) -> Callable[[], bytes]:
    from idpsim.directory import person
    from idpsim.provisioning.settings import defaults
    from idpsim.signon import Identity, Membership, Registration
    from idpsim.sso.app import App
    from idpsim.sso.certificate import certificate
    from idpsim.sso.keys import Signing
    from idpsim.sso.saml import issue

    sign_on = import_module(f"idpsim.profiles.{vendor}.signon").SIGN_ON
    settings = defaults(sign_on.settings)
    if "attribute_statements" in settings:
        settings["attribute_statements"] = {"email": "user.email", "first": "user.firstName", "last": "user.lastName"}
    acs = "https://sp.test/acs"
    app = App(sign_on, "bench", "http://localhost:8765", Registration("https://sp.test", (acs,)), settings)
    ada = person("ada", {"userName": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"})
    identity = Identity("1001", ada, (Membership("2001", "Engineering"),))
    signing = Signing(key, certificate(key, [("CN", "bench")], 1))

    def once() -> bytes:
        facts = issue.facts_of(app, identity, None, acs=acs, now=1.8e9, authenticated=1.8e9)
        return issue.issue(facts, app, signing)

    return once


if __name__ == "__main__":
    main()
