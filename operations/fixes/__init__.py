"""Fixes of ops alerts: audited operations, each done once, whoever presses the button."""
