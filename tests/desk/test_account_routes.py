"""The pages of accounts together: what one of them counts, the others know."""

from persona_router.desk.throttle import ACCOUNT_LIMIT
from tests.desk.conftest import Desk
from tests.desk.test_sign_in import sign_in


def test_wrong_passwords_on_ones_own_page_count_at_the_sign_in(desk: Desk) -> None:
    amira = desk.agent("Amira")
    for _ in range(ACCOUNT_LIMIT):
        assert amira.post("/account/password", {"current": "guess"}).status_code == 422
    assert sign_in(desk.visitor()).status_code == 429
    desk.clock.ahead = 301
    assert sign_in(desk.visitor()).status_code == 303
