"""Targets as they are given, and what is refused of them."""

from __future__ import annotations

import pytest

from idpsim.api import base_url
from idpsim.errors import UsageError


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://sp.test/scim/v2", "https://sp.test/scim/v2"),
        ("https://sp.test/scim/v2?aadOptscim062020", "https://sp.test/scim/v2"),
        ("wsgi:module:app/scim", "wsgi:module:app/scim"),
    ],
)
def test_a_flag_behind_the_base_url_is_no_part_of_it(given: str, base: str) -> None:
    assert base_url(given) == base


@pytest.mark.parametrize("given", ["https://ada:secret@sp.test/scim", "https://sp.test/scim?key=secret"])
def test_a_secret_in_the_url_is_refused_and_not_repeated(given: str) -> None:
    with pytest.raises(UsageError) as refused:
        base_url(given)

    assert "secret" not in str(refused.value)
