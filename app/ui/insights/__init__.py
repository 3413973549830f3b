"""Figures of days and hours, in charts."""
