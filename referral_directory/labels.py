"""French names of the columns and values of the directory's files, for people who fill them in.

A file may name columns and values either way: `needs` or « besoins », `legal` or « Droit ». The
technical names are the ones that exports write.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from referral_directory.spelling import plain
from referral_directory.vocabulary import (
    Answer,
    Fees,
    Mark,
    Need,
    OrganizationKind,
    Reach,
    ServiceKind,
    Status,
)

KIND_LABELS: Mapping[str, str] = {
    "organization": "Organisations",
    "service": "Services",
    "phone": "Numéros",
}
"""What a sheet of each kind of entry is called in French."""

SINGULAR_LABELS: Mapping[str, str] = {
    "organization": "organisation",
    "service": "service",
    "phone": "numéro",
}

COLUMN_LABELS: Mapping[str, str] = {
    "record": "fiche",
    "action": "action",
    "slug": "identifiant",
    "kind": "catégorie",
    "name_fr": "nom en français",
    "name_bm": "nom en bambara",
    "alternate_name": "sigle",
    "description_fr": "description en français",
    "description_bm": "description en bambara",
    "eligibility_fr": "pour qui, en français",
    "eligibility_bm": "pour qui, en bambara",
    "website": "site internet",
    "email": "courriel",
    "organization": "organisation",
    "service": "service",
    "fees": "payant ou gratuit",
    "fees_note_fr": "remarque sur les frais, en français",
    "fees_note_bm": "remarque sur les frais, en bambara",
    "needs": "besoins",
    "place": "lieu",
    "address": "adresse",
    "latitude": "latitude",
    "longitude": "longitude",
    "areas": "zones couvertes",
    "hours": "horaires",
    "languages": "langues",
    "accessibility": "accessibilité",
    "restricted": "lieu protégé",
    "pep": "traitement d'urgence contre le VIH",
    "emergency_contraception": "contraception d'urgence",
    "woman_caregiver": "soignante femme",
    "takes_minors": "reçoit les mineurs",
    "takes_men": "reçoit les hommes",
    "asks_requisition": "demande une réquisition",
    "asks_fee": "demande un paiement",
    "clinical_known_on": "date de ces renseignements",
    "number": "numéro",
    "type": "sorte de ligne",
    "label_fr": "libellé en français",
    "label_bm": "libellé en bambara",
    "reach": "portée",
    "is_free": "appel gratuit",
    "is_emergency": "numéro d'urgence",
    "position": "ordre",
    "status": "état",
    "mark": "qualité de la source",
    "source": "source",
    "source_date": "date de la source",
    "fact_row": "ligne de la liste des faits",
    "note": "note interne",
    "assured_date": "confirmé le",
    "verified_by": "confirmé par",
}
"""Column of an entry → what people read instead."""

_VALUES: tuple[tuple[type[StrEnum], Mapping[str, str]], ...] = (
    (
        Need,
        {
            "medical": "Soins",
            "psychosocial": "Parler à quelqu'un",
            "legal": "Droit",
            "shelter": "Un lieu sûr",
            "protection": "Protection",
            "livelihood": "Travail et revenus",
            "case_management": "Accompagnement",
            "child_protection": "Protection de l'enfant",
            "complaint": "Porter plainte",
            "misconduct": "Se plaindre d'un agent",
        },
    ),
    (Answer, {"yes": "oui", "no": "non", "unknown": "inconnu"}),
    (Fees, {"free": "gratuit", "paid": "payant", "unknown": "inconnu"}),
    (
        Status,
        {
            "draft": "brouillon",
            "in_review": "en relecture",
            "published": "publié",
            "closed": "fermé",
            "deleted": "supprimé",
        },
    ),
    (
        Mark,
        {
            "C": "C : deux sources ou plus",
            "S": "S : une source",
            "U": "U : aucune source sûre",
            "NO": "NO : à ne pas publier",
            "conflict": "sources contradictoires",
            "obsolete": "dépassé",
        },
    ),
    (
        OrganizationKind,
        {
            "health": "santé",
            "one_stop_centre": "guichet unique",
            "state": "État",
            "police": "police",
            "gendarmerie": "gendarmerie",
            "civil_protection": "protection civile",
            "ngo": "association ou ONG",
            "network": "réseau",
            "international": "organisation internationale",
            "company": "entreprise",
        },
    ),
    (ServiceKind, {"entry": "service nommé", "public_structure": "structure présente partout"}),
    (Reach, {"national": "nationale", "regional": "régionale", "local": "locale"}),
)

VALUE_LABELS: Mapping[type[StrEnum], Mapping[str, str]] = dict(_VALUES)
"""Word list → its codes with what people read instead."""


CODE_LABELS: Mapping[str, Mapping[str, str]] = {
    "type": {
        "voice": "appel",
        "text": "SMS",
        "cell": "mobile",
        "fax": "télécopie",
        "video": "appel vidéo",
        "textphone": "téléphone à écran",
        "pager": "messager de poche",
    },
    "languages": {
        "fr": "français",
        "bm": "bambara",
        "ff": "peul",
        "snk": "soninké",
        "ses": "songhaï",
        "taq": "tamasheq",
    },
    "accessibility": {
        "ramp": "accès en fauteuil",
        "toilet": "toilettes accessibles",
        "sign_language": "langue des signes",
        "large_print": "gros caractères",
        "home_visits": "visites à domicile",
        "breastfeeding": "coin d'allaitement",
        "childcare": "garde d'enfants",
        "transport": "transport",
    },
}
"""Column without a closed word list → what people read instead of its usual codes."""


def label_of(column: str) -> str:
    """Return the French name of a column, or the column itself where it is nobody's."""
    return COLUMN_LABELS.get(column, column)


def _spellings() -> Iterator[tuple[str, str]]:
    for name, label in COLUMN_LABELS.items():
        yield plain(name), name
        yield plain(label), name


_COLUMNS: Mapping[str, str] = dict(_spellings())
_SHEETS: Mapping[str, str] = {
    plain(word): kind
    for kind in KIND_LABELS
    for word in (kind, KIND_LABELS[kind], SINGULAR_LABELS[kind])
} | {"telephone": "phone", "telephones": "phone", "organisation": "organization"}
_CODES: Mapping[type[StrEnum], Mapping[str, str]] = {
    words: {plain(label): code for code, label in labels.items()} for words, labels in _VALUES
}


def column_named(heading: str) -> str | None:
    """Return the column that a heading means, in whichever spelling; None for an unknown one."""
    return _COLUMNS.get(plain(heading))


def kind_named(word: str) -> str | None:
    """Return the kind of entry that a sheet's title or a cell means; None for an unknown one."""
    return _SHEETS.get(plain(word))


def code_of(words: type[StrEnum], text: str) -> str:
    """Return the code that a text means in a word list; the text itself where it means none."""
    return _CODES[words].get(plain(text), text) if words in _CODES else text
