"""The code as modules: square, and dark where ISO/IEC 18004 wants it in three corners."""

from papers.qr import runs
from tests.papers.seen import LINK


def test_the_three_corners_are_there() -> None:
    found, side = runs(LINK)
    dark = {(row, column) for row, first, length in found for column in range(first, first + length)}
    far = side - 7
    corners = [
        {(row + down, column + right) for down in range(7) for right in range(7)}
        for row, column in ((0, 0), (0, far), (far, 0))
    ]

    assert all((row, column) in dark for row, column in ((0, 0), (0, far), (far, 0), (3, 3), (3, far + 3)))
    assert [33, 33, 33] == [len(corner & dark) for corner in corners]
    assert (far, far) not in dark or side > 21
    assert max(max(place) for place in dark) < side
