# the names say what is wrong; that they are errors is said by the file
"""What the store raises. Each docstring is the default message and says what to do about it.

StoreError
├── DatabaseUrlInvalid
├── DatabaseUnreachable
├── DatabaseNotMigrated
├── DatabaseReadOnly
├── DatabaseBusy
├── DatabaseFull
├── StatementFailed
├── InstantNaive
├── FrameRefused
├── LeaseLost
└── Conflict

No message carries a parameter or a row: those are people's deals and pay.
"""

from __future__ import annotations


class StoreError(Exception):
    """The store could not do what was asked."""

    def __init__(self, detail: str = "") -> None:
        message = " ".join((type(self).__doc__ or "").split())
        super().__init__(f"{message} ({detail})" if detail else message)
        self.detail = detail


class DatabaseUrlInvalid(StoreError):
    """The database address is not usable: write sqlite:///path/to/file.db or postgresql://user:password@host/name."""


class DatabaseUnreachable(StoreError):
    """The database does not answer: check that it runs, and the host, port, name and password in DATABASE_URL."""


class DatabaseNotMigrated(StoreError):
    """The database has no tables of this version yet: run `attain init` once, it is safe to repeat."""


class DatabaseReadOnly(StoreError):
    """The database cannot be written: give this user write access to the file and its folder, or use the primary."""


class DatabaseBusy(StoreError):
    """Another process held the database for too long: try again in a moment."""


class DatabaseFull(StoreError):
    """There is no room left for the database: free disk space, nothing was half written."""


class StatementFailed(StoreError):
    """The database refused a statement: run `attain doctor`, and report it with the code in brackets."""


class InstantNaive(StoreError):
    """An instant came without a time zone: pass aware datetimes, in UTC."""


class FrameRefused(StoreError):
    """The rows are not in the shape the store takes: correct the source's mapping."""


class LeaseLost(StoreError):
    """Someone else holds this lease now: stop, and leave the work to them."""


class Conflict(StoreError):
    """This name and version is already stored with other content: publish it under a new version."""
