"""Countries of phone numbers; what is no number is tested with the policy and the accounts."""

import pytest

from persona_router.content.phone_numbers import region_of_number


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+44 20 7946 0112", "GB"),
        ("+34 910 000 112", "ES"),
        ("+971 4 000 0112", "AE"),
        ("+1 604 555 0112", "US"),
        ("+800 1234 5678", None),
        ("020 7946 0112", None),
        ("", None),
    ],
)
def test_region_is_the_country_of_the_code(written: str, region: str | None) -> None:
    assert region_of_number(written) == region
