"""pysaml2 without the third of a second that its XML Schema validator takes to build: it is built at its first use."""

from __future__ import annotations

import logging
import sys
import warnings
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from threading import Lock
from types import ModuleType
from typing import Any

_SCHEMA = "saml2.xml.schema"
_building = Lock()


class XMLSchemaError(Exception):
    """The document is not valid against the schema; stands for pysaml2's own exception of this name."""


def saml2(module: str) -> Any:
    """A module of pysaml2 by its name below the package, as in `saml2("samlp")`.

    Warnings of its import (about ciphers that cryptography is to drop) are not passed on.
    """
    _stub()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(f"saml2.{module}")


def validate(doc: Any, validator: Any = None) -> None:
    """What `saml2.xml.schema.validate` does, with the validator built the first time."""
    try:
        _real().validate(doc, validator)
    except Exception as error:
        raise XMLSchemaError(str(error)) from error


def _stub() -> None:
    """Stand in for the module that builds the validator when it is imported, unless somebody has imported it."""
    if _SCHEMA in sys.modules:
        return
    stub = ModuleType(_SCHEMA, "Stands for the module of pysaml2 that builds a validator when it is imported.")
    stub.__dict__.update(validate=validate, XMLSchemaError=XMLSchemaError, __getattr__=_of_real)
    sys.modules[_SCHEMA] = stub
    logging.getLogger("saml2").addHandler(logging.NullHandler())  # or Python prints what a stranger has sent


def _of_real(name: str) -> Any:
    """Whatever else somebody wants of the module."""
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(_real(), name)


def built() -> bool:
    """Whether the validator has been built."""
    return _load.cache_info().currsize > 0


def _real() -> Any:
    with _building:
        return _load()


@cache
def _load() -> Any:
    package = find_spec("saml2.xml")
    assert package is not None
    assert package.submodule_search_locations is not None
    spec = PathFinder.find_spec(_SCHEMA, package.submodule_search_locations)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spec.loader.exec_module(module)
    return module
