"""The fixtures: one client for each profile, `idp` for all of them, and what they are connected to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import pytest

from idpsim.pytest_plugin import telling
from idpsim.pytest_plugin.options import GIVEN

if TYPE_CHECKING:
    from idpsim import Client, RunResult, Served

    Open: TypeAlias = Callable[[str], AbstractContextManager[Client]]


class Play(Protocol):
    """What the fixture idpsim_play is."""

    def __call__(
        self, path: str, idp: str | Sequence[str] | None = None, **variables: str
    ) -> tuple[RunResult, ...]: ...


@pytest.fixture(scope="session")
def idpsim_target(pytestconfig: pytest.Config) -> Any:
    """The service provider under test: override it to return a URL, a WSGI or ASGI application, or an idpsim.Target."""
    from idpsim.pytest_plugin.target import chosen

    return chosen(pytestconfig.stash[GIVEN])


@pytest.fixture(scope="session")
def idpsim_sso() -> Mapping[str, Any] | None:
    """How people sign in, as the block `sso` of a scenario: override it. By default nobody does."""
    return None


@pytest.fixture(scope="session")
def idpsim_settings() -> Mapping[str, Any] | None:
    """The app's switches by vendor or profile, as the block `settings` of a scenario: override it."""
    return None


@pytest.fixture(scope="session")
def idpsim_directory() -> Mapping[str, Any] | None:
    """People and groups, as the block `directory` of a scenario: override it. By default it is empty."""
    return None


@pytest.fixture(scope="session")
def idpsim_server(pytestconfig: pytest.Config) -> Iterator[Served]:
    """The identity provider on a socket, for service providers that fetch metadata, discovery or keys from it."""
    from idpsim import serve

    given = pytestconfig.stash[GIVEN]
    with serve(given.idp_url, certs=given.certs) as served:
        yield served


@pytest.fixture
def idpsim_profile(request: pytest.FixtureRequest) -> str:
    """The profile that plays in this test, so that idpsim_target can be set up for it."""
    from idpsim.pytest_plugin.choosing import profile_of

    return profile_of(request)


@pytest.fixture
def _idpsim_open(
    request: pytest.FixtureRequest,
    idpsim_target: Any,
    idpsim_sso: Mapping[str, Any] | None,
    idpsim_settings: Mapping[str, Any] | None,
    idpsim_directory: Mapping[str, Any] | None,
) -> Open:
    """Connects a client of a profile, and cleans up after it."""
    from idpsim.pytest_plugin.choosing import agreed
    from idpsim.pytest_plugin.connecting import connected
    from idpsim.pytest_plugin.target import target_of

    item: pytest.Item = request.node
    target = target_of(idpsim_target, request.config.stash[GIVEN])
    telling.hide_target(item, target)
    blocks = {"sso": idpsim_sso, "settings": idpsim_settings, "directory": idpsim_directory}

    @contextmanager
    def opened(profile: str) -> Iterator[Client]:
        server = request.getfixturevalue("idpsim_server") if idpsim_sso is not None else None
        with connected(item, agreed(request, profile), target, blocks, server) as it:
            yield it
        telling.leave(item, it.left)

    return opened


@pytest.fixture
def okta(_idpsim_open: Open) -> Iterator[Client]:
    """Okta, connected to idpsim_target; what the test created there is removed after it."""
    with _idpsim_open("okta") as client:
        yield client


@pytest.fixture
def okta_aiw(_idpsim_open: Open) -> Iterator[Client]:
    """Okta's app made by the App Integration Wizard, connected to idpsim_target."""
    with _idpsim_open("okta-aiw") as client:
        yield client


@pytest.fixture
def entra(_idpsim_open: Open) -> Iterator[Client]:
    """Microsoft Entra ID, connected to idpsim_target; what the test created there is removed after it."""
    with _idpsim_open("entra") as client:
        yield client


@pytest.fixture
def entra_flag(_idpsim_open: Open) -> Iterator[Client]:
    """Microsoft Entra ID with the flag aadOptscim062020 in its tenant URL, connected to idpsim_target."""
    with _idpsim_open("entra-flag") as client:
        yield client


@pytest.fixture
def onelogin(_idpsim_open: Open) -> Iterator[Client]:
    """OneLogin, connected to idpsim_target; what the test created there is removed after it."""
    with _idpsim_open("onelogin") as client:
        yield client


@pytest.fixture
def idp(_idpsim_open: Open, idpsim_profile: str) -> Iterator[Client]:
    """Each identity provider in turn (all, or --idpsim-idp), connected to idpsim_target."""
    with _idpsim_open(idpsim_profile) as client:
        yield client


@pytest.fixture
def idpsim_play(request: pytest.FixtureRequest) -> Play:
    """Plays a scenario file, named from the root of the project, against idpsim_target; a failure fails the test."""
    from idpsim import UsageError
    from idpsim.pytest_plugin.playing import play, pointed, read, signs_in

    def played(path: str, idp: str | Sequence[str] | None = None, **variables: str) -> tuple[RunResult, ...]:
        if not isinstance(path, str | os.PathLike):
            raise UsageError(f"idpsim_play takes the path of a scenario file, not {path!r}")
        profiles = [idp] if isinstance(idp, str) else idp or request.config.stash[GIVEN].idp
        scenario = read(request.config.rootpath / path, request.config, profiles, variables)
        target = pointed(lambda: request.getfixturevalue("idpsim_target"), scenario, request.config)
        if target is not None:
            telling.hide_target(request.node, target)
        server = request.getfixturevalue("idpsim_server") if signs_in(scenario) else None
        return play(request.node, scenario, target, server)

    return played
