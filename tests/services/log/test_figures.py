from tests.log.test_figures import *  # noqa: F403
