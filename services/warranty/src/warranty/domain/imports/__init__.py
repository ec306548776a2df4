"""Spreadsheets of customers, sites and assets: their columns, what a cell may hold, and an import's life."""
