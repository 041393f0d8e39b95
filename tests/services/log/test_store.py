from tests.log.test_store import *  # noqa: F403
