from tests.log.test_reader import *  # noqa: F403
