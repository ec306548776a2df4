"""Tickets, visits and the work done on them."""
