"""Orders: the list, one order's card, making, editing, importing, many at once."""
