"""`attain digest`: what a leader's Monday message says, on any day, in the terminal; nothing is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import outlook, place, terminal
from bot.cli.errors import WrongUseError

ChartOption = Annotated[
    Path | None, typer.Option("--chart", help="Write the chart of the teams there, as PNG.", show_default=False)
]


def digest(
    email: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Whose people it is about.")],
    as_of: outlook.AsOfOption = None,
    chart: ChartOption = None,
    folder: place.DirOption = None,
) -> None:
    """Show the leadership digest: attainment by team, forecast, what pay costs, SPIFs, and what needs somebody."""
    from messages import leadership as worded
    from messages.reader import Reader
    from messages.render import collect, template
    from messages.terminal import text
    from operations import leadership, leadership_data
    from store import people

    with place.find(folder).context(place.day(as_of, "--as-of")) as ctx:
        with ctx.db.read() as conn:
            leader = people.by_email(conn, email)
        if leader is None:
            raise WrongUseError(f"Nobody here has the address {email!r}. Name somebody whom Attain knows.")
        answer = leadership.digest(ctx, leader)
        now = ctx.now
    if answer is None:
        raise WrongUseError(f"Nobody below {leader.name} has a quota of money that runs on that day.")
    data, reader = leadership_data.spelled(answer), Reader(leader.locale, leader.timezone, now, leader.rep_id)
    terminal.say(text(collect(template(leadership.KIND, "notices"), {"view": worded.view(data, reader)}).blocks))
    drawn = worded.picture(data, reader)
    if chart is not None and drawn is not None:
        chart.write_bytes(drawn.png)
        terminal.say(f"The chart is in {chart}.")
