"""The log of all activity."""
