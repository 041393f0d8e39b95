from tests.log.test_rollup import *  # noqa: F403
