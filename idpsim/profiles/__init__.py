"""The vendors: one package each. A package with a `scim` module that lists `PROFILES` is found by being here."""

from __future__ import annotations

import difflib
import pkgutil
from functools import cache
from importlib import import_module

from idpsim.errors import UsageError
from idpsim.provisioning.profile import Profile
from idpsim.signon import SignOn


@cache
def all_profiles() -> dict[str, Profile]:
    """Every profile by name; a vendor's default profile bears the vendor's name and comes first of its own."""
    found: dict[str, Profile] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        if module.ispkg:
            for profile in import_module(f"{__name__}.{module.name}.scim").PROFILES:
                found[profile.name] = profile
    return found


def profile(name: str) -> Profile:
    """The profile with this name; UsageError names the nearest where there is none."""
    profiles = all_profiles()
    if name not in profiles:
        near = difflib.get_close_matches(name, profiles, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(f"there is no profile {name}{hint} (there are {', '.join(profiles)})")
    return profiles[name]


def default_profiles() -> tuple[str, ...]:
    """The default profile of each vendor: what `all` means."""
    return tuple(name for name, each in all_profiles().items() if each.name == each.vendor)


@cache
def all_sign_ons() -> dict[str, SignOn]:
    """How each vendor signs people in, by the vendor's name."""
    vendors = [each.name for each in pkgutil.iter_modules(__path__) if each.ispkg]
    looks = [import_module(f"{__name__}.{name}.signon").SIGN_ON for name in sorted(vendors)]
    return {look.vendor: look for look in looks}
