"""The product's own benchmark: what a message, a socket and a start cost, beside peers.

Run by `make bench`; the method is told in docs/performance.md. Nothing here is a test but the
files named so.
"""
