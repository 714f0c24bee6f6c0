"""The switches of an Entra app, and their values as one frozen thing that jobs can carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idpsim.profiles.entra import facts
from idpsim.provisioning.settings import Setting

SETTINGS: Mapping[str, Setting] = {
    "scope": Setting(
        "assigned", "who is provisioned: assigned users and groups, or all", ("assigned", "all"), facts.HOW
    ),
    "scoping_filter": Setting({}, "attributes that a user must have to be in scope, all of them", source=facts.HOW),
    "create": Setting(True, "target object action Create", source=facts.HOW),
    "update": Setting(True, "target object action Update; disabling is an update", source=facts.HOW),
    "delete": Setting(True, "target object action Delete", source=facts.HOW),
    "active_mapping": Setting(
        True, "active is mapped from IsSoftDeleted; without it who goes out of scope is deleted", source=facts.HOW
    ),
    "skip_out_of_scope_deletions": Setting(False, "SkipOutOfScopeDeletions", source=facts.OUT_OF_SCOPE),
    "matching": Setting(("userName",), "matching attributes in order of precedence", source=facts.MAPPING),
    "external_id": Setting(
        "mailNickname", "what externalId is mapped from", ("mailNickname", "objectId"), facts.MAPPING
    ),
    "custom_extension": Setting(
        "", "URN under which custom attributes are mapped; by default they are not", source=facts.MAPPING
    ),
    "active_post_type": Setting("bool", "the type of active in a create", ("bool", "string"), facts.SCIM),
    "members_on_create": Setting(
        "empty_array", "members in the create of a group", ("empty_array", "absent"), facts.SCIM
    ),
    "member_ref_null": Setting("omit", "whether a member carries $ref: null", ("omit", "null"), facts.SCIM),
    "members_per_patch": Setting(1, "how many members one PATCH holds; 1 outside the gallery", source=facts.SCIM),
    "clear_attr": Setting(
        "skip",
        "what is sent for an attribute that was cleared",
        ("skip", "remove", "replace_empty"),
        facts.KNOWN_ISSUES,
    ),
    "on_get_404_linked": Setting(
        "rematch",
        "what a 404 to the id of a known user or group leads to",
        ("rematch", "invalid_anchor"),
        facts.LOGS,
    ),
    "probe_group": Setting(False, "the probe looks up a group too", source=facts.SCIM),
    "hex_case": Setting("lower", "hex digits of percent-encoding in queries", ("lower", "upper"), facts.REFERENCE_CODE),
    "group_schema_extra": Setting(
        False, "a created group names the schema of before December 2018 too", source=facts.COMPATIBILITY
    ),
    "typed_primary_false": Setting(
        True, "phones and addresses of a create carry primary: false", source=facts.REFERENCE_CODE
    ),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The switches as a job needs them; `flag` is aadOptscim062020, `restarted` a cycle after a restart."""

    flag: bool
    create: bool = True
    update: bool = True
    delete: bool = True
    active_mapping: bool = True
    skip_out_of_scope_deletions: bool = False
    matching: tuple[str, ...] = ("userName",)
    external_id: str = "mailNickname"
    custom_extension: str = ""
    active_post_type: str = "bool"
    members_on_create: str = "empty_array"
    member_ref_null: str = "omit"
    members_per_patch: int = 1
    clear_attr: str = "skip"
    on_get_404_linked: str = "rematch"
    probe_group: bool = False
    group_schema_extra: bool = False
    typed_primary_false: bool = True
    restarted: bool = False


_SCALARS = tuple(name for name in Rules.__dataclass_fields__ if name in SETTINGS and name != "matching")


def rules_of(settings: Mapping[str, Any], flag: bool, restarted: bool = False) -> Rules:
    """The rules by which an app with these settings is provisioned now."""
    matching = settings.get("matching", ("userName",))
    names = (matching,) if isinstance(matching, str) else tuple(matching)
    values = {name: settings[name] for name in _SCALARS if name in settings}
    return Rules(flag=flag, restarted=restarted, matching=names or ("userName",), **values)
