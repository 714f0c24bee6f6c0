"""Parts that a test needs and that not every machine has: a reason to skip, a failure where CI has to have them."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest


def needed(module: str) -> Any:
    """A module of the `interop` group; the test is skipped where it is missing, but under CI=1."""
    if os.environ.get("CI"):
        return import_module(module)
    return pytest.importorskip(module, reason=f"{module} is missing: pip install --group interop")
