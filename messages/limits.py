"""The Block Kit lengths and counts that every message stays under.

Each figure is the lower one where sources differ; lengths count after escaping, in UTF-16 units. Sources: the Slack
API reference, `@slack/types` 3.2 and `slackblocks._limits` 3.0, with which a test compares them one by one.
"""

from __future__ import annotations

# A message
MESSAGE_BLOCKS = 50
MESSAGE_TEXT = 40_000
MESSAGE_ATTACHMENTS = 100
MESSAGE_MARKDOWN = 12_000
MESSAGE_TABLES = 1
MESSAGE_CHARTS = 2
# Undocumented: beyond about 13,170 characters over all blocks Slack says msg_blocks_too_long (slackapi/bolt-js#2509).
MESSAGE_CHARACTERS = 13_000

# A modal or App Home
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000
VIEW_PRIVATE_METADATA = 3_000
VIEW_CALLBACK_ID = 255
VIEW_EXTERNAL_ID = 255
VIEW_TITLE = 24
VIEW_SUBMIT = 24
VIEW_CLOSE = 24
VIEW_STACK = 3

# Blocks
TEXT_MIN = 1
SECTION_TEXT = 3_000
SECTION_FIELDS = 10
FIELD_TEXT = 2_000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
CONTEXT_TEXT = 3_000
CONTEXT_ACTIONS = 5
ACTIONS_ELEMENTS = 25
MARKDOWN_TEXT = 12_000
TABLE_ROWS = 100
TABLE_COLUMNS = 20
DATA_TABLE_ROWS = 101  # one heading and 100 data rows: the lower of two sources
DATA_TABLE_COLUMNS = 20
DATA_TABLE_CHARACTERS = 20_000
CHART_TITLE = 50
CHART_LABEL = 20
CHART_CATEGORIES = 20
CHART_SERIES = 6
CARD_TITLE = 150
CARD_SUBTITLE = 150
CARD_BODY = 200
CARD_ACTIONS = 3
ALERT_TEXT = 200
IMAGE_ALT = 2_000
IMAGE_TITLE = 2_000
IMAGE_URL = 3_000
INPUT_LABEL = 2_000
INPUT_HINT = 2_000

# Elements
ACTION_ID = 255
BLOCK_ID = 255
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
BUTTON_URL = 3_000
BUTTON_LABEL = 75
OPTION_TEXT = 75
OPTION_DESCRIPTION = 75
OPTION_VALUE = 75
OPTIONS_MIN = 1
SELECT_OPTIONS = 100
SELECT_GROUPS = 100
OVERFLOW_OPTIONS = 5
RADIO_OPTIONS = 10
CHECKBOX_OPTIONS = 10
PLACEHOLDER = 150
TEXT_INPUT = 3_000
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30

# The manifest
MANIFEST_NAME = 35
MANIFEST_COMMANDS = 50
MANIFEST_COMMAND = 32
MANIFEST_SHORTCUTS = 10
MANIFEST_PROMPTS = 4


def length(text: str) -> int:
    """Return how long Slack counts a text: UTF-16 units, so an emoji outside the basic plane counts two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
