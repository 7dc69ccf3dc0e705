"""A mail server that takes everything, or refuses as it is told; and its mailboxes, to look into."""
