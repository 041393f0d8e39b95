from tests.log.test_brand_visits import *  # noqa: F403
