"""Dispatches of the demo: invented people and places."""
