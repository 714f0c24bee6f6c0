"""Microsoft Entra ID's OpenID Connect look: the v2.0 endpoints of a tenant, and those of `common`."""

from __future__ import annotations

from collections.abc import Mapping

from idpsim.profiles.entra import oidc_errors
from idpsim.profiles.entra.oidc_claims import access_claims, for_graph, id_claims, resource_of, userinfo
from idpsim.profiles.entra.oidc_servers import COMMON, ORGANIZATIONS, OWN, TENANT
from idpsim.provisioning.settings import Setting
from idpsim.signon.oidc import ClientRules, Flow, Headers, OidcLook, Refreshing, Settings
from idpsim.wire import Quirk

DOCS = "https://learn.microsoft.com/en-us/entra/identity-platform/"
PROTOCOL = f"{DOCS}v2-protocols-oidc"
CODE_FLOW = f"{DOCS}v2-oauth2-auth-code-flow"
ID_TOKEN = f"{DOCS}id-token-claims-reference"
ACCESS_TOKEN = f"{DOCS}access-token-claims-reference"
REFRESH = f"{DOCS}refresh-tokens"
ROLLOVER = f"{DOCS}signing-key-rollover"
MANIFEST = f"{DOCS}reference-app-manifest"
OPTIONAL = f"{DOCS}optional-claims-reference"
CLIENT_FLOW = f"{DOCS}v2-oauth2-client-creds-grant-flow"

DAY = 86400.0

SETTINGS = {
    "reply_url_type": Setting(
        "Web",
        "type of the redirect URIs (replyUrlsWithType)",
        choices=("Web", "Spa", "InstalledClient"),
        source=MANIFEST,
    ),
    "oauth2_allow_id_token_implicit_flow": Setting(
        False, "oauth2AllowIdTokenImplicitFlow: id_token from the authorization endpoint", source=MANIFEST
    ),
    "oauth2_allow_implicit_flow": Setting(
        False, "oauth2AllowImplicitFlow: access tokens from the authorization endpoint", source=MANIFEST
    ),
    "requested_access_token_version": Setting(
        "2",
        "requestedAccessTokenVersion of the app's own API; the portal's default is null, which means 1",
        choices=("1", "2"),
        source=MANIFEST,
    ),
    "application_id_uri": Setting("", "Application ID URI; empty: api:// and the client id", source=MANIFEST),
    "oauth2_permission_scopes": Setting(
        ("access_as_user",), "scopes that the app's own API exposes (oauth2PermissionScopes)", source=MANIFEST
    ),
    "group_membership_claims": Setting(
        "None",
        "groupMembershipClaims: whether tokens carry the object ids of groups",
        choices=("None", "SecurityGroup", "ApplicationGroup", "DirectoryRole", "All"),
        source=MANIFEST,
    ),
    "optional_claims_id_token": Setting(
        (),
        "optionalClaims of the id_token, of auth_time, email, family_name, given_name, groups, login_hint, sid, upn",
        source=OPTIONAL,
    ),
    "app_role_values": Setting((), "values of the app roles that everybody who signs in has", source=MANIFEST),
}


def rules(settings: Settings, public: bool) -> ClientRules:
    """A Web app has a secret; a Spa has none, sends a challenge and an Origin, and its refresh tokens end in a day."""
    kind = settings["reply_url_type"]
    bare = public or kind != "Web"
    types = ["code"]
    if settings["oauth2_allow_id_token_implicit_flow"]:
        types += ["id_token", "code id_token"]
    if settings["oauth2_allow_implicit_flow"]:
        types += ["token", *(("id_token token",) if "id_token" in types else ())]
    spa = kind == "Spa"
    return ClientRules(
        auth=("none",) if bare else ("client_secret_post", "client_secret_basic"),
        pkce=spa,
        grants=("authorization_code", "refresh_token", *(() if bare else ("client_credentials",))),
        response_types=tuple(types),
        refresh=Refreshing(True, life=DAY, carried=True) if spa else Refreshing(True, life=90 * DAY),
        origin=spa,
        code_seconds=600,
        access_seconds=3599,
        id_seconds=3600,
    )


def scopes(
    asked: tuple[str, ...], flow: Flow, _server: str, ids: Mapping[str, str], settings: Settings
) -> tuple[str, ...] | str:
    """The granted scopes: OpenID Connect's, Graph's delegated ones, or those of the app's own API."""
    if flow == "client":
        return asked if len(asked) == 1 and asked[0].endswith("/.default") else "no_scope"
    if not asked:
        return "bad_scope"
    resource = resource_of(ids, settings)
    own = {f"{resource}/{each}" for each in (*settings["oauth2_permission_scopes"], ".default")}
    graph = {each.removeprefix("https://graph.microsoft.com/") for each in ("User.Read", ".default")}
    short = tuple(each.removeprefix("https://graph.microsoft.com/") for each in asked)
    return short if all(each in (*OWN, *own, *graph) or each == ids["client_id"] for each in short) else "bad_scope"


