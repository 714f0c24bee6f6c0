"""An app of the identity provider, as sign-in sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from idpsim.signon import Registration, SignOn

DEFAULT_APP = "idpsim"


@dataclass(frozen=True)
class App:
    """One vendor's entry for one service provider: `label` is what its administrator called it.

    `base` is where the identity provider is reached, without a slash at its end. `settings` holds a value for every
    name in `sign_on.settings`.
    """

    sign_on: SignOn
    label: str
    base: str
    registration: Registration = field(default_factory=Registration)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def vendor(self) -> str:
        return self.sign_on.vendor

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """The vendor's ids of this app by name, and `base`."""
        return {**self.sign_on.ids(self.label), "base": self.base}

    def filled(self, template: str) -> str:
        """A template of the look, `{base}/app/{exk}/…`, with this app's ids."""
        return template.format_map(self.ids)
