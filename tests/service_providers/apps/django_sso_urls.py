"""The routes of the Django project with sign-in."""

from django.http import JsonResponse
from django.urls import include, path
from django_sso import CONNECTION, NAME


def alive(_request):
    return JsonResponse({})


def me(request):
    who = request.user
    if not who.is_authenticated:
        return JsonResponse({"refused": "nobody is signed in"}, status=401)
    return JsonResponse({"user": who.scim_username, "id": str(who.scim_id or who.pk), "email": who.email})


def left(_request):
    return JsonResponse({"left": True})


def refused(_request):
    return JsonResponse({"refused": "sign-in has failed"}, status=403)


def oidc():
    from mozilla_django_oidc import views

    return [
        path(f"{NAME}/login", views.OIDCAuthenticationRequestView.as_view(), name="oidc_authentication_init"),
        path(f"{NAME}/callback", views.OIDCAuthenticationCallbackView.as_view(), name="oidc_authentication_callback"),
        path(f"{NAME}/logout", views.OIDCLogoutView.as_view(), name="oidc_logout"),
    ]


def saml():
    from djangosaml2 import views

    return [
        path(f"{NAME}/login", views.LoginView.as_view()),
        path(f"{NAME}/logout", views.LogoutInitView.as_view()),
        path(f"{NAME}/metadata", views.MetadataView.as_view()),
        path(f"{NAME}/", include("djangosaml2.urls")),
    ]


urlpatterns = [
    path("", alive),
    path("scim/v2/", include("django_scim.urls")),
    path(f"{NAME}/me", me),
    path(f"{NAME}/left", left),
    path("refused", refused),
    *(saml() if CONNECTION["protocol"] == "saml" else oidc()),
]
