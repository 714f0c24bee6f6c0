"""A Django project with django-scim2: sqlite, users and groups, a bearer token; run by the interpreter that has it."""

import os
import sys

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse

PORT, TOKEN = int(os.environ["SP_PORT"]), os.environ["SP_TOKEN"]


class TokenMiddleware:
    """Signs the identity provider in, which django-scim2 leaves to the project."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from directory.models import User
        from django.contrib.auth.models import AnonymousUser

        if request.path.startswith("/scim/"):
            signed_in = request.headers.get("Authorization") == f"Bearer {TOKEN}"
            request.user = User(username="idp") if signed_in else AnonymousUser()
        return self.get_response(request)


settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="for tests only",
    ROOT_URLCONF="django_scim2_urls",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_scim", "directory"],
    MIDDLEWARE=[f"{__name__}.TokenMiddleware", "django_scim.middleware.SCIMAuthCheckMiddleware"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(os.environ["SP_FOLDER"], "db.sqlite3"),
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    AUTH_USER_MODEL="directory.User",
    USE_TZ=True,
    SCIM_SERVICE_PROVIDER={
        "NETLOC": f"127.0.0.1:{PORT}",
        "SCHEME": "http",
        "GROUP_MODEL": "directory.models.Group",
        "AUTHENTICATION_SCHEMES": [{"type": "oauth2", "name": "OAuth 2", "description": "Bearer token"}],
    },
)


def run() -> None:
    """Make the database and serve until the process is ended."""
    sys.path.insert(0, os.path.dirname(__file__))
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from waitress import serve

    call_command("migrate", run_syncdb=True, verbosity=0)
    serve(get_wsgi_application(), host="127.0.0.1", port=PORT, threads=8)


if __name__ == "__main__":
    run()
