"""The verbs of the desk: one file and one transaction each."""
