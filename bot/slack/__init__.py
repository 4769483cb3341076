"""The Slack side: the Bolt app, its middleware and its listeners."""
