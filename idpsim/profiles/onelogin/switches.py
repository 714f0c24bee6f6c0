"""The switches of a OneLogin app, by the names of its screens where these have one."""

from __future__ import annotations

from idpsim.profiles.onelogin import facts
from idpsim.provisioning.settings import Setting

CONNECTORS = ("v2-core", "v2-enterprise", "v2-enterprise-full-saml", "v1.1-core", "v1.1-enterprise")

SETTINGS = {
    "connector": Setting(
        "v2-enterprise", "which SCIM Provisioner with SAML the app was made from", CONNECTORS, facts.CONNECTOR
    ),
    "template": Setting(
        "stock",
        "SCIM JSON Template: stock is the connector's own; vendor-rfc, vendor-rfc-display-name, vendor-rfc-enterprise "
        "and vendor-rfc-string-active are what service providers tell administrators to paste; or a JSON text",
        source=facts.TEMPLATE,
    ),
    "parameters": Setting(
        {},
        "the app's parameters: which directory attribute each holds, such as scimusername: email (manager is the "
        "manager's OneLogin id)",
        source=facts.CONNECTOR,
    ),
    "skip_if_blank": Setting(
        False, "leave out what holds a blank parameter; else it goes out as an empty string", source=facts.PARAMETER
    ),
    "custom_headers": Setting(
        (), "Custom Headers, each `Name: value`, on every request, in place of OneLogin's own", source=facts.DOCKER
    ),
    "content_type": Setting(
        "application/json", "Content-Type of every request, where no custom header sets it", source=facts.IMPLEMENT
    ),
    "trailing_query_mark": Setting(True, "the `?` or `&` at the end of every URL", source=facts.CAPTURE),
    "group_mode": Setting(
        "mapped",
        "Groups parameter: off is not included in user provisioning, which is a new connector's state; import is "
        "groups that the service provider owns and Refresh reads; mapped is roles mapped to groups, what push needs",
        ("off", "import", "mapped"),
        facts.WORKOS,
    ),
    "create_missing_groups": Setting(True, "the Groups parameter may create entitlements", source=facts.PARAMETER),
    "group_remove_style": Setting(
        "value",
        "how a v2 connector removes a member: value beside the path members, or a filter in the path; no capture",
        ("value", "filter"),
        facts.CAPTURE,
    ),
    "resend_memberships": Setting(
        False, "send a membership with every sync, not only when it is new", source=facts.CAPTURE
    ),
    "inject_active": Setting(
        "on_suspend",
        "when `active` is added to the rendered template: when a user is suspended or comes back, always, or never",
        ("on_suspend", "always", "never"),
        facts.SAMPLE,
    ),
    "get_by_id_before_put": Setting(False, "read the user by id before each PUT", source=facts.IMPLEMENT),
    "on_lookup_miss": Setting(
        "put",
        "what follows when a user has been provisioned and the lookup by userName finds none",
        ("put", "post"),
        facts.SAMPLE,
    ),
    "on_removed": Setting(
        "nothing",
        "When users are deleted in OneLogin, or the user's app access is removed: Delete, Suspend or Do Nothing",
        ("delete", "suspend", "nothing"),
        facts.TWINGATE,
    ),
    "on_suspended": Setting(
        "nothing",
        "When user accounts are suspended in OneLogin: Suspend or Do Nothing",
        ("suspend", "nothing"),
        facts.PULUMI,
    ),
    "approval_create": Setting(True, "Require admin approval: Create user", source=facts.TESTING),
    "approval_update": Setting(True, "Require admin approval: Update user, suspensions too", source=facts.TESTING),
    "approval_delete": Setting(True, "Require admin approval: Delete user", source=facts.TESTING),
}
