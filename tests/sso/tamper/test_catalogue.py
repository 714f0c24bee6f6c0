"""The catalogue: complete, told apart, light, and with each entry done somewhere."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest

from idpsim.signon import Must
from idpsim.sso.tamper import catalogue_flow, catalogue_oidc, catalogue_signatures, catalogue_values
from idpsim.sso.tamper.catalogue import Entry, entries
from idpsim.sso.tamper.registry import browser_tamper, oidc_tamper, published_tamper, saml_tamper

ALL = pytest.mark.parametrize("entry", entries().values(), ids=lambda entry: entry.name)


def test_no_name_is_given_twice() -> None:
    parts = (catalogue_values, catalogue_signatures, catalogue_flow, catalogue_oidc)

    names = [entry.name for part in parts for entry in part.ENTRIES]

    assert len(names) == len(entries())


@ALL
def test_each_entry_is_done_in_one_way(entry: Entry) -> None:
    found = {
        ("saml", "idp"): saml_tamper(entry.name),
        ("oidc", "idp"): oidc_tamper(entry.name),
        (entry.protocol, "publisher"): published_tamper(entry.name),
        (entry.protocol, "browser"): browser_tamper(entry.name),
    }

    assert [how for how, tamper in found.items() if tamper is not None] == [(entry.protocol, entry.by)]


def test_nothing_is_done_that_no_entry_speaks_of() -> None:
    from idpsim.sso.tamper import (
        browser,
        published_saml,
        saml_encryption,
        saml_parsing,
        saml_signatures,
        saml_values,
        saml_wrapping,
    )

    parts = (saml_values, saml_signatures, saml_wrapping, saml_encryption, saml_parsing, published_saml, browser)
    done = [name for part in parts for name in part.TAMPERS]

    assert len(done) == len(set(done))
    assert set(done) <= entries().keys()


@ALL
def test_each_entry_says_what_it_is_good_for_and_where_that_is_written(entry: Entry) -> None:
    assert entry.does.endswith(".")
    assert entry.why.endswith(".")
    assert entry.source.startswith("https://")
    assert entry.must in get_args(Must)


def test_a_name_that_nobody_knows_is_nothing() -> None:
    found = [each("no_such_thing") for each in (saml_tamper, oidc_tamper, published_tamper, browser_tamper)]

    assert found == [None] * 4


def test_the_catalogue_is_light() -> None:
    code = (
        "import sys; from idpsim.sso.tamper.catalogue import entries; entries();"
        "print(sorted({'lxml', 'cryptography', 'flask', 'saml2', 'authlib', 'joserfc'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
