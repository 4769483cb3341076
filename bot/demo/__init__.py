"""The demo company: generated, seeded and believable, as its CRM and its finance files would show it on a day."""
