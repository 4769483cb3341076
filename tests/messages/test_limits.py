"""Our figures beside those of slackblocks, one by one; where they differ ours is the lower, and says why."""

from __future__ import annotations

import pytest
from slackblocks import _limits as theirs

from messages import limits as ours

SAME = {
    "MESSAGE_BLOCKS": "MESSAGE_BLOCKS_MAX_ITEMS",
    "MESSAGE_ATTACHMENTS": "MESSAGE_ATTACHMENTS_MAX_ITEMS",
    "MESSAGE_MARKDOWN": "MARKDOWN_TOTAL_TEXT_MAX_LENGTH",
    "MESSAGE_CHARTS": "MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS",
    "VIEW_BLOCKS": "VIEW_BLOCKS_MAX_ITEMS",
    "VIEW_PRIVATE_METADATA": "VIEW_PRIVATE_METADATA_MAX_LENGTH",
    "VIEW_CALLBACK_ID": "VIEW_CALLBACK_ID_MAX_LENGTH",
    "VIEW_EXTERNAL_ID": "VIEW_EXTERNAL_ID_MAX_LENGTH",
    "VIEW_TITLE": "VIEW_TITLE_MAX_LENGTH",
    "VIEW_SUBMIT": "VIEW_SUBMIT_MAX_LENGTH",
    "VIEW_CLOSE": "VIEW_CLOSE_MAX_LENGTH",
    "TEXT_MIN": "TEXT_MIN_LENGTH",
    "SECTION_TEXT": "SECTION_TEXT_MAX_LENGTH",
    "SECTION_FIELDS": "SECTION_FIELDS_MAX_ITEMS",
    "FIELD_TEXT": "SECTION_FIELDS_ITEM_MAX_LENGTH",
    "HEADER_TEXT": "HEADER_TEXT_MAX_LENGTH",
    "CONTEXT_ELEMENTS": "CONTEXT_ELEMENTS_MAX_ITEMS",
    "CONTEXT_TEXT": "TEXT_MAX_LENGTH",
    "CONTEXT_ACTIONS": "CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS",
    "ACTIONS_ELEMENTS": "ACTIONS_ELEMENTS_MAX_ITEMS",
    "MARKDOWN_TEXT": "MARKDOWN_TEXT_MAX_LENGTH",
    "TABLE_ROWS": "TABLE_ROWS_MAX_ITEMS",
    "TABLE_COLUMNS": "TABLE_COLUMNS_MAX_ITEMS",
    "DATA_TABLE_COLUMNS": "DATA_TABLE_COLUMNS_MAX_ITEMS",
    "DATA_TABLE_CHARACTERS": "DATA_TABLE_TOTAL_CONTENT_MAX_LENGTH",
    "CHART_TITLE": "DATA_VISUALIZATION_TITLE_MAX_LENGTH",
    "CHART_LABEL": "DATA_VISUALIZATION_POINT_LABEL_MAX_LENGTH",
    "CHART_CATEGORIES": "DATA_VISUALIZATION_CATEGORIES_MAX_ITEMS",
    "CARD_TITLE": "CARD_TITLE_MAX_LENGTH",
    "CARD_SUBTITLE": "CARD_SUBTITLE_MAX_LENGTH",
    "CARD_BODY": "CARD_BODY_MAX_LENGTH",
    "CARD_ACTIONS": "CARD_ACTIONS_MAX_ITEMS",
    "ALERT_TEXT": "ALERT_TEXT_MAX_LENGTH",
    "IMAGE_ALT": "IMAGE_ALT_TEXT_MAX_LENGTH",
    "IMAGE_TITLE": "IMAGE_TITLE_MAX_LENGTH",
    "IMAGE_URL": "IMAGE_IMAGE_URL_MAX_LENGTH",
    "INPUT_LABEL": "INPUT_LABEL_MAX_LENGTH",
    "INPUT_HINT": "INPUT_HINT_MAX_LENGTH",
    "ACTION_ID": "ACTION_ID_MAX_LENGTH",
    "BLOCK_ID": "BLOCK_ID_MAX_LENGTH",
    "BUTTON_TEXT": "BUTTON_TEXT_MAX_LENGTH",
    "BUTTON_VALUE": "BUTTON_VALUE_MAX_LENGTH",
    "BUTTON_URL": "BUTTON_URL_MAX_LENGTH",
    "BUTTON_LABEL": "BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH",
    "OPTION_TEXT": "OPTION_TEXT_MAX_LENGTH",
    "OPTION_DESCRIPTION": "OPTION_DESCRIPTION_MAX_LENGTH",
    "OPTIONS_MIN": "SELECT_OPTIONS_MIN_ITEMS",
    "SELECT_OPTIONS": "SELECT_OPTIONS_MAX_ITEMS",
    "SELECT_GROUPS": "SELECT_OPTION_GROUPS_MAX_ITEMS",
    "OVERFLOW_OPTIONS": "OVERFLOW_OPTIONS_MAX_ITEMS",
    "RADIO_OPTIONS": "RADIO_BUTTONS_OPTIONS_MAX_ITEMS",
    "CHECKBOX_OPTIONS": "CHECKBOXES_OPTIONS_MAX_ITEMS",
    "PLACEHOLDER": "SELECT_PLACEHOLDER_MAX_LENGTH",
    "TEXT_INPUT": "PLAIN_TEXT_INPUT_MAX_LENGTH_MAX",
    "CONFIRM_TITLE": "CONFIRMATION_TITLE_MAX_LENGTH",
    "CONFIRM_TEXT": "CONFIRMATION_TEXT_MAX_LENGTH",
    "CONFIRM_BUTTON": "CONFIRMATION_CONFIRM_MAX_LENGTH",
}
#: Ours, theirs, and the source that has the lower figure.
LOWER = {
    "OPTION_VALUE": ("OPTION_VALUE_MAX_LENGTH", "@slack/types says 75"),
    "DATA_TABLE_ROWS": ("DATA_TABLE_ROWS_MAX_ITEMS", "Slack's reference says 100 rows and a heading"),
    "CHART_SERIES": ("DATA_VISUALIZATION_SERIES_MAX_ITEMS", "Slack's reference says 6"),
}
#: What slackblocks has no figure for, with the source we took it from.
ALONE = {
    "MESSAGE_TEXT": 40_000,  # reference of chat.postMessage
    "MESSAGE_TABLES": 1,  # slack-skills-plugin
    "MESSAGE_CHARACTERS": 13_000,  # slackapi/bolt-js#2509
    "VIEW_BYTES": 250_000,  # reference of views.open
    "VIEW_STACK": 3,  # reference of views.push
    "MANIFEST_NAME": 35,  # slackapi/manifest-schema, as the rest
    "MANIFEST_COMMANDS": 50,
    "MANIFEST_COMMAND": 32,
    "MANIFEST_SHORTCUTS": 10,
    "MANIFEST_PROMPTS": 4,
}


@pytest.mark.parametrize(("mine", "other"), SAME.items())
def test_same_as_slackblocks(mine: str, other: str) -> None:
    assert getattr(ours, mine) == getattr(theirs, other)


@pytest.mark.parametrize(("mine", "other"), [(mine, other) for mine, (other, _) in LOWER.items()])
def test_lower_where_sources_differ(mine: str, other: str) -> None:
    assert getattr(ours, mine) < getattr(theirs, other)


def test_no_figure_goes_unchecked() -> None:
    figures = {name: value for name, value in vars(ours).items() if name.isupper()}
    assert set(figures) == set(SAME) | set(LOWER) | set(ALONE)
    assert ALONE.items() <= figures.items()


def test_an_emoji_counts_two() -> None:
    assert ours.length("a😀b") == 4
