"""A warning at the line of whoever called the library, however deep in it the cause was found."""

from __future__ import annotations

import os
import sys
import warnings
from types import FrameType

HERE = os.path.dirname(__file__) + os.sep  # noqa: PTH120 - what is compared are texts


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the nearest line that is not of this package: of the loop, or of the call, that caused it.

    Args:
        message: What is the matter.
        category: The warning's class.
    """
    level = 1
    frame: FrameType | None = sys._getframe()  # pyright: ignore[reportPrivateUsage] - public in all but name
    while frame is not None and frame.f_code.co_filename.startswith(HERE):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)
