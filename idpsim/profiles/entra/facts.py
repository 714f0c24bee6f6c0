"""Entra's quirks and what it never does, each with its source."""

from __future__ import annotations

from idpsim.provisioning.flow import Skipped
from idpsim.wire import Quirk

_LEARN = "https://learn.microsoft.com/en-us/entra/identity/app-provisioning/"
SCIM = _LEARN + "use-scim-to-provision-users-and-groups"
COMPATIBILITY = _LEARN + "application-provisioning-config-problem-scim-compatibility"
HOW = _LEARN + "how-provisioning-works"
MAPPING = _LEARN + "customize-application-attributes"
QUARANTINE = _LEARN + "application-provisioning-quarantine-status"
ON_DEMAND = _LEARN + "provision-on-demand"
KNOWN_ISSUES = _LEARN + "known-issues"
OUT_OF_SCOPE = _LEARN + "skip-out-of-scope-deletions"
WHEN = _LEARN + "application-provisioning-when-will-provisioning-finish-specific-user"
LOGS = "https://learn.microsoft.com/en-us/entra/identity/monitoring-health/howto-analyze-provisioning-logs"
REFERENCE_CODE = "https://github.com/AzureAD/SCIMReferenceCode"

PROBE = Quirk(
    "Every cycle and every test starts by looking up a random GUID; anything but 200 with an empty list is an error.",
    "https://github.com/AzureAD/SCIMReferenceCode/issues/63",
)
FILTER_AS_FORM = Quirk(
    "The filter is form-encoded: + for a space, %22 for a quotation mark, lower-case hex.",
    "https://github.com/MicrosoftDocs/azure-docs/issues/94189",
    ("filter",),
)
EXCLUDES_MEMBERS = Quirk(
    "Entra never reads members: it asks for groups with excludedAttributes=members.", SCIM, ("members",)
)
ROLES_EMPTY = Quirk(
    "A create carries an empty roles list.", "https://github.com/MicrosoftDocs/azure-docs/issues/72002", ("roles",)
)
CREATED_EMPTY = Quirk("A group is created without its members; each follows in a PATCH of its own.", SCIM, ("members",))
TITLE_CASE = Quirk("Operations are written Add, Replace and Remove, not in lower case.", COMPATIBILITY, ("op",))
DOTTED_PATHS = Quirk(
    "A sub-attribute's path is dotted, as name.givenName; an extension's attribute is its URN, a colon and its name.",
    COMPATIBILITY,
    ("path",),
)
STRING_BOOLEAN = Quirk(
    'active is sent as a string, "False" or "True".', "https://github.com/jelhub/scimgateway/issues/47", ("active",)
)
MAKES_ELEMENT = Quirk(
    'A path such as emails[type eq "work"].value is expected to make the element where there is none.',
    "https://github.com/thomaspoignant/scim-patch/issues/176",
    ("element",),
)
DOTTED_KEYS = Quirk(
    "One operation without a path holds all single values, under dotted keys such as name.givenName.",
    "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/193",
    ("pathless",),
)
BARE_MANAGER = Quirk(
    "The manager is sent as a bare id string, not as an object with value.",
    "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/541",
)
MANAGER_AGAIN = Quirk(
    "A manager that the service provider does not return is sent again each time the user is processed.",
    "https://github.com/MicrosoftDocs/azure-docs/issues/11784",
)
MANAGER_FILTER = Quirk(
    "The manager is removed with a value filter on manager, although it is no list.",
    "https://github.com/thomaspoignant/scim-patch/issues/453",
)
ONE_MEMBER = Quirk(
    "Each member comes in a PATCH of its own, many of them at once.", "https://github.com/snipe/snipe-it/pull/19115"
)
REMOVE_BY_VALUE = Quirk(
    "Remove with path members lists in value who leaves; read by the RFC it would empty the group.",
    "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/167",
)
REMOVE_BY_FILTER = Quirk(
    'A member is removed by a filter in the path, members[value eq "..."], and without a value.', COMPATIBILITY
)
LEGACY_ON_DEMAND = Quirk("Provisioning on demand does not honour aadOptscim062020: legacy shapes.", COMPATIBILITY)
NEXT_CYCLE = Quirk("After 429, 5xx, a timeout or a broken connection Entra tries again in its next cycle.", LOGS)
ESCROW = Quirk(
    "Any other failure is put in escrow: tried again 6, 12 and 24 hours after the first failure, then daily to day 28.",
    QUARANTINE,
)

_NO_SUSPENSION = Skipped("Entra knows no suspension: it disables an account (use disable)", HOW)
NEVER = {
    "suspend": _NO_SUSPENSION,
    "unsuspend": _NO_SUSPENSION,
    "set-password": Skipped("Entra does not provision passwords", MAPPING),
    "import": Skipped("Entra's provisioning job lists no users of the service provider: it looks each one up", HOW),
    "approve": Skipped("Entra has no approval of provisioning tasks", HOW),
    "reject": Skipped("Entra has no approval of provisioning tasks", HOW),
}
NEVER_BY_KIND = {
    "suspended": NEVER["suspend"],
    "unsuspended": NEVER["unsuspend"],
    "password": NEVER["set-password"],
    "import": NEVER["import"],
}
