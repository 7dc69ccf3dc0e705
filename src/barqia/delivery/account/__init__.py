"""What became of every delivery, for people and monitors, and an editor's hand on it."""
