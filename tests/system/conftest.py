"""Property tests do not race a clock: the machine may be busy with the other tests."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
