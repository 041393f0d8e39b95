from tests.log.test_writer import *  # noqa: F403
