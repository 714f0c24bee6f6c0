"""The wiki with an empty database, and how idpsim reaches it."""

from __future__ import annotations

from pathlib import Path

import idpsim
import pytest
from flask import Flask

from wiki import create_app
from wiki.accounts import Accounts

TOKEN = "only for tests"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(tmp_path / "wiki.db", TOKEN)


@pytest.fixture
def accounts(app: Flask) -> Accounts:
    return app.extensions["accounts"]


@pytest.fixture
def idpsim_target(app: Flask) -> idpsim.Target:
    """In this process: no server, no port."""
    return idpsim.Target(app, "/scim/v2", token=TOKEN)


@pytest.fixture(scope="session")
def idpsim_settings() -> dict[str, dict[str, str]]:
    """OneLogin's switches as we ask our customers to set them: by default it leaves an account as it is."""
    return {"onelogin": {"on_removed": "suspend", "on_suspended": "suspend"}}
