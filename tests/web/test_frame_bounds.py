"""Frames are followed through segments that are cut anywhere."""

from hypothesis import given
from hypothesis import strategies as st

from app.web.frame_bounds import FrameBounds
from tests.web.raw import BINARY, CLOSE, CONT, PING, TEXT, frame

FRAMES = st.builds(
    frame,
    st.sampled_from([TEXT, BINARY, CONT, PING, CLOSE]),
    st.sampled_from([0, 1, 125, 126, 127, 300, 65_535, 65_536]).map(bytes),
)


@given(st.lists(FRAMES, max_size=5), st.lists(st.integers(0, 200_000), max_size=12))
def test_it_is_between_frames_just_where_one_ends(frames: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(frames)
    ends = {sum(map(len, frames[:number])) for number in range(len(frames) + 1)}
    near = {end + by for end in ends for by in range(-12, 13) if 0 <= end + by <= len(whole)}
    bounds, before = FrameBounds(), 0
    for cut in sorted(near | {cut % (len(whole) + 1) for cut in cuts}):
        bounds.follow(whole[before:cut])
        assert bounds.between is (cut in ends)
        before = cut
