"""`attain spif`: the SPIFs there are, where one stands, what it would have cost, approvals, and draws replayed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal
from bot.cli.acting import AsOption, acting
from bot.cli.errors import WrongUseError

if TYPE_CHECKING:
    from store.database import Connection
    from store.spifs import Kept

spif = typer.Typer(no_args_is_help=True, help="Look at SPIFs, approve them, and replay their draws.")
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help="Of the SPIF.", show_default=False)]
SHOWN = 60


@spif.command("list")
def list_(folder: place.DirOption = None) -> None:
    """List every SPIF: its number, state, days, budget and author."""
    from engine.money import Money
    from engine.spifs.life import CODES, said
    from store import spifs

    with place.find(folder).context() as ctx:
        with ctx.db.read() as conn:
            found = spifs.listed(conn)
        rows = [
            (
                str(one.spif_id),
                one.rules.name[:SHOWN],
                f"{CODES[one.state]} {said(one.state)}",
                f"{one.rules.window.start_on} .. {one.rules.window.end_on}",
                str(Money(one.rules.budget, one.rules.currency)),
                one.author.name,
            )
            for one in found
        ]
    terminal.table("", ("no", "title", "state", "days", "budget", "author"), rows)


@spif.command("show")
def show(number: NumberArgument, folder: place.DirOption = None) -> None:
    """Show one SPIF: its rules, every move with who and why, how far its announcement came, and the standings."""
    from messages import spif_prose
    from messages.reader import Reader
    from operations import spif_launch, spif_scores, spif_standings

    with place.find(folder).context() as ctx:
        with ctx.db.read() as conn:
            kept = _known(conn, number)
            reached = spif_launch.reach(conn, kept)
            found = spif_scores.scored(ctx, conn, kept)
            standings = spif_standings.ranked(ctx, found)
        terminal.say(f"{kept.rules.name}\n{kept.rules.sentence}")
        for line in (*spif_prose.prizes(kept.rules, Reader()), *spif_prose.terms(kept.rules, Reader())):
            terminal.say(f"  {line}")
        terminal.say(f"rules {kept.rules_hash[:16]}")
        moves = [(f"{one.at:%Y-%m-%d %H:%M}", one.move, one.state, one.by.name, one.reason) for one in kept.moves]
        terminal.table("Moves", ("at", "move", "to", "by", "why"), moves)
        terminal.say(
            f"Reach: {reached.acknowledged} got it, {reached.opened} opened, {reached.delivered} delivered, "
            f"{reached.waiting} waiting, {len(reached.unreachable)} unreachable, of {reached.everybody}."
        )
        for one in standings:
            rows = [
                (str(row.rank or "-"), row.team or found.name_of(row.id), str(row.value), str(row.prize))
                for row in one.rows
            ]
            terminal.table(f"{one.award} ({one.unit})", ("rank", "who", "score", "wins"), rows)


@spif.command("dry-run")
def dry_run(number: NumberArgument, folder: place.DirOption = None) -> None:
    """Replay the rules of a SPIF over past windows: what they would have cost, and whom they would have paid."""
    from engine.money import Money
    from engine.spifs.dry_run import dry_run as replayed
    from operations import spif_ground

    with place.find(folder).context() as ctx:
        with ctx.db.read() as conn:
            kept = _known(conn, number)
            rules = kept.rules
            found = spif_ground.field(ctx, conn, rules.window.before(6).start_on)
        made = replayed(rules, found.ground, found.people)
        names = {person.rep_id: person.name for person in found.people}
        rows = [
            (
                f"{one.window.start_on} .. {one.window.end_on}",
                str(Money(one.cost, rules.currency)),
                str(one.scoring),
                ", ".join(names[rep_id] for rep_id in one.winners[:5]),
            )
            for one in made.replays
        ]
        terminal.table("Past windows", ("days", "cost", "scoring", "winners, most first"), rows)
        share = f"{made.breach_ppm // 10_000}%" if made.breach_ppm is not None else "not known"
        terminal.say(f"Exceeds its budget: {share}. Paid for what happens anyway: {made.paid_anyway_ppm // 10_000}%.")
        for fault in made.lint:
            terminal.remark(f"{fault.message} {fault.remedy}")


@spif.command("approve")
def approve(number: NumberArgument, email: AsOption, folder: place.DirOption = None) -> None:
    """Approve what waits: a budget, a change of announced rules, or results that were proposed. Never one's own."""
    from engine.spifs.life import said
    from operations import spif_amend, spif_answers, spif_approval, spif_results

    with place.find(folder).context() as ctx:
        who = acting(ctx, email)
        with ctx.db.read() as conn:
            kept = _known(conn, number)
        does = {
            "checked": spif_approval.approve_budget,
            "results_proposed": spif_results.approve,
            "results_approved": spif_results.pay,
        }.get(kept.state)
        if spif_answers.is_proposed(kept):
            does = spif_amend.amend
        if does is None:
            raise WrongUseError(f"SPIF {number} is {said(kept.state)}: nothing waits for an approval.")
        terminal.say(f"SPIF {number} is {said(does(who, number).state)} now.")


