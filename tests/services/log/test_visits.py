from tests.log.test_visits import *  # noqa: F403
