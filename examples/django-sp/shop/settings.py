"""Settings of the shop; what is secret comes from the environment."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ.get("SHOP_SECRET_KEY", "for development only")
SCIM_TOKEN = os.environ.get("SHOP_SCIM_TOKEN", "for development only")
ALLOWED_HOSTS = os.environ.get("SHOP_HOSTS", "localhost").split(",")

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django_scim", "people"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "db.sqlite3",
        "ATOMIC_REQUESTS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
USE_TZ = True

SCIM_SERVICE_PROVIDER = {
    "NETLOC": ALLOWED_HOSTS[0],
    "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "Bearer token", "description": "A token"}],
    "AUTH_CHECK_MIDDLEWARE": "people.auth.BearerToken",
    "BASE_LOCATION_GETTER": "people.scim.base_location",
    "GROUP_MODEL": "people.models.Group",
    "USER_ADAPTER": "people.scim.UserAdapter",
    "GROUP_ADAPTER": "people.scim.GroupAdapter",
    "USER_FILTER_PARSER": "people.filters.UserFilter",
    "GROUP_FILTER_PARSER": "people.filters.GroupFilter",
}
