"""Text that is safe in a Slack message: entities, markup of our own, values that cannot pose as markup."""

from __future__ import annotations

import re

from messages.errors import TemplateError
from messages.limits import length

ELLIPSIS = "…"
NOTHING = "–"  # stands for a value of which nothing is left, so that its block does not come out empty
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Line ends would let a name pose as a line of ours; bidirectional overrides would let it turn an amount around.
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKS = re.compile(r"[*~`]|(?<![^\W_])_+|_+(?![^\W_])")
_QUOTED = re.compile('“[^”]*”|"[^"]*"')
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ", "_": "ˍ"})
_TICK = str.maketrans({"`": "ˋ"})  # a backtick would end the code; this one looks like it
_PLAIN = re.compile(r"[^&<>*_~`\x00-\x1f\x7f-\x9f\u1680\u2000-\u200a\u2028-\u202e\u205f\u2066-\u2069\u3000\ufeff]*")
# A cut must not leave half an emoji: joiners, variation selectors and combining marks go with what they modify.
_DANGLING = re.compile("[\u200d\ufe00-\ufe0f\u0300-\u036f\U0001f3fb-\U0001f3ff]+$")


class Mrkdwn(str):
    """Slack markup made by a helper of ours: it is not escaped again."""

    __slots__ = ()


def escape(text: str) -> str:
    """Return the text with exactly `&`, `<` and `>` as entities, which is all that Slack unescapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Return the text with the three entities turned back, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def one_line(text: str) -> str:
    """Return the text on one line: runs of blanks and control characters become a blank, direction overrides go."""
    if _PLAIN.fullmatch(text):
        return text
    return _OVERRIDES.sub("", _BREAKS.sub(_blank, text)).strip()


def without_marks(text: str) -> str:
    """Return the text without `*`, `~`, backticks, and `_` save inside a word, where Slack reads no emphasis."""
    return _MARKS.sub("", text)


def lookalike(text: str) -> str:
    """Return the text with each mark that would mean emphasis as the character that looks like it: none is lost."""
    return _MARKS.sub(lambda match: match[0].translate(_LOOKALIKES), text)


def quotes_kept(text: str) -> str:
    """Return a sentence in which what stands between “ and ” or straight quotes keeps its marks, as lookalikes."""
    return _QUOTED.sub(lambda match: lookalike(match[0]), text)


def safe(text: str) -> str:
    """Return a value as it may stand inside mrkdwn: on one line, no emphasis, entities escaped."""
    if _PLAIN.fullmatch(text):
        return NOTHING if text.isspace() else text
    return escape(without_marks(one_line(text)).strip()) or NOTHING


def clip(text: str, limit: int) -> str:
    """Return the text, cut so that its escaped length is at most `limit`; a cut shows as an ellipsis.

    Args:
        text: a value, never markup: a cut could split a link.
        limit: characters after escaping, at least 1.
    """
    if isinstance(text, Mrkdwn):
        raise TemplateError("clip was given markup; clip the value before it becomes a link or code")
    flat = one_line(text) or (NOTHING if text else "")
    if flat.isspace():
        return NOTHING
    if length(escape(flat)) <= limit:
        return flat
    room, kept = limit - length(ELLIPSIS), 0
    for kept, char in enumerate(flat):  # noqa: B007 - the place of the first character that does not fit
        room -= length(_ENTITIES.get(char, char))
        if room < 0:
            break
    return _DANGLING.sub("", flat[:kept]).rstrip() + ELLIPSIS


def code(text: str) -> Mrkdwn:
    """Return an identifier, or what somebody wrote, as Slack code: nothing in it is markup, and nothing is lost."""
    return Mrkdwn(f"`{escape(one_line(text).translate(_TICK)) or '-'}`")


def link(url: str, label: str) -> Mrkdwn:
    """Return a link with a label. Only https; a bar in the address is encoded, one in the label would end it."""
    if not url.startswith("https://"):
        raise TemplateError(f"links must start with https://, this one starts with {url[:12]!r}")
    target = escape(one_line(url)).replace("|", "%7C").replace(" ", "%20")
    return Mrkdwn(f"<{target}|{safe(label.replace('|', '/'))}>")


def mention(user_id: str) -> Mrkdwn:
    """Return a mention of a Slack user. Anything but a user id raises: no channel, no group, no broadcast."""
    if not re.fullmatch(r"[UW][A-Z0-9]{2,20}", user_id):
        raise TemplateError(f"not a Slack user id: {user_id[:20]!r}")
    return Mrkdwn(f"<@{user_id}>")


def _blank(match: re.Match[str]) -> str:
    """Keep a lone no-break space: it holds an amount and its currency together."""
    return match[0] if match[0] in {"\u00a0", "\u202f"} else " "
