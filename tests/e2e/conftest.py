"""What the sign-in tests share: the identity provider on a socket, and service providers that start when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.signing import Hosted
    from tests.e2e.verifying import Running


@pytest.fixture(scope="session")
def idp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    from tests.e2e.signing import hosted

    with hosted(tmp_path_factory.mktemp("idp")) as started:
        yield started


@pytest.fixture(scope="session")
def running(idp: Hosted) -> Iterator[Running]:
    from tests.e2e.verifying import Running

    with ExitStack() as stack:
        yield Running(idp, stack)
