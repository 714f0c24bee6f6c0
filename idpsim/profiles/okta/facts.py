"""Okta's quirks, settings and headers, each with its source."""

from __future__ import annotations

from idpsim.provisioning.flow import Skipped
from idpsim.provisioning.settings import Setting
from idpsim.wire import Quirk

REFERENCE = "https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/"
CONCEPTS = "https://developer.okta.com/docs/concepts/scim/"
QUESTIONS = "https://developer.okta.com/docs/concepts/scim/faqs/"
TEST_PLAN = "https://developer.okta.com/standards/SCIM/SCIMFiles/okta-scim-test-plan-v2.xlsx"

PATHLESS_PATCH = Quirk(
    "Okta activates and deactivates with a PATCH that has no path: the attribute is inside value.",
    REFERENCE,
    ("pathless",),
)
PUT_EVERYTHING = Quirk(
    "An App Integration Wizard app never sends PATCH: it reads the resource and PUTs the whole of it back.", REFERENCE
)
PUT_PROFILE = Quirk("Okta updates a profile with GET and then PUT of the whole resource, not with PATCH.", REFERENCE)
ECHO = Quirk(
    "The PUT starts from your own GET answer: id, meta, groups and unknown keys come back to you.",
    "https://github.com/firezone/firezone",
)
PLACEHOLDER_PASSWORD = Quirk(
    "A create carries a random password even where password sync is off.",
    "https://github.com/zitadel/zitadel/issues/10009",
    ("password",),
)
EMPTY_GROUPS = Quirk(
    "A create carries an empty groups list, which a service provider must ignore.", REFERENCE, ("groups",)
)
ID_IN_VALUE = Quirk(
    "Okta renames a group with a PATCH that has no path and repeats the id inside value.",
    "https://github.com/jelhub/scimgateway/issues/112",
)
NAME_AFTER_MEMBERS = Quirk(
    "Each membership update is followed by a PATCH of the group's name, changed or not.",
    "https://github.com/imulab/go-scim/issues/57",
)
REMOVE_THEN_ADD = Quirk(
    "One PATCH holds a filtered remove for each leaver and one add for all joiners.",
    "https://github.com/goauthentik/authentik/issues/25686",
)
REPLACE_MEMBERS = Quirk(
    "A full push replaces the whole member list; for an empty group with an empty list.",
    "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/757",
)
CREATED_EMPTY = Quirk("A pushed group is created without members; they follow.", REFERENCE, ("members",))
FILTER_PAGED = Quirk("The lookup carries startIndex and count behind the filter.", REFERENCE)
PROBE = Quirk("Okta's connection test lists two users; it asks for no ServiceProviderConfig and no Schemas.", QUESTIONS)
RATE_LIMIT = Quirk(
    "After a 429 Okta waits for a whole-number Retry-After, else 5 minutes; each further 429 doubles it, 10 attempts.",
    CONCEPTS,
)
NOT_BOTH = Quirk("Okta does not support the same group for assignment and for push.", REFERENCE)

ASSIGNED_GROUP = Skipped("Okta sends nothing for the group itself: its members are assigned", REFERENCE, "state")
NOTHING = Skipped("there is nothing that Okta sends for this", REFERENCE, "state")

SETTINGS = {
    "create_users": Setting(True, "Create Users", source=REFERENCE),
    "update_users": Setting(True, "Update User Attributes", source=REFERENCE),
    "deactivate_users": Setting(True, "Deactivate Users", source=REFERENCE),
    "sync_password": Setting(False, "Sync Password", source=REFERENCE),
    "rename_groups": Setting(True, "Rename app groups to match group name in Okta", source=TEST_PLAN),
    "push_members_at_once": Setting(True, "Push group memberships immediately", source=REFERENCE),
    "import_groups": Setting(False, "Import Groups", source=REFERENCE),
    "unique_identifier": Setting(
        "userName", "Unique identifier field for users: the attribute of the lookup", source=REFERENCE
    ),
    "query_space": Setting(
        "%20", "how a space in the filter is encoded: %20 today, + in 2018", choices=("%20", "+"), source=REFERENCE
    ),
    "full_push": Setting(
        "path",
        "how a full push replaces members: with a path, without one, or without one and with id and name",
        choices=("path", "pathless", "pathless-with-id"),
        source="https://github.com/jelhub/scimgateway/issues/113",
    ),
    "name_patch": Setting(
        "always",
        "whether each membership update is followed by a PATCH of the name",
        choices=("always", "renamed"),
        source="https://github.com/imulab/go-scim/issues/57",
    ),
    "second_put_on_match": Setting(
        False,
        "a profile push follows the PUT of a match: GET and PUT again",
        source="https://devforum.okta.com/t/27262",
    ),
    "clear": Setting(
        "empty",
        "how a cleared attribute is sent; not documented beyond empty strings in the test plan",
        choices=("empty", "null", "omit"),
        source=TEST_PLAN,
    ),
    "manager_id": Setting(
        "userName",
        "what the directory's managerId holds",
        choices=("userName", "employeeNumber"),
        source=REFERENCE,
    ),
    "custom_namespace": Setting(
        "urn:okta:scim2headerauth_1:1.0:user:custom", "external namespace of custom attributes", source=REFERENCE
    ),
}

NEVER = {
    "suspend": Skipped("Okta sends nothing when a user is suspended", REFERENCE),
    "unsuspend": Skipped("Okta sends nothing when a user is unsuspended", REFERENCE),
    "restore": Skipped("a deleted Okta user cannot be restored", CONCEPTS),
    "purge": Skipped("Okta has no deletion after the deletion: a deleted user is gone", CONCEPTS),
    "restart": Skipped("Okta has no provisioning cycle to restart", REFERENCE),
    "provision-on-demand": Skipped("Okta has no provisioning on demand: it sends at once", REFERENCE),
    "approve": Skipped("Okta has no approval of provisioning tasks", REFERENCE),
    "reject": Skipped("Okta has no approval of provisioning tasks", REFERENCE),
}
