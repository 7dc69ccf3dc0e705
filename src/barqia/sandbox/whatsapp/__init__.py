"""The Cloud API."""
