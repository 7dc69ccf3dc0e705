"""What a verb reaches and what it costs: told before it is sent, billed after."""
