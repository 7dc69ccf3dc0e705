"""The sender: intents committed before calls, answers committed with the next intents, a crash put right."""
