"""What a business has: apps, portfolios, accounts, numbers."""
