"""The kinds of notices there are: what each is for, how urgent it is, and what happens to one whose fate is unknown.

The codes are those of the product catalogue: N nudges and notices, S SPIFs, A ops alerts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

#: duty: owed, cannot be muted; nudge: optional; board: a channel; ops: a work item for whoever runs Attain.
Sort = Literal["duty", "nudge", "board", "ops"]
#: give_up: at most once; resend: at least once, marked; digest: the next digest lists it.
Unknown = Literal["give_up", "resend", "digest"]
#: Delivered first to last.
OPS, SPIF, NUDGE, DIGEST = 10, 20, 30, 40


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice.

    Attributes:
        name: What code and templates call it.
        code: Its id in the catalogue.
        sort: Whether it is owed, optional, for a channel or for ops.
        title: What a reader calls it, as in "Mute …".
        priority: Lower goes first.
        unknown: What becomes of one that may have been sent.
        is_opt_in: Only for those who asked for it.
        skips_quiet_hours: Goes out at any hour.
    """

    name: str
    code: str
    sort: Sort
    title: str
    priority: int = NUDGE
    unknown: Unknown = "give_up"
    is_opt_in: bool = False
    skips_quiet_hours: bool = False


_ALL = (
    NoticeKind("deal_won", "N1", "nudge", "deals won"),
    NoticeKind("near_tier", "N2", "nudge", "close to quota or tier"),
    NoticeKind("tier_crossed", "N3", "nudge", "tiers crossed"),
    NoticeKind("goal_reached", "N4", "nudge", "next step after a goal"),
    NoticeKind("behind_pace", "N5", "nudge", "behind pace"),
    NoticeKind("team_at_risk", "N6", "nudge", "reports at risk"),
    NoticeKind("stalled_deals", "N7", "nudge", "stalled deals"),
    NoticeKind("missing_field", "N8", "duty", "fields that block credit", unknown="digest"),
    NoticeKind("waiting_for_payment", "N9", "nudge", "waiting for payment"),
    NoticeKind("statement_ready", "N10", "duty", "statements", unknown="digest"),
    NoticeKind("figure_changed", "N11", "duty", "changed figures", unknown="digest"),
    NoticeKind("plan_changed", "N12", "duty", "new plan versions", unknown="digest"),
    NoticeKind("spif_announced", "N13", "duty", "SPIFs announced", SPIF),
    NoticeKind("spif_near_miss", "N14", "nudge", "one step from a prize", SPIF),
    NoticeKind("spif_standings", "N15", "board", "SPIF standings", SPIF),
    NoticeKind("spif_results", "N16", "board", "SPIF results", SPIF),
    NoticeKind("spif_won", "N16", "duty", "SPIF prizes", SPIF, unknown="digest"),
    NoticeKind("spif_ended", "S13", "duty", "SPIFs cancelled", SPIF, unknown="digest"),
    NoticeKind("dispute_moved", "N17", "duty", "disputes", unknown="digest"),
    NoticeKind("approval_waiting", "N18", "duty", "approvals", unknown="digest"),
    NoticeKind("clawback_exposure", "N19", "nudge", "clawback windows"),
    NoticeKind("my_week", "N20", "nudge", "my week", DIGEST, is_opt_in=True),
    NoticeKind("personal_best", "N21", "nudge", "personal bests"),
    NoticeKind("digest", "NG2", "duty", "daily digest", DIGEST, unknown="resend"),
    NoticeKind("ops_alert", "A", "ops", "ops alerts", OPS, unknown="resend", skips_quiet_hours=True),
    NoticeKind("ops_digest", "A", "ops", "ops digest", DIGEST, unknown="resend"),
    NoticeKind("run_summary", "A", "ops", "run summaries", DIGEST),
    NoticeKind("leadership_digest", "L", "nudge", "leadership digests", DIGEST),
    NoticeKind("spif_approval", "N18", "duty", "SPIFs that wait for you", SPIF, unknown="digest"),
    NoticeKind("spif_news", "S4", "duty", "news of your SPIFs", SPIF, unknown="digest"),
    NoticeKind("sync_progress", "A", "ops", "sync progress", OPS, skips_quiet_hours=True),
)
KINDS: Mapping[str, NoticeKind] = {kind.name: kind for kind in _ALL}
