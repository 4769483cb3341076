"""A client of the Web API that keeps its connections open, for who sends one request after the other.

slack_sdk opens a connection, and on the internet a TLS session, for every request. What has a JSON body goes over
`bot.slack.lines` instead; anything else, and everything behind a proxy, goes the way of slack_sdk.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.slack.lines import Lines

if TYPE_CHECKING:
    from slack_sdk.webhook import WebhookResponse

#: How long a request may take: what is slower is looked up afterwards, and holds up everything behind it.
TIMEOUT_SECONDS = 10


class OpenClient(WebClient):
    """slack_sdk's client over connections that stay open; repeats nothing by itself; safe to share by threads."""

    def __init__(self, token: str, base_url: str, timeout: int = TIMEOUT_SECONDS) -> None:
        """Call the methods under `base_url` with `token`."""
        super().__init__(token=token, base_url=base_url, timeout=timeout, retry_handlers=[])
        self._lines = Lines(timeout)

    def api_call(self, api_method: str, **given: Any) -> SlackResponse:
        """What Slack answered.

        Raises:
            SlackApiError: It refused.
            URLError: The request was not written in full.
            OSError: It was, and no answer that can be read came back.
        """
        if self.proxy is not None or given.keys() != {"json"}:
            return super().api_call(api_method, **given)
        url = self.base_url + api_method
        body = json.dumps({name: value for name, value in given["json"].items() if value is not None}).encode()
        found = self._lines.post(url, body, {**self.headers, "Authorization": f"Bearer {self.token}"})
        answer = SlackResponse(
            client=self,
            http_verb="POST",
            api_url=url,
            req_args={},
            data=_read(found),
            headers=found.headers,
            status_code=found.status_code,
        )
        answer.validate()  # type: ignore[no-untyped-call] # slack_sdk leaves it so
        return answer


def _read(found: WebhookResponse) -> dict[str, Any]:
    """The answer; one that is not JSON says nothing, in words that are no code."""
    try:
        data = json.loads(found.body)
    except ValueError:
        data = None
    return data if isinstance(data, dict) else {"ok": False, "error": "no JSON"}
