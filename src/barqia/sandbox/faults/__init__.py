"""Fault plans: seeded rules by which a provider misbehaves as providers do."""
