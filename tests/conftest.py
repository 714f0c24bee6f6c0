"""What all tests share: the golden files."""

from __future__ import annotations

import pytest

from tests.golden_files import Golden


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write what is sent now into tests/golden")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A long value is called by its argument's name: readable, and the same in every process."""
    return argname if isinstance(val, str | bytes) and len(val) > 80 else None


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden("okta/leaver.http", text)` compares the text with the file, or rewrites it."""
    return Golden(bool(request.config.getoption("--rewrite-golden")))
