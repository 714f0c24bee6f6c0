"""mozilla-django-oidc's backend, finding people by userName as SCIM names them, not by e-mail address."""

from mozilla_django_oidc.auth import OIDCAuthenticationBackend


class ByUserName(OIDCAuthenticationBackend):
    def filter_users_by_claims(self, claims):
        return self.UserModel.objects.filter(scim_username__iexact=name_of(claims))

    def verify_claims(self, claims):
        return bool(name_of(claims))

    def create_user(self, claims):
        name = name_of(claims)
        made = {"first_name": claims.get("given_name", ""), "last_name": claims.get("family_name", "")}
        return self.UserModel.objects.create_user(name, email=claims.get("email", ""), scim_username=name, **made)

    def get_userinfo(self, access_token, id_token, payload):
        """Userinfo, and beneath it what only the id_token says, as Entra's userinfo has no preferred_username."""
        return {**payload, **super().get_userinfo(access_token, id_token, payload)}


def name_of(claims) -> str:
    return claims.get("preferred_username") or claims.get("email") or ""
