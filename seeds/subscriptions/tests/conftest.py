import pytest
from storefront import Shop


@pytest.fixture
def shop():
    """Lumen, a merchant in a rehearsal that begins on Friday, 1 January 2027."""
    return Shop("lumen")
