"""The command line: `attain VERB`, one file per verb, and the one place where a failure becomes a sentence."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli import terminal
from bot.cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable


class Verbs(TyperGroup):
    """Runs a verb; whatever it raises ends as one clear sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """The verb's result; exit code 2 for a wrong use, 1 for anything else that failed."""
        try:
            return super().invoke(ctx)
        except CommandError as error:
            terminal.failure(str(error))
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except Exception as error:  # the last handler: nobody at a prompt should have to read a traceback
            if _is_control_flow(error) or ctx.params.get("debug"):
                raise
            terminal.failure(_sentence(error))
            raise typer.Exit(1) from None


def _is_control_flow(error: Exception) -> bool:
    """Whether typer itself handles this: usage errors and plain exits carry an exit code; Ctrl-C and Ctrl-D abort."""
    return hasattr(error, "exit_code") or isinstance(error, typer.Abort)


def _sentence(error: Exception) -> str:
    """The message of one of our own errors; for any other, what it was and how to learn more."""
    if type(error).__module__.partition(".")[0] in ("engine", "store", "connectors", "messages", "operations", "bot"):
        return str(error)
    what = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no further words'}"
    if isinstance(error, OSError):
        return f"{what}. Check the path and its permissions, then run it again."
    return f"Attain failed unexpectedly ({what}). Run `attain --debug …` for the details and report them."


app = typer.Typer(
    name="attain",
    cls=Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Sales pay you can check: sync deals, calculate, and ask why.",
    epilog="Start with `attain demo`. Every verb explains itself with --help.",
)


def _version(wanted: bool) -> None:
    """Print the version and stop, where it is asked for."""
    if wanted:
        from importlib.metadata import version

        terminal.say(f"attain {version('attain')}")
        raise typer.Exit


@app.callback()
def _common(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected failure.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Runs before every verb."""
    # Names in many scripts are printed even where the terminal's own encoding has no letters for them.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    del debug, version


def _register() -> None:
    """Every verb; each lives in the file of its name and imports what it needs only when it runs."""
    from bot.cli.alerts import alerts
    from bot.cli.ask import ask
    from bot.cli.blend import blend
    from bot.cli.bridge import bridge
    from bot.cli.calc import calc
    from bot.cli.connect import connect
    from bot.cli.crm import crm
    from bot.cli.demo import demo
    from bot.cli.digest import digest
    from bot.cli.doctor import doctor
    from bot.cli.explain import explain
    from bot.cli.gap import gap
    from bot.cli.init import init
    from bot.cli.nudges import nudges
    from bot.cli.outbox import outbox
    from bot.cli.paycheck import paycheck
    from bot.cli.period import period
    from bot.cli.plan import plan
    from bot.cli.replay import replay
    from bot.cli.sandbox import sandbox
    from bot.cli.serve import serve
    from bot.cli.spif import spif
    from bot.cli.sync import sync
    from bot.cli.whatif import whatif
    from bot.cli.whynot import whynot

    verbs: tuple[Callable[..., Any], ...] = (
        *(demo, init, connect, calc, ask, explain, whynot, whatif, gap, bridge, paycheck, digest, replay),
        *(sandbox, serve, doctor),
    )
    for verb in verbs:
        app.command()(verb)
    app.add_typer(sync, name="sync")
    app.add_typer(blend, name="blend")
    app.add_typer(crm, name="crm")
    app.add_typer(plan, name="plan")
    app.add_typer(period, name="period")
    app.add_typer(spif, name="spif")
    app.add_typer(outbox, name="outbox")
    app.add_typer(nudges, name="nudges")
    app.add_typer(alerts, name="alerts")


_register()
