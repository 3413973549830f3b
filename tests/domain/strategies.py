"""Places for property tests."""

from hypothesis import strategies as st

from app.domain.geo import Place

places = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))
nearby = st.builds(Place, st.floats(48.0, 48.2), st.floats(11.4, 11.7))
"""Within a city: at most 32 km apart."""
