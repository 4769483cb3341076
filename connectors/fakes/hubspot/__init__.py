"""A HubSpot that keeps its state in memory: the same one for tests, the demo and foreign clients."""

from connectors.fakes.hubspot.fake import HubSpotFake

__all__ = ["HubSpotFake"]
