"""Runs against the embedded service provider's SCIM, with sign-ins that answer what a test has prepared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from idpsim.api import known
from idpsim.clock import VirtualClock
from idpsim.directory import Person
from idpsim.profiles import profile
from idpsim.provisioning.app import App
from idpsim.provisioning.line import Send
from idpsim.scenario.load import load_text
from idpsim.scenario.results import Failure, RunResult, StepResult
from idpsim.scenario.run import Options, Run
from idpsim.scenario.world import Refused, World, connection
from idpsim.signon import Attempt, Identity, Protocol, SignInResult
from idpsim.sp import Refused as NotDone
from idpsim.sp import ServiceProvider, Switches
from idpsim.transcript import Transcript
from idpsim.transport.faults import FaultyTransport, Sent
from idpsim.transport.wsgi import WsgiTransport
from idpsim.wire import Request, Response

BASE = "http://sp.test"
SUFFIX = "k3x9p"
HEAD = """\
name: n
sso: {protocol: saml}
directory:
  people:
    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace}
    grace: {userName: grace@example.com, givenName: Grace, familyName: Hopper}
steps:
"""
TAMPERS: dict[str, Protocol] = {"xsw3": "saml", "comment_in_nameid": "saml", "alg_none": "oidc"}
REFUSED = SignInResult("refused", "the page says that you may not")
Answer: TypeAlias = SignInResult | Callable[[Attempt], SignInResult]


def signed_in(*shown: str, **more: Any) -> SignInResult:
    """What the scenario's `sso.shows` names says that these are signed in."""
    return SignInResult("signed-in", shown=shown, told=True, **more)


@dataclass
class Canned:
    """Answers attempts by the name of what is falsified or else by who signs in; nobody prepared is let in as such."""

    transcript: Transcript
    answers: Mapping[str, list[Answer]]
    looks: Mapping[str, SignInResult | None]
    attempts: list[Attempt] = field(default_factory=list)

    def sign_in(self, attempt: Attempt) -> SignInResult:
        self.attempts.append(attempt)
        person = attempt.identity.person
        self._browse("POST", f"{BASE}/acs")
        prepared = self.answers.get(attempt.tamper or person.key, [])
        if not prepared:
            return signed_in(person.userName)
        answer = prepared.pop(0) if len(prepared) > 1 else prepared[0]
        return answer if isinstance(answer, SignInResult) else answer(attempt)

    def sign_out(self, key: str) -> SignInResult:
        self._browse("GET", f"{BASE}/logout")
        return self.looks.get(key) or SignInResult("refused")

    def look(self, key: str) -> SignInResult | None:
        self._browse("GET", f"{BASE}/me")
        return self.looks.get(key)

    def identity(self, app: App, person: Person) -> Identity:  # noqa: ARG002
        return Identity(f"00u-{person.key}", person)

    def rotate_certificate(self) -> str:
        return "the new certificate has to be given to the service provider"

    def _browse(self, method: str, url: str) -> None:
        ticket = self.transcript.open("browser", Request(method, url, ()))
        self.transcript.close(ticket, Response(200), 0.0)


class Admin:
    """The service provider's administrator; single sign-on counts as proven once it is configured."""

    def __init__(self, provider: ServiceProvider) -> None:
        self._provider = provider

    def configure_sso(self) -> None:
        self._provider.prove_sso()

    def __getattr__(self, name: str) -> Any:
        def asked(*arguments: Any) -> Any:
            try:
                return getattr(self._provider, name)(*arguments)
            except NotDone as refused:
                raise Refused(str(refused)) from None

        return asked


@dataclass(frozen=True)
class Played:
    """One run, with what it was played against."""

    result: RunResult
    canned: Canned
    provider: ServiceProvider

    @property
    def steps(self) -> tuple[StepResult, ...]:
        return self.result.steps

    @property
    def failures(self) -> list[Failure]:
        return [failure for step in self.steps for failure in step.failures]

    @property
    def messages(self) -> list[str]:
        return [failure.message for failure in self.failures]

    @property
    def notes(self) -> str:
        return "\n".join(note for step in self.steps for note in step.notes)

    def ids(self, name: str) -> list[str]:
        """The ids of the users of this userName that the service provider has at the end."""
        return [user["id"] for user in self.provider.find("user", "userName", name)]


def play(
    steps: str,
    answers: Mapping[str, Answer | list[Answer]] | None = None,
    looks: Mapping[str, SignInResult | None] | None = None,
    *,
    head: str = HEAD,
    idp: str = "okta",
    provider: ServiceProvider | None = None,
    able: bool = True,
    keep: bool = True,
    keep_names: bool = False,
) -> Played:
    """Play steps below `head` as one profile; `able` False leaves nobody to sign people in."""
    scenario = load_text(head + steps, "s.yaml", known=replace(known(), tampers=TAMPERS), variables={}, idp=[idp])
    script = scenario.script(idp)
    provider = provider or ServiceProvider(seed=1)
    prepared = {key: each if isinstance(each, list) else [each] for key, each in (answers or {}).items()}
    with Transcript() as transcript:
        canned = Canned(transcript, prepared, looks or {})
        clock = VirtualClock()
        transport = WsgiTransport(provider.wsgi, base=BASE)
        base = BASE + provider.endpoint(idp)
        try:
            token = provider.issue_token(idp)
        except NotDone:
            token = ""
        world = World(
            connection=connection(script, base, token, {}),
            vendor=FaultyTransport(transport, base_url=base, sleep=_pass),
            own=_sending(transport),
            transcript=transcript,
            clock=clock,
            sleep=_pass,
            admin=Admin(provider),
            sign_in=canned if able else None,
            immediate=True,
        )
        suffix = "" if keep_names else SUFFIX
        run = Run(script, profile(idp), world, Options(1, suffix, keep, keep_names))
        for _ in run:
            pass
        return Played(run.result(), canned, provider)


def opened(**switches: Any) -> ServiceProvider:
    """A service provider with these switches."""
    return ServiceProvider(Switches.from_mapping(switches), seed=1)


def _pass(seconds: float) -> None:
    """No time passes."""


def _sending(transport: WsgiTransport) -> Send:
    def send(request: Request, probe: bool) -> Sent:  # noqa: ARG001
        return Sent(transport.send(request))

    return send
