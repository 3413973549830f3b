"""A circle around a door: when somebody has come in, and when he has left again.

Pure. All distances are metres.
"""

from typing import Final

LEFT_BEYOND: Final = 1.5
"""Radii from the door beyond which somebody inside has left: fixes of a phone at rest wander, and
on the line itself they would enter again and again (hysteresis)."""


def inside(
    before: bool | None, metres: float, accuracy: float | None, radius: float
) -> bool | None:
    """Whether somebody is inside, who was so ``before`` (None: not known) and is ``metres`` away.

    A fix less accurate than the radius says nothing, and between the radius and `LEFT_BEYOND` of
    it all stays as it was.
    """
    if accuracy is not None and accuracy > radius:
        return before
    if metres <= radius:
        return True
    return False if metres > radius * LEFT_BEYOND else before
