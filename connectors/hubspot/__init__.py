"""HubSpot: deals, owners, splits, goals and exchange rates, over the date-based paths or v3."""
