"""Why a store does not open; by itself, so that commands need not import the store to say it."""


class StoreRefused(Exception):
    """The data cannot be used as it is; one sentence says why."""
