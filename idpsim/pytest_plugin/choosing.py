"""Which profile plays in a test: by its mark, by the fixture that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from idpsim.errors import UsageError
from idpsim.pytest_plugin.marks import marked
from idpsim.pytest_plugin.options import PROFILES, near

_HOW = '  @pytest.mark.parametrize("idp", ["okta", "entra"], indirect=True)'


def profile_of(request: pytest.FixtureRequest) -> str:
    """What idpsim_profile is: its parameter, that of idp, or the one client of the test."""
    if hasattr(request, "param"):
        return _profile(request.param)
    parameters = _parameters(request)
    if "idp" in parameters:
        return _profile(parameters["idp"])
    named = [name for name in PROFILES if name.replace("-", "_") in request.fixturenames]
    if "idp" in request.fixturenames:
        raise UsageError(
            "idp cannot be each profile in turn here: a unittest.TestCase is never parametrized, nor is what "
            "getfixturevalue asks for\n  ask for one client, such as okta, or write the test as a function"
        )
    if len(named) == 1:
        return named[0]
    raise UsageError(
        f"idpsim_profile cannot tell which profile plays: the test asks for {' and '.join(named) or 'no client'}\n"
        f"  let it ask for one client, such as okta, or for idp, whose profiles a mark may choose:\n{_HOW}"
    )


def agreed(request: pytest.FixtureRequest, profile: str) -> str:
    """The profile of a client; UsageError where the marks of its test say that it is another."""
    parameters = _parameters(request)
    said = {name: parameters[name] for name in sorted(marked(request.node)) if name in parameters}
    idp = "idp" in request.fixturenames
    chosen = {name: said[name] for name in ("idp", "idpsim_profile") if name in said}
    if idp and len(set(chosen.values())) > 1:
        raise UsageError(f"a mark of the test says idp is {chosen['idp']}, and idpsim_profile {profile}: leave one out")
    if not idp and chosen.get("idpsim_profile", profile) != profile:
        raise UsageError(
            f"the test asks for the client {profile.replace('-', '_')}, and its mark says that idpsim_profile is "
            f"{chosen['idpsim_profile']}\n  let it ask for idp, which is the profile of the mark"
        )
    return profile


def _parameters(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    return getattr(getattr(request.node, "callspec", None), "params", {})


def _profile(name: object) -> str:
    if name not in PROFILES:
        raise UsageError(f"there is no profile {name!r}{near(str(name))}\n  a mark chooses profiles by name:\n{_HOW}")
    return str(name)
