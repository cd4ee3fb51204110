import pytest

from sandglass import Box, ManualClock


@pytest.fixture
def box():
    """An empty box on Monday, 1 March 2027, eight in the morning (UTC). Its clock stands still."""
    return Box(ManualClock())
