"""What goes wrong while wording a message; the docstring is the default text and names the remedy."""

from __future__ import annotations


class MessageError(Exception):
    """A message could not be worded. Send the plain fallback and look at the template named in the log."""

    def __init__(self, detail: str = "") -> None:
        """Keep the detail; without one the class's docstring is the text."""
        super().__init__(detail or type(self).__doc__)


class TemplateError(MessageError):
    """A template breaks the rules of the renderer. Run the tests of the templates and fix what they name."""


class UnformattedValueError(TemplateError):
    """A template was given a raw value. Format it in the view: `money`, `percent`, `day`."""


class MarkupInPlainTextError(TemplateError):
    """Slack markup was put where Slack shows plain text. Use the value without `code`, `link` or `mention` there."""


class OutsideBlockError(TemplateError):
    """A template holds text outside a block. Put it into section, context, header or fallback."""


class MissingFallbackError(TemplateError):
    """A template has no fallback. Add a fallback block that says the whole answer in a sentence."""


class TextTooLongError(TemplateError):
    """A text is longer than Slack allows. Clip the values in it, or show fewer rows."""


class DoesNotAddUpError(MessageError):
    """An explanation's parts do not sum to its amount, so it is not shown. Recalculate and report its receipt."""


class NotWordableError(MessageError):
    """A notice could not be worded from what it carries. Look at its template and view; `attain outbox` names it."""
