"""`POST /{phone-number-id}/messages`: every kind we know, checked as Meta checks it."""
