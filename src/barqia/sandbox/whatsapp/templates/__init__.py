"""Message templates: their rules, their review, and what a message makes of them."""
