"""What tickets and visits are and which rules hold; pure."""
