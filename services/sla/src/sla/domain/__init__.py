"""Rules and calculations of the sla service: pure functions of the values they are given."""
