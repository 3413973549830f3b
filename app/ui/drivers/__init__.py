"""Drivers: the list, one driver's card, and what the staff do with him."""
