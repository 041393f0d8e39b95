"""Importers that add the plugin's domain and rules to a host's, by one line of config."""

from pathlib import Path
from typing import List, Optional

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers import utils
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from persona_router.rasa.examples import with_quick_examples

_DEFAULTS = Path(__file__).parent.parent / "defaults"


class PersonaRouterImporter(TrainingDataImporter):
    """Imports the slots, responses, forms, actions and rules that routing needs.

    In `config.yml`: `importers: [{name: RasaFileImporter}, {name:
    persona_router.rasa.importer.PersonaRouterImporter}]`.
    """

    def __init__(
        self,
        config_file: Optional[str] = None,
        domain_path: Optional[str] = None,
        training_data_paths: List[str] | Optional[str] = None,
    ) -> None:
        """Keep nothing: the plugin's own files are always the same."""

    def get_domain(self) -> Domain:
        """Return the plugin's part of the domain."""
        return Domain.from_path(str(_DEFAULTS / "domain.yml"))

    def get_stories(self, exclusion_percentage: Optional[int] = None) -> StoryGraph:
        """Return the plugin's rules."""
        rules = [str(_DEFAULTS / "rules.yml")]
        return utils.story_graph_from_paths(rules, self.get_domain(), exclusion_percentage)

    def get_conversation_tests(self) -> StoryGraph:
        """Return no test stories."""
        return StoryGraph([])

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """Return no examples: wishes are understood by phrase lists."""
        return TrainingData()

    def get_config(self) -> dict:
        """Return no configuration of its own."""
        return {}

    def get_config_file_for_auto_config(self) -> Optional[str]:
        """Return None: the host's own file is completed, if any."""
        return None


class PersonaRouterFileImporter(RasaFileImporter):
    """Takes the place of RasaFileImporter and PersonaRouterImporter together.

    Rasa copies all examples once for each importer that it joins, whenever it reads them.
    """

    def get_domain(self) -> Domain:
        """Return the host's domain with the plugin's part."""
        return super().get_domain().merge(PersonaRouterImporter().get_domain())

    @cached_method
    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """Return the host's examples; what Rasa makes of them are copies."""
        return with_quick_examples(super().get_nlu_data(language))

    def get_stories(self, exclusion_percentage: Optional[int] = None) -> StoryGraph:
        """Return the host's stories and rules with the plugin's."""
        own = super().get_stories(exclusion_percentage)
        return own.merge(PersonaRouterImporter().get_stories(exclusion_percentage))
