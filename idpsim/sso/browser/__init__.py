"""The built-in browser: it signs people in as a real one would, without JavaScript, and cannot be hurt by a page."""

from __future__ import annotations

from idpsim.sso.browser.address import Stuck
from idpsim.sso.browser.browser import Browser
from idpsim.sso.browser.page import Navigation, Page

__all__ = ["Browser", "Navigation", "Page", "Stuck"]
