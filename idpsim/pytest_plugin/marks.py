"""What the marks of a test, and the fixtures of its project, have chosen."""

from __future__ import annotations

from typing import Any

import pytest

CHOOSING = {"idp", "idpsim_profile"}


def marked(node: Any) -> set[str]:
    """The names that the marks of a test parametrize."""
    marks = node.iter_markers("parametrize")
    names = (mark.args[0] if mark.args else mark.kwargs.get("argnames", ()) for mark in marks)
    return {name.strip() for each in names for name in (each.split(",") if isinstance(each, str) else each)}


def chosen(metafunc: pytest.Metafunc) -> bool:
    """Whether a mark parametrizes idp or idpsim_profile, or a fixture of the project stands in the place of the latter.

    A hook of the project may have parametrized them too.
    """
    fixtures = getattr(metafunc, "_arg2fixturedefs", {})
    if CHOOSING & marked(metafunc.definition) or len(fixtures.get("idpsim_profile", ())) > 1:
        return True
    calls = getattr(metafunc, "_calls", ())
    by_hook = len(fixtures.get("idp", ())) < 2 and any("idp" in call.params for call in calls)
    return by_hook or any("idpsim_profile" in call.params for call in calls)
