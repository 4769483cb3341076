"""What a fake system refuses, as the answer it gives."""

from __future__ import annotations


class SalesforceRefused(Exception):
    """The request is wrong; the fake answers with this status, error code and message."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
