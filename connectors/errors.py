"""What a connector refuses, drawn as a tree.

ConnectorError
├── MappingRefused       the mapping file is wrong: file, line, key, found, allowed
├── SourceRefused        a whole file or answer is wrong; none of its rows were applied
├── UnknownSource        no such source in the mapping
└── SourceError          an API does not answer as it should; the class says what to do
    ├── Transient        it may answer in a moment
    ├── QuotaSpent       today's requests are used up
    ├── AuthRefused      it does not know us
    ├── ConfigRefused    a scope, field, object or address is not what it was set up for
    ├── WindowTooLarge   too much was asked for at once; ask for less
    ├── PagingRepeats    its pages do not end
    └── RowRefused       one record cannot be read at all

A bad *row* is no error: it comes back in `Page.rejected` with a code and a remedy. No message holds a token, the
query of an address, a name or an amount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.problems import Problem

if TYPE_CHECKING:
    from datetime import datetime


class ConnectorError(Exception):
    """The source cannot be read as asked; each problem names the place and the remedy."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(p) for p in problems) or " ".join((self.__doc__ or "").split()))
        self.problems = problems


class MappingRefused(ConnectorError):
    """The mapping file has problems. Mend the keys it lists; nothing was read."""


class SourceRefused(ConnectorError):
    """The file cannot be trusted as a whole. Mend it and sync again; nothing of it was applied."""


class UnknownSource(ConnectorError):
    """The mapping has no source of that name. Use one of the names under `sources`."""


class SourceError(ConnectorError):
    """The source did not answer as it should. `attain doctor` says what is wrong."""

    remedy = "Run `attain doctor`; it says what is wrong"

    def __init__(self, message: str = "", where: str = "", remedy: str = "") -> None:
        said = message or " ".join((self.__doc__ or "").split()).partition(". ")[0]
        super().__init__(Problem(code=type(self).__name__, message=said, remedy=remedy or self.remedy, where=where))


class Transient(SourceError):
    """The source does not answer right now. The next sync goes on where this one stopped."""

    remedy = "Nothing to do: the next sync goes on from here; if it lasts, look at the status page of the service"

    def __init__(
        self, message: str = "", where: str = "", remedy: str = "", *, retry_after: float | None = None
    ) -> None:
        super().__init__(message, where, remedy)
        self.retry_after = retry_after


class QuotaSpent(SourceError):
    """The requests that the service allows in a day are used up. The sync goes on after the reset."""

    remedy = "Nothing to do: the sync goes on after the reset; sync less often if it happens every day"

    def __init__(
        self, message: str = "", where: str = "", remedy: str = "", *, resets_at: datetime | None = None
    ) -> None:
        super().__init__(message, where, remedy)
        self.resets_at = resets_at


class AuthRefused(SourceError):
    """The service does not accept the token. Replace it where the mapping's reference points."""

    remedy = "Create a new token and put it where the mapping's reference points; nothing is read until then"


class ConfigRefused(SourceError):
    """The service refuses what the mapping asks for. Grant the scope or correct the mapping."""

    remedy = "Grant the missing scope or permission, or correct the mapping; other kinds go on"


class WindowTooLarge(SourceError):
    """The service refuses so much at once. A smaller window is read next."""

    remedy = "Nothing to do: smaller windows are read next"


class PagingRepeats(SourceError):
    """The service hands out the same page again. Nothing after it was read."""

    remedy = "Nothing to do: the next sync reads it again; if it lasts, report it to the service"


class RowRefused(SourceError):
    """A record cannot be read at all. Correct it at the source."""

    remedy = "Correct the record at the source"
