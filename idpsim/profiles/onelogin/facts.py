"""OneLogin's sources and quirks, and what it never does."""

from __future__ import annotations

from idpsim.provisioning.flow import Skipped
from idpsim.wire import Quirk

CAPTURE = "https://github.com/goauthentik/authentik/issues/11249"
IMPLEMENT = "https://developers.onelogin.com/scim/implement-scim-api"
TEMPLATE = "https://developers.onelogin.com/scim/define-user-schema"
TESTING = "https://developers.onelogin.com/scim/test-your-scim"
CONNECTOR = "https://onelogin.service-now.com/kb?id=kb_article_view&sysparm_article=KB0013904"
SAMPLE = "https://github.com/onelogin/onelogin-scim-node"
DELETE_USER = "https://developers.onelogin.com/api-docs/2/users/delete-user"
PARAMETER = "https://registry.terraform.io/providers/onelogin/onelogin/latest/docs/resources/apps"
DOCKER = "https://docs.docker.com/security/for-admins/provisioning/scim"
HARNESS = "https://developer.harness.io/docs/platform/user-management/7provision-users-and-groups-with-one-login-scim/"
LIVING_SECURITY = "https://www.livingsecurity.com/migration/support/configuring-scim-for-onelogin"
PULUMI = "https://www.pulumi.com/docs/pulumi-cloud/access-management/scim/onelogin/"
SUMO = "https://help.sumologic.com/docs/manage/security/scim/provision-with-onelogin/"
TWINGATE = "https://www.twingate.com/docs/onelogin-configuration-scim/"
WORKOS = "https://workos.com/docs/integrations/onelogin-scim"
ZABBIX = "https://www.zabbix.com/documentation/current/en/manual/appendix/install/onelogin"

PROBE = Quirk(
    "Enabling the API looks up a userName that does not exist; 200 and an empty list, or 404, pass.", IMPLEMENT
)
DANGLING = Quirk(
    "Every URL ends in `?`, or in `&` where it has parameters; the request carries no User-Agent.", CAPTURE
)
LOOKUP_FIRST = Quirk("Every sync of a user begins with a lookup by userName, updates too.", CAPTURE)
PUT_TEMPLATE = Quirk("A user is updated with a PUT of the whole rendered template; users get no PATCH.", CAPTURE)
PUT_ACTIVE = Quirk("A suspension is a PUT of the rendered template with `active` added as its last key.", SAMPLE)
STOCK_URNS = Quirk("The stock v2 templates name URNs that RFC 7643 does not know.", CAPTURE)
NO_ACTIVE = Quirk("The template carries no `active`: a PUT without it must leave a user active.", ZABBIX)
STRING_ACTIVE = Quirk('A macro renders to a string: a templated `active` is "true", not true.', TEMPLATE)
EMAILS_OBJECT = Quirk("The v1.1 Enterprise template holds `emails` as an object, not as a list.", TEMPLATE)
ONE_MEMBER = Quirk("Each user's membership in each group is a PATCH of its own: one operation, one member.", CAPTURE)
REMOVE_BY_VALUE = Quirk(
    "A removal is taken to name `members` and carry the member in `value`, as the add does.", CAPTURE
)
REMOVE_BY_FILTER = Quirk("A removal names the member in a filter in the path.", CAPTURE)
V1_MEMBERS = Quirk('A v1.1 connector PATCHes `members` itself, with an "operation" inside each member.', SAMPLE)
CREATED_EMPTY = Quirk(
    "A group is created without members, when the first person with the role is synced.", CAPTURE, ("members",)
)
LIST_GROUPS = Quirk(
    "Refresh lists the groups with neither filter nor page: one answer has to hold them all.", IMPLEMENT
)

NAMES_NEEDED = "OneLogin marks the task as failed, though the user is stored"
ONLY_KNOWN_GROUPS = "OneLogin knows only groups that it has made, or that Refresh (import) has read"

NEVER = {
    "set-password": Skipped("OneLogin's generic SCIM connectors send no passwords", CONNECTOR),
    "restore": Skipped("a user who is deleted in OneLogin cannot be restored", DELETE_USER),
    "purge": Skipped("OneLogin has no deletion after the deletion: a deleted user is gone", DELETE_USER),
    "restart": Skipped("OneLogin has no provisioning cycle to restart", TESTING),
    "provision-on-demand": Skipped("OneLogin has no provisioning on demand: each change is a task of its own", TESTING),
}
GROUP_STAYS = Skipped("OneLogin never deletes a group over SCIM: it stays at the service provider", HARNESS)
ROLE_DELETED = Skipped(
    "OneLogin sends nothing when a role is deleted: neither the group nor a membership goes", HARNESS
)
MEMBERSHIP_STAYS = Skipped("OneLogin removes no memberships when access to the app ends", PULUMI)
NEEDS_A_PERSON = Skipped(
    "OneLogin makes a group only when a person with the role is synced: there is none yet", HARNESS
)
NO_NESTING = Skipped("OneLogin roles hold people only", HARNESS)
GROUPS_OFF = Skipped(
    "the connector's Groups parameter is not included in user provisioning: "
    "a connector without group provisioning sends no groups at all, silently",
    WORKOS,
    by="settings",
)
NOT_CREATED = Skipped(
    "no group of this name is known, and the Groups parameter may not create entitlements: import it first",
    PARAMETER,
    by="settings",
)
NOT_IMPORTED = Skipped(
    "the service provider owns the groups (group_mode: import), and none of this name has been imported by Refresh",
    WORKOS,
    by="settings",
)
KEEP_REMOVED = Skipped(
    "Do Nothing is set for users who are deleted in OneLogin or lose access to the app", TWINGATE, by="settings"
)
KEEP_SUSPENDED = Skipped("Do Nothing is set for user accounts that are suspended in OneLogin", PULUMI, by="settings")
