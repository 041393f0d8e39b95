from tests.log.test_questions import *  # noqa: F403
