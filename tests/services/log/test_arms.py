from tests.log.test_arms import *  # noqa: F403
