"""The switches of sign-in, over both protocols; they stand in an app beside those of provisioning."""

from __future__ import annotations

from idpsim.profiles.onelogin import oidc, saml
from idpsim.provisioning.settings import Setting

SIGN_ON_SETTINGS: dict[str, Setting] = {**saml.SETTINGS, **oidc.SETTINGS}
