"""What is unusual about a service provider and right all the same, for `seeded`."""

import hashlib
import json
import re

from .patching import MULTI, SINGLE, Json

UNUSUAL = (
    "patch-204",  # PATCH is answered 204 without a body
    "plain-json",  # answers are labelled application/json
    "phones-normalised",  # phone numbers come back as + and digits
    "username-lowercased",  # userName, caseExact=false, comes back in lower case
    "emails-reordered",  # multi-valued attributes come back in another order
    "extra-attributes",  # attributes and sub-attributes that nobody sent
    "members-not-returned",  # groups never show their members
    "lowercase-schemas",  # URNs, which are case-insensitive, come back in lower case
    "soft-delete",  # DELETE leaves an inactive user
    "eventually",  # GET sees a change 0.5 s after it was answered (a creation by id at once)
    "uuid-upper",  # ids in upper case
    "short-ids",  # ids "1", "2", …
    "display-names-added",  # displayName, name.formatted and display are filled in where absent
    "empty-arrays-omitted",  # no members: [] and the like
    "groups-echoed",  # users list the groups they are in
    "etag-headers",  # ETag and meta.version
    "absolute-locations",  # locations under another name than the one that was called
    "relative-locations",  # locations without scheme and host
    "nulls-for-absent",  # null for every attribute without a value
    "extra-members-from-before",  # each group also has a member whom the service provider put there
)


def dress(unusual: str | None, kind: str, out: Json, stored: dict[str, dict[str, Json]], before: str) -> None:
    """Makes an answer unusual, and leaves it right; `before` is the member from before."""
    user, lists = kind == "Users", [value for value in out.values() if isinstance(value, list)]
    match unusual:
        case "phones-normalised":
            for phone in out.get("phoneNumbers", ()):
                phone["value"] = "+" + re.sub(r"\D", "", str(phone.get("value", "")))
        case "username-lowercased" if user:
            out["userName"] = out["userName"].lower()
        case "emails-reordered":
            for values in lists:
                values.reverse()
        case "extra-attributes":
            out |= {"urn:example:sp:1.0": {"plan": "free"}, "profileUrl": "https://sp.example/me"} | out
            for email in out.get("emails", ()):
                email["display"] = f"mail: {email.get('value')}"
        case "members-not-returned":
            out.pop("members", None)
        case "lowercase-schemas":
            out["schemas"] = [urn.lower() for urn in out["schemas"]]
            for key in [key for key in out if key.startswith("urn:")]:
                out[key.lower()] = out.pop(key)
        case "display-names-added":
            name = out.setdefault("name", {}) if user else {}
            name.setdefault("formatted", f"{name.get('givenName', '')} {name.get('familyName', '')}".strip())
            out.setdefault("displayName", name["formatted"] or out.get("userName"))
            for member in out.get("members", ()):
                member["display"] = stored["Users"].get(member["value"], {}).get("userName", "?")
        case "empty-arrays-omitted":
            for key in [key for key, value in out.items() if value == []]:
                del out[key]
        case "groups-echoed" if user:
            out["groups"] = [
                {"value": key, "display": group["displayName"]}
                for key, group in stored["Groups"].items()
                if any(member["value"] == out["id"] for member in group.get("members", ()))
            ]
        case "etag-headers":
            out["meta"]["version"] = f'W/"{hashlib.sha256(json.dumps(out).encode()).hexdigest()[:12]}"'
        case "nulls-for-absent" if user:
            out |= {name: None for name in (*SINGLE, *MULTI) if name not in out and name not in ("password", "members")}
        case "extra-members-from-before" if not user:
            if all(member["value"] != before for member in out.get("members", ())):
                out["members"] = [*out.get("members", ()), {"value": before, "type": "User"}]
