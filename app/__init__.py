"""Ontheway: live tracking of deliveries, from the driver's phone to the customer's browser."""

__version__ = "0.3.0"
