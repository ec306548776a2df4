"""Spreadsheets of many things: their columns, what a cell may hold, and an import's life."""
