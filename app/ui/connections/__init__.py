"""Open sockets, blocks, and a raw look at one of them."""
