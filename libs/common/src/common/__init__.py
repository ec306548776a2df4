"""What every service shares: transactions, events, the bus, the web edge."""
