"""TALKS. Slack, the schedule, the command line."""