@spif.command("refuse")
def refuse(
    number: NumberArgument,
    email: AsOption,
    reason: Annotated[str, typer.Option("--reason", help="Why; whoever asked for it is told.")],
    folder: place.DirOption = None,
) -> None:
    """Refuse what waits: a budget, or a change of announced rules."""
    from engine.spifs.life import said
    from operations import spif_refusal

    with place.find(folder).context() as ctx:
        terminal.say(f"SPIF {number} is {said(spif_refusal.refuse(acting(ctx, email), number, reason).state)} now.")


@spif.command("results")
def results(number: NumberArgument, folder: place.DirOption = None) -> None:
    """Show what a SPIF pays as it stands, and what was posted or taken back."""
    from engine.money import Money
    from operations import spif_scores
    from store import spif_prizes

    with place.find(folder).context() as ctx:
        with ctx.db.read() as conn:
            found = spif_scores.scored(ctx, conn, _known(conn, number))
            posted = spif_prizes.posted(conn, number)
        currency = found.rules.currency
        rows = [
            (one.award, str(one.place), found.name_of(one.rep_id), one.text or str(Money(one.amount, currency)))
            for one in found.prizes.prizes
        ]
        terminal.table(f"As it stands ({found.prizes.digest[:16]})", ("award", "place", "who", "prize"), rows)
        lines = [
            (str(one.on_day), found.name_of(one.rep_id), str(Money(one.amount_cents, one.currency)), one.key)
            for one in posted
        ]
        terminal.table("Posted", ("day", "who", "amount", "key"), lines)


@spif.command("replay-raffle")
def replay_raffle(number: NumberArgument, folder: place.DirOption = None) -> None:
    """Draw the raffles of a SPIF again from its tickets and seed, and compare with what was proposed."""
    from engine.spifs import awards
    from engine.spifs.awards import Draw
    from store import spif_figures

    with place.find(folder).context() as ctx, ctx.db.read() as conn:
        kept = _known(conn, number)
        kept_results = spif_figures.latest(conn, number, "results")
        if kept_results is None or not kept_results.body["draws"]:
            raise WrongUseError(f"SPIF {number} has no draw yet. Propose its results first.")
        terminal.say(f"seed {kept.seed}\nsha256 {awards.seed_hash(kept.seed)}")
        for said in kept_results.body["draws"]:
            tickets = tuple((who, count) for who, count in said["tickets"])
            draw = Draw(said["award"], tickets, tuple(said["drawn"]))
            prizes = next(award.pays for award in kept.rules.awards if award.name == draw.award)
            again = awards.replayed(draw, len(getattr(prizes, "prizes", ())), kept.seed)
            same = "the same" if again == draw.drawn else "DIFFERENT"
            terminal.say(f"{draw.award}: {len(tickets)} with tickets, drawn {list(draw.drawn)}, again {same}")


def _known(conn: Connection, number: int) -> Kept:
    from operations.spif_moves import found

    return found(conn, number)
