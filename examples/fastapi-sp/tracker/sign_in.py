"""Sign-in over OpenID Connect; only people with an active account get in, and only while it is active."""

from __future__ import annotations

from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse

from .models import User
from .settings import Settings

router = APIRouter()


async def connected(settings: Settings) -> Any:
    """Our client at the identity provider, which has told its endpoints."""
    oauth = OAuth()
    oauth.register(
        "idp",
        server_metadata_url=settings.discovery_url,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )
    await oauth.idp.load_server_metadata()
    return oauth.idp


@router.get("/login")
async def login(request: Request) -> RedirectResponse:
    return await request.app.state.provider.authorize_redirect(request, str(request.url_for("callback")))


@router.get("/callback")
async def callback(request: Request) -> RedirectResponse:
    try:
        token = await request.app.state.provider.authorize_access_token(request)
    except OAuthError as error:
        raise HTTPException(403, f"The sign-in failed: {error.error}") from error
    request.session["user_name"] = token["userinfo"].get("preferred_username") or token["userinfo"].get("email", "")
    signed_in(request)
    return RedirectResponse("/me")


@router.get("/me")
async def me(request: Request) -> dict[str, str]:
    return {"userName": signed_in(request).user_name}


@router.get("/logout")
async def logout(request: Request) -> dict[str, bool]:
    request.session.clear()
    return {"signedIn": False}


def signed_in(request: Request) -> User:
    """The account of this session, if it has one and the account is active still."""
    user = request.app.state.accounts.named(request.session.get("user_name", ""))
    if user is None or not user.active:
        request.session.clear()
        raise HTTPException(403, "You have no active account here: ask your administrator.")
    return user
