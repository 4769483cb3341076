"""What an operation refuses to do: bad requests raise; bad data is a `Problem` in the answer."""

from __future__ import annotations


class OperationError(Exception):
    """The request cannot be carried out; change it as the message says.

    The docstring of each subclass is its default message and names the remedy.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(message or " ".join((self.__doc__ or "").split()))


class UnknownReceipt(OperationError):
    """No receipt has that id. Copy the id from the foot of an answer; it starts with "rcp_"."""


class UnknownPeriod(OperationError):
    """That is no period of the plan. Say "this month", "last quarter", "2026-Q1" or a month's name."""


class PeriodNotBegun(OperationError):
    """That period has not begun yet, so there is nothing to show. Ask for the running period or a past one."""


class FactsChanged(OperationError):
    """The facts behind this receipt were altered outside Attain. Restore the store from a backup or ask ops."""


class PlanRefused(OperationError):
    """The plan has problems. Run `attain plan check` on the file and mend what it lists."""


class PlanAltered(OperationError):
    """A published plan was altered in the database. Restore it from a backup, or publish a new version."""


class PeriodNotEnded(OperationError):
    """This period is not over, so it cannot be closed. Wait for its last day."""


class PeriodOutOfTurn(OperationError):
    """Pay periods are locked in their order and reopened from the last one back. Take the one that comes first."""


class PeriodNotLocked(OperationError):
    """This period is not locked, so its figures may still change. Lock it with `attain period lock` first."""


class PlanUnknown(OperationError):
    """No plan of that name is published. Publish it first, or correct the name."""


class ReasonMissing(OperationError):
    """This goes on record, and so it needs a reason. Give one that somebody else understands in a year."""


class PersonUnknown(OperationError):
    """Nobody has this address. Write it as the CRM has it, or sync the people first."""


class DealUnclear(OperationError):
    """This does not name one deal. Write its id in the CRM, or more of its name."""


class DayUnplanned(OperationError):
    """No published plan pays the rep on that day. Name an earlier day, or publish the plan of that time."""


class NotComparable(OperationError):
    """These two cannot be compared. Take two earnings answers of one person, in one currency."""


class ScaleMissing(OperationError):
    """Dask is not installed here. Install it with `pip install attain[scale]`, or calculate on this machine alone."""


class SpifUnknown(OperationError):
    """There is no such SPIF. `/spif` lists those there are."""


class SpifRefused(OperationError):
    """That cannot be done to this SPIF now. Look at where it stands with `/spif`."""


class AlertUnknown(OperationError):
    """There is no such alert. `/attain alerts` lists those that stand."""


class NotForYou(OperationError):
    """Your role does not allow that. Ask somebody who runs Attain, or an admin."""


class FixRefused(OperationError):
    """This fix does not fit the alert or what was filled in. Look at the alert once more."""


class FixDone(OperationError):
    """Somebody was quicker. Nothing was done twice."""


class PeriodBlocked(OperationError):
    """Open alerts of severity 1 hold up the lock. Fix them, or have an admin put them off with a reason."""


class LinkRefused(OperationError):
    """That link cannot be decided. `attain blend waiting` lists the records that stand alone."""


class NoticeUnknown(OperationError):
    """That message is not known any more. Home has the switches for every kind of message."""


class HoursUnusable(OperationError):
    """These hours leave no time at which anything could be said. Leave an hour on at least one day of the week."""
