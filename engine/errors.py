# the names say what is wrong; that they are errors is said by the file
"""Bad requests, as exceptions: the first line of a docstring is the default message, the second its remedy.

    EngineError
    ├── CurrencyMismatch   two currencies in one sum
    ├── CurrencyUnknown    no ISO 4217 code
    ├── RateUnreadable     text that is no exact rate
    ├── MoneyUnreadable    text that is no exact amount of that currency
    ├── PlanUnreadable     a part of a plan file that was refused; never leaves the loader
    ├── FrameInvalid       a frame with a missing column or a wrong dtype
    ├── SplitImpossible    shares that sum to nothing
    ├── PlanClash          two plans that cannot be told apart
    ├── LineUnknown        a line number that the calculation does not have
    ├── SpifUnreadable     rules of a SPIF that are no rules
    └── SpifMoveRefused    a SPIF cannot be moved so

Bad *data* is never raised: it is a `Problem` value (see `engine.problems`).
"""

from __future__ import annotations


class EngineError(Exception):
    """The calculation was asked for something it cannot do.

    Read the message; the remedy is in it.
    """

    def __init__(self, message: str = "") -> None:
        """Keep `message`, or the docstring when there is none."""
        super().__init__(message or " ".join((self.__doc__ or "").split()))


class CurrencyMismatch(EngineError):
    """Amounts in two currencies were added or compared.

    Convert one of them with an exchange rate of a stated date first.
    """


class CurrencyUnknown(EngineError):
    """This is no ISO 4217 currency code.

    Use the three-letter code, as in USD, EUR or JPY.
    """


class RateUnreadable(EngineError):
    """This text is no exact rate.

    Write a percentage such as 8% or 12.5%, or a decimal such as 0.08.
    """


class MoneyUnreadable(EngineError):
    """This text is no exact amount of money.

    Write digits with an optional sign, `_` or `,` between thousands and at most the decimals of the currency.
    """


class PlanUnreadable(EngineError):
    """A part of a plan file was refused.

    The loader has reported it as a problem with its line; correct that line.
    """


class FrameInvalid(EngineError):
    """A frame of facts lacks a column or carries the wrong dtype.

    Build it with the columns and dtypes that `engine.frames.COLUMNS` lists.
    """


class SplitImpossible(EngineError):
    """A total cannot be shared in proportion to shares that are negative or sum to nothing.

    Give shares of which at least one is positive and none is negative.
    """


class PlanClash(EngineError):
    """Two plans with one name and one version were given to a calculation.

    Give each version of a plan once.
    """


class LineUnknown(EngineError):
    """The rep's calculation has no line with this number.

    Ask for the current statement again; its lines carry their present numbers.
    """


class ExampleUnclear(EngineError):
    """A worked example names something that it does not have.

    Name a rep, deal or component of the example.
    """


class DealUnknown(EngineError):
    """The facts hold no such deal.

    Name a deal of the rep, by the id under which it is stored.
    """


class MoveRefused(EngineError):
    """The period cannot be moved so.

    Look at its state with `attain period status`; it says which moves are allowed.
    """


class CreditUnclear(EngineError):
    """No further credit can be thought of for this component.

    Ask about a component that counts the amount of deals, or an achievement.
    """


class NudgesUnreadable(EngineError):
    """This is no table of nudges.

    Compare it with docs/nudges.md.
    """


class SpifUnreadable(EngineError):
    """These are no rules of a SPIF.

    Draft them anew, or restore them from the record that was stored.
    """


class SpifMoveRefused(EngineError):
    """The SPIF cannot be moved so.

    Look at its state and at the moves that it has from there.
    """
