"""The stock SCIM JSON Templates of the generic connectors, and those that service providers tell people to paste.

Sources: the v1.1 ones are documented; of the v2 ones only the beginning of Enterprise has been captured, the rest is
taken to be as in v1.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from idpsim.scim import ENTERPRISE, USER

CORE_1 = "urn:scim:schemas:core:1.0"
CORE_2 = "urn:scim:schemas:core:2.0"
ENTERPRISE_1 = "urn:scim:schemas:extension:enterprise:1.0"
ENTERPRISE_2 = "urn:scim:schemas:extension:enterprise:2.0"

Template: TypeAlias = Mapping[str, Any]

_USERNAME = {"userName": "{$parameters.scimusername}"}
_FORMATTED = {"formatted": "{$user.display_name}"}
_FAMILY_FIRST = {"familyName": "{$user.lastname}", "givenName": "{$user.firstname}"}
_GIVEN_FIRST = {"givenName": "{$user.firstname}", "familyName": "{$user.lastname}"}
_EMAIL = {"value": "{$user.email}", "type": "work", "primary": True}
_MANAGER_NAME = {"displayName": "{$user.manager_firstname} {$user.manager_lastname}"}
_WORK = {
    "department": "{$parameters.department}",
    "manager": {"managerId": "{$parameters.external_manager_id}", **_MANAGER_NAME},
}

_V2_ENTERPRISE: Template = {
    "schemas": [CORE_2, ENTERPRISE_2],
    **_USERNAME,
    "name": {**_FAMILY_FIRST, **_FORMATTED},
    "emails": [_EMAIL],
    "title": "{$parameters.title}",
    ENTERPRISE_2: _WORK,
}
STOCK: Mapping[str, Template] = {
    "v2-core": {"schemas": [CORE_2], **_USERNAME, "name": {**_GIVEN_FIRST, **_FORMATTED}},
    "v2-enterprise": _V2_ENTERPRISE,
    "v2-enterprise-full-saml": _V2_ENTERPRISE,
    "v1.1-core": {"schemas": [CORE_1], **_USERNAME, "name": {**_GIVEN_FIRST, **_FORMATTED}},
    "v1.1-enterprise": {
        "schemas": [CORE_1, ENTERPRISE_1],
        **_USERNAME,
        "name": {**_FAMILY_FIRST, **_FORMATTED},
        "emails": _EMAIL,
        "title": "{$parameters.title}",
        ENTERPRISE_1: _WORK,
    },
}
_RFC = {"schemas": [USER], **_USERNAME, "name": _FAMILY_FIRST}
PRESETS: Mapping[str, Template] = {
    "vendor-rfc": {**_RFC, "emails": [_EMAIL]},
    "vendor-rfc-display-name": {**_RFC, "displayName": "{$user.display_name}", "emails": [_EMAIL]},
    "vendor-rfc-enterprise": {
        "schemas": [USER, ENTERPRISE],
        **_USERNAME,
        "name": _FAMILY_FIRST,
        "title": "{$parameters.title}",
        "userType": "{$parameters.userType}",
        "timezone": "{$parameters.timezone}",
        "emails": [_EMAIL],
        "addresses": [{"locality": "{$user.city}", "region": "{$user.state}", "country": "{$user.country}"}],
        ENTERPRISE: {
            "organization": "{$parameters.organization}",
            "division": "{$parameters.division}",
            "department": "{$parameters.department}",
            "manager": {"value": "{$parameters.external_manager_id}", **_MANAGER_NAME},
        },
    },
    "vendor-rfc-string-active": {
        "schemas": [USER, ENTERPRISE],
        "id": None,
        **_USERNAME,
        "name": _FAMILY_FIRST,
        "active": "{$user.active}",
        "emails": [_EMAIL],
        "title": "{$parameters.title}",
        ENTERPRISE: _WORK,
        "meta": {"resourceType": "User"},
    },
}
