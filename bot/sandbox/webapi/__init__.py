"""The Web API of the fake: one file per family of methods, all registered in `registry`."""

from __future__ import annotations

from bot.sandbox.webapi import auth, chat, conversations, dnd, uploads, users, views
from bot.sandbox.webapi.registry import Answer, WebApi

FAMILIES = (auth, chat, conversations, dnd, uploads, users, views)

__all__ = ["FAMILIES", "Answer", "WebApi"]
