"""The tracker's web application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.middleware.sessions import SessionMiddleware

from . import scim, sign_in
from .accounts import Accounts
from .settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The tracker; it reads what the identity provider says of itself when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.settings, app.state.accounts = settings, Accounts(settings.owner)
        app.state.provider = await sign_in.connected(settings)
        yield

    app = FastAPI(title="Tracker", lifespan=lifespan)
    app.add_middleware(SessionMiddleware, secret_key=settings.session_key)
    app.include_router(sign_in.router)
    app.include_router(scim.router)
    app.add_exception_handler(scim.Refused, scim.refusal)
    app.add_exception_handler(RequestValidationError, scim.misunderstanding)
    return app
