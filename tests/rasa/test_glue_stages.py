from persona_router.rasa.stages import stage
from tests.rasa.parts import message


def test_stages_of_a_message_are_kept_beside_one_another_and_given_out() -> None:
    said = message("hello")
    with stage("language", [said]):
        pass
    with stage("search", [said]):
        sum(range(100_000))
    found = said.as_dict(only_output_properties=True)["stages"]
    assert list(found) == ["language", "search"]
    assert 0 <= found["language"] < found["search"]
