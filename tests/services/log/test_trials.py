from tests.log.test_trials import *  # noqa: F403
