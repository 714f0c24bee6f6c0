"""How idpsim reaches the shop."""

from __future__ import annotations

import idpsim
import pytest
from django.conf import settings


@pytest.fixture
def idpsim_target(db: None) -> idpsim.Target:
    """In this process and in the test's transaction: what idpsim makes there is gone afterwards."""
    from shop.wsgi import application

    return idpsim.Target(application, "/scim/v2", token=settings.SCIM_TOKEN)


@pytest.fixture(scope="session")
def idpsim_settings() -> dict[str, dict[str, str]]:
    """OneLogin's switches as we ask our customers to set them: by default it leaves an account as it is."""
    return {"onelogin": {"on_removed": "suspend", "on_suspended": "suspend"}}
