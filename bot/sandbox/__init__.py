"""A Slack in the browser, for people without a workspace and for the tests."""
