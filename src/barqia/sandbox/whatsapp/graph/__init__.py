"""The Graph API: one folder of operations, each on one kind of object."""
