"""An answer of the HubSpot fake that is no success, in the service's own words and shape."""

from __future__ import annotations

from typing import Any

CORRELATION = "0a1b2c3d-0000-4000-8000-00000000fa4e"


class Refused(Exception):
    """The call is refused. Read `category` and `message` as one would at the real service."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "status": "error",
            "message": message,
            "correlationId": CORRELATION,
            "category": category,
            **more,
        }

    @classmethod
    def bad_request(cls, message: str) -> Refused:
        """400, as for a wrong filter or a limit that was passed."""
        return cls(400, "VALIDATION_ERROR", message)

    @classmethod
    def not_found(cls, what: str) -> Refused:
        """404, as for an id or a path that does not exist."""
        return cls(404, "OBJECT_NOT_FOUND", f"{what} not found")

    @classmethod
    def unauthorised(cls) -> Refused:
        """401, as for a token that is wrong, revoked or expired."""
        return cls(401, "INVALID_AUTHENTICATION", "Authentication credentials not found or expired.")

    @classmethod
    def missing_scope(cls, *scopes: str) -> Refused:
        """403, naming the scopes of which one is needed."""
        detail = {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": list(scopes)},
        }
        message = "This app hasn't been granted all required scopes to make this call."
        return cls(403, "MISSING_SCOPES", message, errors=[detail])

    @classmethod
    def rate_limit(cls, policy: str, words: str) -> Refused:
        """429, naming the window that is used up: SECONDLY, TEN_SECONDLY_ROLLING or DAILY."""
        message = f"You have reached your {words} limit."
        return cls(429, "RATE_LIMITS", message, errorType="RATE_LIMIT", policyName=policy)
