"""What all tests share: the golden files."""

from __future__ import annotations

import pytest

from tests.golden_files import Golden


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write what is sent now into tests/golden")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden("okta/leaver.http", text)` compares the text with the file, or rewrites it."""
    return Golden(bool(request.config.getoption("--rewrite-golden")))
