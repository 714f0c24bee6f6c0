"""The identity provider of a run: in this process, served on its address for as long as the run lasts, or another's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from secrets import token_hex
from typing import Any, Protocol, TypeAlias

from idpsim.errors import IdpsimError, UsageError
from idpsim.profiles import all_sign_ons
from idpsim.serving import CannotListen, serves_here, serving
from idpsim.signing.keyring import Keyring
from idpsim.signon import Registration
from idpsim.sso import tickets
from idpsim.sso.control import registration_json
from idpsim.sso.keys import Keys
from idpsim.sso.lending import Lending
from idpsim.sso.provider import IdentityProvider

_SECONDS = 10
_PAUSE = 0.2


class Host(Protocol):
    """An identity provider that a run steers."""

    def register(
        self, vendor: str, label: str, registration: Registration | None, settings: Mapping[str, Any]
    ) -> object:
        """Enter the service provider as an app."""

    def roll(self, vendor: str, label: str, protocol: str) -> None:
        """Let the next key sign."""

    def publish(self, vendor: str, label: str, fault: str | None) -> None:
        """Falsify what the app publishes, or no longer."""


Hosting: TypeAlias = Callable[[], AbstractContextManager[Host]]


class _Busy(UsageError):
    """Another run serves at the address; it will end."""


@contextmanager
def hosted(keyring: Keyring) -> Iterator[Host]:
    """The identity provider on its address: our own, or the one that runs there already and has our keys."""
    provider = in_process(keyring)
    provider.of_run = True
    with ExitStack() as stack:
        yield _own_or_running(provider, keyring, stack)


def _own_or_running(provider: IdentityProvider, keyring: Keyring, stack: ExitStack) -> Host:
    """Whichever it is, up until `stack` closes; another run is waited for as long as the keyring has patience."""
    host, port = keyring.address
    patience = 0.0 if serves_here(host, port) else keyring.patience
    end = time.monotonic() + patience
    while True:
        try:
            stack.enter_context(serving(provider.wsgi, host, port))
            return provider
        except CannotListen as error:
            taken = error
        try:
            steered = _running(keyring, taken)
        except _Busy:
            if time.monotonic() >= end:
                raise
            time.sleep(_PAUSE)
            continue
        stack.callback(steered.give_back)
        return steered


class Lent:
    """An identity provider of this process that several runs share: each has the apps that it enters, and no other."""

    def __init__(self, provider: IdentityProvider, lending: Lending) -> None:
        self._provider = provider
        self._lending = lending
        self._holder = token_hex(8)

    def register(self, vendor: str, label: str, registration: Registration | None, settings: Mapping[str, Any]) -> None:
        self._lending.lend(self._holder, vendor, label)
        self._provider.register(vendor, label, registration, settings)

    def roll(self, vendor: str, label: str, protocol: str) -> None:
        self._lending.lend(self._holder, vendor, label)
        self._provider.roll(vendor, label, protocol)
        self._lending.rolled(self._holder, vendor, label, protocol)

    def publish(self, vendor: str, label: str, fault: str | None) -> None:
        self._lending.lend(self._holder, vendor, label)
        self._provider.publish(vendor, label, fault)

    def give_back(self) -> None:
        """Let every app be what it was before."""
        self._lending.give_back(self._holder)


def in_process(keyring: Keyring) -> IdentityProvider:
    """The identity provider without a socket."""
    return IdentityProvider(all_sign_ons().values(), keyring.keys, base=keyring.base)


class Steered:
    """The identity provider of another process, told what to do in commands sealed with the keys of both."""

    def __init__(self, base: str, keys: Keys) -> None:
        self._url = f"{base}/.idpsim/control"
        self._keys = keys
        self._holder = token_hex(8)

    def register(self, vendor: str, label: str, registration: Registration | None, settings: Mapping[str, Any]) -> None:
        given = registration_json(registration or Registration())
        self._send("register", vendor, label, registration=given, settings=dict(settings))

    def roll(self, vendor: str, label: str, protocol: str) -> None:
        self._send("roll", vendor, label, protocol=protocol)

    def publish(self, vendor: str, label: str, fault: str | None) -> None:
        self._send("publish", vendor, label, fault=fault)

    def give_back(self) -> None:
        """Let every app be what it was before; one that does not answer any more has nothing to give back to."""
        with suppress(IdpsimError):
            self._answer({"do": "give-back"})

    def knows_us(self) -> bool:
        """Whether its keys are ours."""
        return bool(self._answer({"do": "greet"}).status_code == 200)

    def _send(self, do: str, vendor: str, label: str, **more: Any) -> None:
        answer = self._answer({"do": do, "vendor": vendor, "label": label, **more})
        if answer.status_code != 200:
            raise IdpsimError(f"the identity provider at {self._url} refuses: {answer.text[:200].strip()}")

    def _answer(self, command: Mapping[str, Any]) -> Any:
        import requests

        claims = {"kind": "control", "holder": self._holder, **command}
        sealed = tickets.seal(claims, self._keys.secret, time.time())
        try:
            return requests.post(self._url, data=sealed, headers={"Content-Type": "application/jwt"}, timeout=_SECONDS)
        except requests.RequestException as error:
            raise IdpsimError(f"the identity provider at {self._url} does not answer: {error}") from None


def _running(keyring: Keyring, taken: CannotListen) -> Steered:
    """The identity provider that runs on our address; UsageError where that is something else, or has other keys."""
    import requests

    elsewhere = "give another address with --idp-url, and tell the service provider"
    try:
        about = requests.get(f"{keyring.base}/.idpsim", timeout=_SECONDS).json()
        version = about["idpsim"]
    except requests.ConnectionError:  # it has gone this moment, or does not speak HTTP
        raise _Busy(f"the identity provider {taken}; {elsewhere}") from None
    except (requests.RequestException, ValueError, KeyError, TypeError):
        raise UsageError(f"the identity provider {taken}; {elsewhere}") from None
    if about.get("run"):
        raise _Busy(
            f"another run of idpsim serves at {keyring.base} while it lasts\n"
            "  give this one another address with --idp-url, or start idpsim serve there for both"
        )
    steered = Steered(keyring.base, keyring.keys)
    if not (keyring.keys.kept and steered.knows_us()):
        raise UsageError(
            f"idpsim {version} serves at {keyring.base} with keys that this run does not have\n"
            "  make keys that both use with idpsim certs, and start it again"
        )
    return steered
