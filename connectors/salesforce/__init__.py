"""Salesforce as a source: what its REST queries show of people, deals, splits, quotas and rates."""
