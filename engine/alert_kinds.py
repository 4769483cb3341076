"""The kinds of ops alerts, A1 to A29 of the catalogue, and the fixes there are, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

#: 1 blocks the lock of a pay period, 2 is for today, 3 for the digest.
Severity = Literal[1, 2, 3]
#: What its money at risk is: pay as it was calculated, or credit that nobody is paid for yet.
RiskOf = Literal["pay", "credit", ""]
#: Hours until somebody should have acted, by severity.
SLA_HOURS: Mapping[int, int] = {1: 8, 2: 24, 3: 72}


@dataclass(frozen=True, slots=True)
class Fix:
    """What a button does about an alert.

    Attributes:
        name: What code calls it.
        title: What its button says.
        fields: What it asks for, by name; "item" is one of the alert's findings.
        needs_reason: It changes money, or says that something may stay as it is.
        outcome: "resolve": the next check should no longer find it; "accept": it may stay as it is.
        waits: It takes effect later, as a sync does; so many minutes are given to it.
        optional: Which of the fields may stay empty.
        once: It is done once per alert, whoever presses it again; else once per item.
    """

    name: str
    title: str
    fields: tuple[str, ...] = ()
    needs_reason: bool = True
    outcome: Literal["resolve", "accept"] = "resolve"
    waits: int = 0
    once: bool = False
    optional: tuple[str, ...] = ()


_FIXES = (
    Fix("retry_sync", "Retry the sync", needs_reason=False, waits=15, once=True),
    Fix("map_owner", "Map to a rep", ("email",), once=True),
    Fix("set_quota", "Set quota", ("item", "amount", "currency", "start_on", "end_on"), optional=("currency",)),
    Fix("assign_plan", "Assign a plan", ("item", "plan", "start_on", "end_on"), optional=("end_on",)),
    Fix("end_assignment", "End one plan", ("item", "plan", "end_on")),
    Fix("enter_rate", "Enter the rate", ("item", "rate", "start_on", "end_on"), optional=("end_on",)),
    Fix("edit_split", "Edit the split", ("item", "shares")),
    Fix("merge_deals", "Keep only one", ("item",)),
    Fix(
        "draft_correction", "Draft a correction", ("item", "email", "amount", "currency", "plan"),
        optional=("email", "currency", "plan"),
    ),
    Fix("approve_correction", "Approve the correction", ("item",), outcome="accept"),
    Fix("second_approval", "Approve as second person", ("item",), outcome="accept"),
    Fix("rerun", "Calculate again", needs_reason=False, waits=5, once=True),
    Fix("retry_rows", "Read the rows again", needs_reason=False, waits=15, once=True),
    Fix("refuse_row", "Refuse a row", ("item",)),
    Fix("approve_deletion", "Approve the deletion", waits=15, once=True),
    Fix("resend", "Send again", ("item",), needs_reason=False),
    Fix("link_user", "Link a Slack user", ("item", "user"), needs_reason=False),
    Fix("accept", "Accept", outcome="accept", once=True),
)  # fmt: skip
FIXES: Mapping[str, Fix] = {fix.name: fix for fix in _FIXES}


@dataclass(frozen=True, slots=True)
class AlertKind:
    """One kind of ops alert.

    Attributes:
        code: Its id in the catalogue.
        name: What it is called.
        severity: How urgent it is.
        condition: When it is raised, in a sentence.
        groups: What one alert holds together.
        fixes: The buttons it offers.
        accept: What it means to accept it, where that is possible.
        outside: The steps of a fix that lies outside of Attain.
        risk_of: What its money at risk is.
        is_private: Whom it names is for ops alone, never for a channel.
    """

    code: str
    name: str
    severity: Severity
    condition: str
    groups: str
    fixes: tuple[str, ...] = ()
    accept: str = ""
    outside: str = ""
    risk_of: RiskOf = ""
    is_private: bool = False

    @property
    def offered(self) -> tuple[Fix, ...]:
        """The fixes with the one that accepts it at the end."""
        return tuple(FIXES[name] for name in (*self.fixes, *(("accept",) if self.accept else ())))

    @property
    def sla_hours(self) -> int:
        """How many hours it may stay open before it counts as overdue."""
        return SLA_HOURS[self.severity]


_CRM = "Correct it in the CRM; the next sync takes it over."
_ALL = (
    AlertKind(
        "A1", "Sync failed or stale", 1,
        "The last reading of a kind failed, or its data is older than three of its intervals.",
        "the kinds of one source", ("retry_sync",),
        outside="Where access was refused: renew the token at the source, put it into the environment under the name "
        "that the mapping gives, then run `attain doctor`.",
    ),
    AlertKind(
        "A2", "Volume anomaly", 2,
        "A day brought three times as many rows or as much won amount as any of the last six same weekdays, or less "
        "than a third of the least.",
        "the days of one source and kind", accept="The difference is real", risk_of="credit",
        outside="Compare the count with the source's own; `attain sync status` shows what was read.",
    ),
    AlertKind(
        "A3", "Unmapped owner", 1,
        "A won deal or a share of one names an owner whom no source knows, or who had left by then.",
        "the deals of one owner", ("map_owner",), accept="Nobody is to be credited",
        outside="Or correct the owner in the CRM; the next sync takes it over.", risk_of="credit",
    ),
    AlertKind(
        "A4", "Missing quota", 1,
        "A rep is on a plan that prices by a quota, and no usable quota runs today or on the day of a deal.",
        "the reps of one plan and quota", ("set_quota",), accept="No quota is meant", risk_of="credit",
    ),
    AlertKind(
        "A5", "No plan, no rate, or two plans", 1,
        "A rep won deals on a day without a plan, a component has no rate for a deal, or two plans run on one day.",
        "no plan; one component without a rate; two plans that overlap", ("assign_plan", "end_assignment"),
        accept="It is meant so", outside="A missing rate is added to the plan's file and published as a new version.",
        risk_of="credit",
    ),
    AlertKind(
        "A6", "Deal lacks field", 2,
        "A deal waits because its amount, date, currency or stage cannot be read, or lacks a type, product or figure "
        "that its plan goes by.",
        "the deals of one source that lack the same field", ("retry_rows",), accept="It may stay without",
        outside="Open the deal in the CRM and fill the field in, or ask its owner to; the next sync takes it over.",
        risk_of="credit",
    ),
    AlertKind(
        "A7", "Split is not 100 %, or credit twice", 1,
        "The shares of a deal do not sum to 100 %, one is not above 0 %, or one person has two.",
        "the deals of one source", ("edit_split",), outside=_CRM, risk_of="credit",
    ),
    AlertKind(
        "A8", "Duplicate deal", 2,
        "Two won deals have the same amount and day and, written almost alike, the same account and name.",
        "deals that are alike", ("merge_deals",), accept="Keep both", outside=_CRM, risk_of="credit",
    ),
    AlertKind(
        "A9", "Late data", 1,
        "A won deal arrived after the pay period it was booked in was locked.",
        "the deals of one locked period", accept="Credit it in the open period",
        outside="Or have an admin reopen the period: `attain period reopen`.", risk_of="credit",
    ),
    AlertKind(
        "A10", "Changed after the lock", 1,
        "A deal, quota, assignment, split or exchange rate of a locked period changed after the lock.",
        "the changes to one locked period", ("draft_correction", "approve_correction"),
        accept="The correction in the open period stands", outside="Ask at the source who changed it.",
        risk_of="pay", is_private=True,
    ),
    AlertKind(
        "A11", "Deal vanished", 1,
        "A deal with locked lines is no longer there, or no longer won.",
        "the deals of one locked period", ("draft_correction", "approve_correction"),
        accept="Keep what was paid", outside="Restore the deal in the CRM if it was deleted by mistake.",
        risk_of="pay", is_private=True,
    ),
    AlertKind(
        "A12", "Negative payout", 1,
        "The statement of a pay period that is over and not locked comes to less than zero.",
        "the reps of one pay period", ("draft_correction", "approve_correction"), accept="Carry it forward",
        risk_of="pay", is_private=True,
    ),
    AlertKind(
        "A13", "Refund inside a clawback window", 2,
        "A clawback line stands in a pay period that is not locked yet.",
        "the deals of one pay period", accept="Post the clawback",
        outside="To hold it, correct the event at its source before the lock.", risk_of="pay", is_private=True,
    ),
    AlertKind(
        "A14", "Payout variance", 2,
        "A payout of a period that is over and not locked is more than three times, or less than a third, of the "
        "rep's own mean over three periods or more, or of what it was on the day after the period; or it changed "
        "while the period was under review.",
        "the reps of one pay period", accept="The difference is explained",
        outside="`attain bridge` shows what moved between two periods.", risk_of="pay", is_private=True,
    ),
    AlertKind(
        "A15", "Cap hit or rate outside the table", 1,
        "A cap cut what a component pays in a pay period that is not locked, or a figure was beyond all bounds.",
        "the reps of one component and pay period", accept="The plan means it so",
        outside="`attain plan check` on the plan's file; gaps in a table are refused when a plan is published.",
        risk_of="pay", is_private=True,
    ),
    AlertKind(
        "A16", "Zero commission on a credited deal", 2,
        "A deal is credited and counted by a component whose rate is above zero, and pays nothing in all.",
        "the deals of one plan", accept="It is meant so", outside="`attain whynot` names the first thing in the way.",
        risk_of="credit",
    ),
    AlertKind(
        "A17", "Owner or territory moved late", 2,
        "A won deal changed its owner, or a rep their place, in the last five days of a pay period or after it.",
        "the moves of one pay period", ("edit_split",), accept="Keep it",
        outside="To move it back, correct it in the CRM.", risk_of="credit",
    ),
    AlertKind(
        "A18", "Leaver, on leave or ramping", 1,
        "Somebody who left or was away in a pay period that is over and not locked is paid in it, or somebody who "
        "joined in its last 90 days is paid in it by a plan that ramps up none of its quotas.",
        "the people of one pay period", ("draft_correction", "approve_correction"), accept="The policy is applied",
        risk_of="pay", is_private=True,
    ),
    AlertKind(
        "A19", "Exchange rate missing or old", 1,
        "No single rate leads from a deal's currency into its plan's on the day, or a pair that used to be renewed "
        "was not for three times as long.",
        "one pair of currencies", ("enter_rate", "retry_sync"), accept="The rate still holds", risk_of="credit",
    ),
    AlertKind(
        "A20", "Totals do not tie", 1,
        "A calculation of everybody, the published statements and the locked lines with their export do not come to "
        "the same.",
        "the reps of one pay period", ("rerun",), outside="Export the period again: `attain period export`.",
        risk_of="pay", is_private=True,
    ),
    AlertKind(
        "A21", "Run failed or not reproducible", 1,
        "A calculation failed or never ended, the newest receipts do not come out byte for byte again, or a kind of "
        "alert could not be looked for.",
        "failed runs; receipts; kinds", ("rerun",),
        outside="Open the receipt: `attain replay RECEIPT`. Facts altered outside of Attain are restored from a "
        "backup.",
    ),
    AlertKind(
        "A22", "Policy breach", 1,
        "An adjustment has no reason or approver, was approved by who entered it or is paid it, or is too high.",
        "the adjustments of one month", ("second_approval",), outside="Or correct it at its source.", risk_of="pay",
        is_private=True,
    ),
    AlertKind(
        "A23", "SPIF off course", 2,
        "A live SPIF would cost more than its budget, nobody scores past half of it, or one rep has over 60 %.",
        "one SPIF", accept="Let it run", outside="Open its standings with /spif; a higher cap needs an approval.",
    ),
    AlertKind(
        "A24", "Past its time", 2,
        "A pay period, or a SPIF's budget, change, results or payment, waits for its approval for more than two "
        "days.",
        "one approval", accept="It may wait", outside="Another person than the one who submitted it locks it: "
        "`attain period lock`. SPIFs are approved with `/spif`.",
    ),
    AlertKind(
        "A25", "Plan unsigned", 2,
        "A plan version is effective, and somebody on it has neither acknowledged it nor a waiver on record.",
        "the reps of one plan version", accept="Record a waiver", outside="Ask them to open the plan in Slack.",
    ),
    AlertKind(
        "A26", "Messages failing", 3,
        "A message could not be delivered, or somebody who is paid has no linked Slack account.",
        "undelivered messages; people without an account", ("resend", "link_user"), accept="They need none",
        outside="Invite the bot into the channel, or correct the person's e-mail address in Slack.",
    ),
    AlertKind(
        "A27", "Waiting cluster", 2,
        "Five records or more of one kind wait for the same reason, so that one mapping mends them all.",
        "the records of one source, kind and reason", ("retry_rows",), accept="They may wait",
        outside="Correct the mapping file of the source once, then read the rows again.",
    ),
    AlertKind(
        "A28", "Quarantine grew", 2,
        "A sync held back rows that no other alert speaks of.",
        "the rows of one source and kind", ("retry_rows", "refuse_row"), accept="They may wait",
        outside="`attain sync quarantine` lists them with their reasons; correct them at the source.",
    ),
    AlertKind(
        "A29", "Deletion ceiling hit", 1,
        "A complete reading no longer showed more records than may be deleted without approval; none was.",
        "one kind of one source", ("approve_deletion",), accept="Keep the records",
        outside="Review the export or the filter at the source.",
    ),
)  # fmt: skip
KINDS: Mapping[str, AlertKind] = {kind.code: kind for kind in _ALL}
