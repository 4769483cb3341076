"""Ops alerts: found over what the store knows, one file per family, and kept as work items."""
