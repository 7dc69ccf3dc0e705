"""Barqia: a news wire that one newsroom can run itself, Arabic first."""
