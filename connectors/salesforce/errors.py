"""What only Salesforce refuses.

SourceError (connectors.errors)
├── LocatorExpired      the rest of a query is gone; it is asked again after the last record read
└── ConfigRefused
    ├── ObjectMissing   the organisation has no such object, or its user may not see it
    └── AddressUnknown  there is nothing at the address: another version of the API, or no such object
"""

from __future__ import annotations

from connectors.errors import ConfigRefused, SourceError


class LocatorExpired(SourceError):
    """Salesforce has forgotten the rest of a query. It is asked again after the last record that was read."""

    remedy = "Nothing to do: the read goes on after the last record"


class ObjectMissing(ConfigRefused):
    """The organisation has no such object, or the integration user may not see it. Grant it read access."""

    remedy = "Give the integration user read access to the object, or leave the kind out of the mapping"


class AddressUnknown(ConfigRefused):
    """Salesforce has nothing at the address that was asked. Check `api` in the mapping."""

    remedy = "Check `api` in the mapping; `attain doctor` says which versions the organisation speaks"
