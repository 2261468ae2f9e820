"""What the page behind a provider's link says: French, and Bambara from the catalogue under it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flows.engine.messages import Message, message

type InBambara = Callable[[Message], str]
"""Finds the Bambara of a text; the French where there is none."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text in both languages; `bm` is empty where it would repeat the French."""

    fr: str
    bm: str


_LABELS: Mapping[str, Message] = {
    "hours": message("provider/field", "Horaires"),
    "address": message("provider/field", "Adresse"),
    "fees_note_fr": message("provider/field", "Prix"),
    "eligibility_fr": message("provider/field", "Pour qui"),
}
_NUMBER = message("provider/field", "Numéro")
_TEXTS: Mapping[str, Message] = {
    "title": message("provider/page", "Votre fiche"),
    "thanks": message("provider/done", "Merci"),
    "confirmed": message(
        "provider/done", "✅ C'est noté : la fiche est confirmée pour aujourd'hui."
    ),
    "corrected": message(
        "provider/done",
        "✏️ C'est noté. Une personne de l'équipe relit avant de changer la fiche.",
    ),
    "dead": message("provider/dead", "Ce lien ne sert plus"),
    "dead_why": message(
        "provider/dead",
        "Il a déjà servi, il est trop ancien, ou la fiche a changé. "
        "Demandez-en un autre à l'équipe.",
    ),
    "question": message("provider/page", "Voici ce que les gens lisent. Est-ce toujours juste ?"),
    "problem": message(
        "provider/page", "Une réponse n'est pas comprise, ou rien n'a changé. Regardez de nouveau."
    ),
    "right": message("provider/act", "Tout est juste"),
    "correct": message("provider/act", "Corriger"),
    "waits": message(
        "provider/page", "Une personne de l'équipe relit avant que les gens le voient."
    ),
    "send": message("provider/act", "Envoyer"),
}


def words_of_page(in_bambara: InBambara) -> Mapping[str, Said]:
    """Return the texts of the page by name."""
    return {name: _said(text, in_bambara) for name, text in _TEXTS.items()}


def label_of_field(name: str, in_bambara: InBambara) -> Said:
    """Return how a field of `provider_links.CORRECTABLE`, or a number, is called."""
    return _said(_LABELS.get(name, _NUMBER), in_bambara)


def _said(text: Message, in_bambara: InBambara) -> Said:
    bambara = in_bambara(text)
    return Said(text.text, bambara if bambara != text.text else "")
