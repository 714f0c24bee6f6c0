"""The scenarios that come with idpsim, by name: `sso-leaver` is the file `sso-leaver.yaml` among them."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from idpsim.errors import UsageError

BUILT_IN = ("joiner", "mover", "leaver")
SUFFIX = ".yaml"


def home() -> Path:
    """The folder of the shipped scenarios: in the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    places = (package / "scenarios", package.parent / "scenarios")
    return next((place for place in places if place.is_dir()), places[0])


def names() -> tuple[str, ...]:
    """The names of the shipped scenarios."""
    return tuple(sorted(file.stem for file in home().glob(f"*{SUFFIX}")))


def built_in() -> list[str]:
    """The files that are played where no scenario is named: joiner, mover and leaver."""
    return [str(shipped(name)) for name in BUILT_IN]


def shipped(name: str) -> Path:
    """The file of a shipped scenario; UsageError, with the names that are near, where there is none of that name."""
    known = names()
    if name in known:
        return home() / f"{name}{SUFFIX}"
    if not known:
        raise UsageError(f"the built-in scenarios are missing from {home()}: install idpsim again")
    near = get_close_matches(name, known, 3)
    guess = f", did you mean {' or '.join(near)}?" if near else ""
    raise UsageError(
        f"no scenario {name!r} comes with idpsim{guess}\n"
        + ("" if near else f"  {', '.join(known)}\n")
        + "  idpsim init --list says what each is about"
    )


def called(file: str) -> str:
    """What a scenario is called on the command line: the name of one that comes with idpsim, or else its file."""
    name = Path(file).stem
    return name if file == str(home() / f"{name}{SUFFIX}") and file_of(name) == file else file


def file_of(given: str) -> str:
    """The file that is meant: `given` itself where it exists or looks like a path, else the shipped one of that name.

    A file here that is called so but for its suffix comes before the shipped one, of which it may be a copy.
    UsageError, with the names that are near, where there is neither.
    """
    if os.path.exists(given) or Path(given).name != given:
        return given
    stem, suffix = os.path.splitext(given)
    if not suffix:
        own = next((each for each in (f"{given}.yaml", f"{given}.yml") if os.path.isfile(each)), None)
        if own is not None:
            return own
        try:
            return str(shipped(given))
        except UsageError as error:
            raise UsageError(f"there is no file {given!r} here, and {error}") from None
    if stem in names():
        raise UsageError(
            f"{given} cannot be read: there is no such file\n"
            f"  the scenario that comes with idpsim is called {stem}; idpsim init --from {stem} writes a copy"
        )
    return given
