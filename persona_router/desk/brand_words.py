"""The brand's profile in words and drawings, in the reader's language."""

from dataclasses import dataclass

from persona_router.core.brand import ANSWERS, BrandModel, BrandProfile, Question, reasons
from persona_router.desk.figure_words import WIDTH, FigureWords


@dataclass(frozen=True, kw_only=True)
class BrandWords(FigureWords):
    """The words for one response; questions in no language of the desk are told as written."""

    model: BrandModel

    def axis(self, name: str) -> str:
        """Return the name of an axis."""
        return self.texts.label("brand_axis", name)

    def type(self, name: str) -> str:
        """Return the name of a type."""
        return self.texts.label("brand_type", name)

    def asks(self, question: Question) -> str:
        """Return what a team is asked."""
        return self._told("brand_asks", question.id, question.asks)

    def change(self, question: Question) -> str:
        """Return what to do where the answer is low."""
        return self._told("brand_change", question.id, question.change)

    def answer(self, answer: int | None) -> str:
        """Return an answer, out of the highest."""
        if answer is None:
            return self.texts("brand.unanswered")
        return f"{self.number(answer)} / {self.number(ANSWERS[-1])}"

    def alike(self, found: BrandProfile) -> list[tuple[str, float]]:
        """Return types and how alike they are, the most alike first."""
        return sorted(found.likeness.items(), key=lambda item: -item[1])

    def nearest(self, found: BrandProfile) -> str:
        """Return a sentence that names the type that is most alike, and why."""
        type = self.alike(found)[0][0]
        told = (
            f"{self.axis(axis.name)} {self.decimal(axis.value)}"
            for axis in reasons(found, self.model, type)
        )
        return self.texts("brand.nearest", type=self.type(type), reasons=" · ".join(told))

    def hundredths(self, distance: float, *, digits: int = 0) -> str:
        """Return a distance on the axes in steps, of which the longest way has a hundred."""
        if not digits:
            return self.number(round(100 * distance))
        return self.decimal(100 * distance, digits=digits)

    def at(self, value: float) -> float:
        """Return where a value from 0 to 1 is drawn."""
        return round(WIDTH * value, 1)

    def _told(self, group: str, id: str, written: str) -> str:
        key = f"{group}.{id}"
        known = self.texts(key)
        return written if known == key else known
