"""Pillow, loaded with the first picture: a bot that starts need not wait for what it seldom draws.

The names are those of the library: `pillow.Image`, `pillow.ImageDraw`, `pillow.ImageFont`.
"""

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

NAMES: Final = ("Image", "ImageDraw", "ImageFont")

__all__ = ["Image", "ImageDraw", "ImageFont"]


def __getattr__(name: str) -> Any:
    """Load a part of the library; AttributeError for any other name."""
    if name not in NAMES:
        raise AttributeError(name)
    part = globals()[name] = importlib.import_module(f"PIL.{name}")
    return part
