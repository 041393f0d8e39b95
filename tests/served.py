"""The languages that the sample assistant serves, as its routing policy lists them."""

from pathlib import Path

from persona_router.content.policies import read_policy

SERVED = read_policy(Path(__file__).parents[1] / "data" / "routing.yml").languages
