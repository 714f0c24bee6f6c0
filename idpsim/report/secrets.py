"""The secrets of all runs, those that come up on the way included."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping

from idpsim.errors import ScenarioError
from idpsim.redact import Redactor
from idpsim.scenario.language import TARGET
from idpsim.scenario.model import Script
from idpsim.scenario.nodes import Entries, Items, Node, Scalar, compose
from idpsim.wire import Exchange

_SECRET_HEADER = re.compile(r"(?i)token|secret|passw|credential|key|cookie|auth|session")
_SECRET_VARIABLE = re.compile(r"(?i)(?:token|secret|password|passwd|credentials?|api_?key)$")
_SECRET_KEY = re.compile(r"(?i).*(?:token|secret|password|api[-_]?key|authorization|cookie)")
_LINE = re.compile(r"""(?i)(?:token|secret|password|api[-_]?key)["']?\s*:\s*["']?([^\s"',}#]+)""")
_VARIABLE = re.compile(r"\$\{(\w+)")
SHORTEST_VARIABLE = 8


class Secrets(Redactor):
    """A redactor that learns: from each exchange that it is shown it takes the credentials that were sent."""

    __slots__ = ("_known", "_seen")
    _known: set[str]
    _seen: set[str]

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        object.__setattr__(self, "_known", set(secrets))
        object.__setattr__(self, "_seen", set())
        Redactor.__init__(self, self._known)

    def learn(self, *secrets: str) -> None:
        """Redact these too from now on."""
        if not self._known.issuperset(secrets):
            self._known.update(secrets)
            Redactor.__init__(self, self._known)

    def watch(self, exchange: Exchange) -> None:
        """Take the credentials out of a request; to be called before anything shows the exchange."""
        for name, value in exchange.request.headers:
            if len(name) == 13 and value not in self._seen and name.lower() == "authorization":
                self._seen.add(value)
                self.learn(*_credentials(value))


def of_script(script: Script) -> Iterable[str]:
    """The secrets that a script gives away by itself."""
    if script.target.token:
        yield script.target.token
    if script.sso is not None and script.sso.oidc.client_secret:
        yield script.sso.oidc.client_secret
    yield from (value for name, value in script.target.headers if _SECRET_HEADER.search(name))
    for step in script.steps:
        for name in ("token", "password"):
            if isinstance(secret := step.arguments.get(name), str):
                yield secret


def of_text(text: str, variables: Mapping[str, str]) -> Iterable[str]:
    """The secrets that stand in a scenario that cannot be read: what is written under secret names, variables resolved.

    One that is not even YAML has them line by line.
    """
    try:
        root = compose(text, "")
        found = [*_under(root, secret=False), *_misnamed(root)]
    except ScenarioError:
        found = _LINE.findall(text)
    for each in found:
        yield each
        yield from (variables[name] for name in _VARIABLE.findall(each) if name in variables)


def _under(node: Node, secret: bool) -> Iterable[str]:
    """The texts that stand under a secret name, however deep."""
    if isinstance(node, Scalar):
        if secret:
            yield node.text
    elif isinstance(node, Items):
        for item in node.items:
            yield from _under(item, secret)
    else:
        for key, value in node.entries:
            yield from _under(value, secret or bool(_SECRET_KEY.fullmatch(key.text)))


def _misnamed(root: Node) -> Iterable[str]:
    """What stands in `target` under a name that the language does not have: a token under a slip of the pen."""
    target = root.get("target") if isinstance(root, Entries) else None
    if not isinstance(target, Entries):
        return
    for key, value in target.entries:
        inner = value.entries if isinstance(value, Entries) else ()
        for name, each in ((key, value), *((name, each) for name, each in inner if key.text not in TARGET.by_name)):
            if name.text not in TARGET.by_name:
                yield from _under(each, secret=not isinstance(each, Entries))


def of_variables(variables: Mapping[str, str]) -> Iterable[str]:
    """The values of variables whose names say that they are secret."""
    long = ((name, value) for name, value in variables.items() if len(value) >= SHORTEST_VARIABLE)
    return [value for name, value in long if _SECRET_VARIABLE.search(name)]


def _credentials(value: str) -> Iterable[str]:
    scheme, _, rest = value.partition(" ")
    secret = rest.strip() or scheme
    yield secret
    if scheme.lower() == "basic":
        try:
            yield b64decode(secret, validate=True).decode()
        except ValueError:
            return
