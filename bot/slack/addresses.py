"""Where a person is reached: their account, linked by e-mail if it is not yet, and the direct message with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.slack import courier as slack
from bot.slack.sending import Sent
from operations import identity
from store import identities, lanes

if TYPE_CHECKING:
    from datetime import datetime

    from bot.slack.courier import Courier
    from engine.people import Person
    from operations.context import Context

#: Slack takes fifty such requests a minute; some room is left for the bot's answers.
SPACING = timedelta(milliseconds=1_400)
NOT_LINKED = "not_linked"
#: They left, or nobody has that number.
NOT_EMPLOYED = "not_employed"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Finds direct messages; what had to be asked of Slack once is kept."""

    courier: Courier

    def direct(self, ctx: Context, team_id: str, person: Person) -> Sent:
        """The direct message with a person, as `channel.id` of the body; refused where they have no account."""
        user = self._account(ctx, team_id, person)
        if user.body is None:
            return user
        user_id = str(user.body["user"]["id"])
        with ctx.db.read() as conn:
            known = lanes.direct_channel_of(conn, team_id, user_id)
        if known:
            return Sent("sent", body={"channel": {"id": known}})
        late = self._paced(ctx, team_id, slack.OPEN)
        opened = late or self.courier.open(user_id)
        if opened.body is not None:
            with ctx.db.write() as conn:
                lanes.keep_direct_channel(conn, team_id, user_id, str(opened.body["channel"]["id"]))
        return opened

    def forget(self, ctx: Context, team_id: str, person: Person) -> None:
        """Open the person's direct message anew next time."""
        with ctx.db.write() as conn:
            for link in identities.of_person(conn, person.rep_id):
                lanes.keep_direct_channel(conn, team_id, link.user_id, "")

    def _account(self, ctx: Context, team_id: str, person: Person) -> Sent:
        """The person's account, as `user.id` of the body."""
        with ctx.db.read() as conn:
            links = [link for link in identities.of_person(conn, person.rep_id) if link.team_id == team_id]
        if links:
            return Sent("sent", body={"user": {"id": links[-1].user_id}})
        if not person.email:
            return Sent("refused", NOT_LINKED)
        late = self._paced(ctx, team_id, slack.LOOK_UP)
        found = late or self.courier.account(person.email)
        if found.body is None:
            return Sent("refused", NOT_LINKED) if found.code == "user_not_found" else found
        linked = identity.link(ctx, team_id, str(found.body["user"]["id"]), person.email)
        return found if linked is not None else Sent("refused", NOT_LINKED)

    def _paced(self, ctx: Context, team_id: str, method: str) -> Sent | None:
        """Nothing where the method may be called now; otherwise that it is too early, and for how long."""
        lane = lanes.method(method)
        with ctx.db.write() as conn:
            free = lanes.free_at(conn, team_id, (lane,), ctx.now)
            if free <= ctx.now:
                lanes.reserve(conn, team_id, lane, SPACING, ctx.now)
                return None
        return Sent("later", "paced", pause=_seconds(free, ctx.now))


def _seconds(until: datetime, now: datetime) -> float:
    return (until - now).total_seconds()