_SAFE: Headers = (("Content-Type", "application/json; charset=utf-8"), ("X-Content-Type-Options", "nosniff"))
_CACHED: Headers = (
    ("Cache-Control", "max-age=86400, private"),
    *_SAFE,
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, OPTIONS"),
    ("P3P", 'CP="DSP CUR OTPi IND OTRi ONL FIN"'),
    ("x-ms-request-id", "{trace}"),
    ("x-ms-ests-server", "2.1.12261.14 - idpsim"),
)
_NEVER: Headers = (
    ("Cache-Control", "no-store, no-cache"),
    ("Pragma", "no-cache"),
    ("Expires", "-1"),
    *_SAFE,
    ("P3P", 'CP="DSP CUR OTPi IND OTRi ONL FIN"'),
    ("x-ms-request-id", "{trace}"),
    ("x-ms-ests-server", "2.1.12261.14 - idpsim"),
)

LOOK = OidcLook(
    client="app",
    servers=(TENANT, COMMON, ORGANIZATIONS),
    strangers=(
        "/<tenant>/oauth2/v2.0/<path:rest>",
        "/<tenant>/v2.0/.well-known/openid-configuration",
        "/<tenant>/discovery/v2.0/keys",
    ),
    stranger=oidc_errors.stranger,
    rules=rules,
    scopes=scopes,
    id_header=("typ", "alg", "kid"),
    access_header=("typ", "alg", "x5t", "kid"),
    id_claims=id_claims,
    access_claims=access_claims,
    userinfo=userinfo,
    answer=("token_type", "scope", "expires_in", "ext_expires_in", "access_token", "refresh_token", "id_token"),
    errors=oidc_errors.ERRORS,
    error_body=oidc_errors.body,
    error_params=oidc_errors.params,
    bearer=oidc_errors.bearer,
    key=(
        ("kty", "RSA"),
        ("use", "sig"),
        ("kid", "{kid}"),
        ("x5t", "{x5t}"),
        ("n", "{n}"),
        ("e", "{e}"),
        ("x5c", ["{x5c}"]),
        ("cloud_instance_name", "microsoftonline.com"),
        ("issuer", "{issuer}"),
    ),
    headers={"discovery": _CACHED, "keys": _CACHED, "token": _NEVER},
    kid="x5t",
    keys_sorted=True,
    headline="Sorry, but we’re having trouble signing you in.",
    challenge_methods=("plain", "S256"),
    both_credentials=True,
    missing_client="no_client",
    session_state=True,
    logout_to_redirect_uris=True,
    opaque=for_graph,
    code_prefix="1.AUEA.",
    refresh_prefix="1.AUEA.",
    quirks=(
        Quirk("The issuer is under /{tenant}/v2.0, the endpoints under /{tenant}/oauth2/v2.0.", PROTOCOL),
        Quirk("Discovery of common has the literal {tenantid} in its issuer: compare it as a template.", PROTOCOL),
        Quirk("Userinfo is at another host, Microsoft Graph; here it is under the one base.", PROTOCOL),
        Quirk("sub differs per app: oid with tid is what tells a person.", ID_TOKEN),
        Quirk("Discovery does not say that PKCE is there; plain is taken as well as S256.", CODE_FLOW),
        Quirk("An id_token from the token endpoint has neither at_hash nor c_hash.", ID_TOKEN),
        Quirk("email is an optional claim and may change: do not tell people by it.", ID_TOKEN),
        Quirk(
            "More than 200 groups: _claim_names and _claim_sources in place of groups, hasgroups if implicit.", ID_TOKEN
        ),
        Quirk("An access token for Graph has a nonce in its header and verifies for nobody else.", ACCESS_TOKEN),
        Quirk("A used refresh token stays good beside the new one.", REFRESH),
        Quirk(
            "A single-page app must redeem its code across origins: without an Origin header it is refused.", CODE_FLOW
        ),
        Quirk("Client credentials want exactly one scope that ends in /.default.", CLIENT_FLOW),
        Quirk("Keys are several, in no order, and may change at any moment.", ROLLOVER),
        Quirk("Errors carry AADSTS codes with trace_id, correlation_id and timestamp.", oidc_errors.CODES),
    ),
)
