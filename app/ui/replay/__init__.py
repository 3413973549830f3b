"""The past of orders, drivers and the fleet."""
