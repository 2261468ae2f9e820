"""The audit log in French: what was done, which fields changed, which page shows the record."""

import re
from collections.abc import Mapping

from referral_directory.labels import COLUMN_LABELS, SINGULAR_LABELS

DEEDS: Mapping[str, str] = {
    "account:added": "compte créé",
    "account:deactivated": "compte désactivé",
    "account:password_changed": "mot de passe changé",
    "account:reactivated": "compte réactivé",
    "account:recovery_code_used": "code de secours utilisé",
    "account:roles_changed": "rôles changés",
    "account:second_factor_reset": "second facteur effacé",
    "account:second_factor_set": "second facteur installé",
    "account:signed_in": "entrée dans la console",
    "account:signed_out_everywhere": "sortie de partout",
    "content:signed": "contenu signé",
    "content:restored": "signature rendue",
    "content:withdrawn": "signature retirée",
    "directory:exported": "annuaire emporté",
    "focal_points:former_erased": "ancienne liste de points focaux effacée",
    "focal_points:replaced": "points focaux remplacés",
    "focal_points:restored": "liste de points focaux reprise",
    "gathering:added": "rencontre saisie",
    "gathering:cancelled": "rencontre annulée",
    "gathering:changed": "rencontre modifiée",
    "gathering:published": "rencontre publiée",
    "import:undone": "import annulé",
    "import:written": "import écrit",
    "invitation:added": "invitation faite",
    "invitation:withdrawn": "invitation retirée",
    "places:imported": "localités importées",
    "registration:approved": "inscription acceptée",
    "registration:cancelled": "inscription annulée",
    "registration:check_in_undone": "entrée annulée",
    "registration:checked_in": "délégation entrée",
    "registration:merged": "inscription fusionnée",
    "registration:read": "inscription lue",
    "registration:refused": "inscription refusée",
    "registrations:exported": "inscriptions emportées",
    "registrations:listed": "inscriptions lues",
    "registrations:printed": "liste d'accueil imprimée",
    "service:provider_link": "lien fait pour le prestataire",
    "service:read_restricted": "lieu confidentiel lu",
    "service:restricted": "lieu rendu confidentiel",
    "service:whereabouts": "lieu confidentiel changé",
    "training:listed": "demandes de formation lues",
} | {
    f"{subject}:{action}": f"{SINGULAR_LABELS[subject]} : {words}"
    for subject in ("service", "phone", "organization")
    for action, words in (
        ("added", "ajout par import"),
        ("updated", "modification par import"),
        ("withdrawn", "ajout annulé"),
        ("closed", "fermeture"),
        ("reopened", "réouverture"),
        ("deleted", "suppression"),
        ("restored", "reprise"),
        ("published", "publication"),
        ("verified", "confirmation"),
        ("unverified", "confirmation retirée"),
        ("no_answer", "essai sans réponse"),
        ("edit_proposed", "proposition"),
        ("edit_approved", "proposition validée"),
        ("edit_rejected", "proposition refusée"),
        ("edit_withdrawn", "proposition retirée"),
    )
}
"""Tag -> what was done."""

_FIELDS: Mapping[str, str] = {
    "capacity": "places",
    "checked_in_at": "entrée",
    "closes_at": "clôture",
    "co_organizers": "co-organisation",
    "correct_until": "fin des corrections",
    "deleted_at": "jour de suppression",
    "ends_at": "fin",
    "last_tried": "dernier essai",
    "most_delegates": "personnes par organisation",
    "needs_approval": "examen",
    "opens_at": "ouverture",
    "password": "mot de passe",
    "is_active": "compte actif",
    "region": "région",
    "reviewed_by": "lu par",
    "reviewed_on": "lu le",
    "recovery_codes": "codes de secours",
    "roles": "rôles",
    "rows": "lignes",
    "starts_at": "début",
    "state": "état",
    "status_before": "état d'avant",
    "theme_bm": "thème en bambara",
    "theme_fr": "thème en français",
    "totp": "second facteur",
    "tries": "essais",
    "valid_until": "valable jusqu'au",
    "venue_bm": "lieu en bambara",
    "venue_fr": "lieu en français",
    **COLUMN_LABELS,
}
_NOTES = re.compile(r"(?P<number>\d+) (?P<word>added|changed|removed|refused|places)")
_NOTE_WORDS = {
    "added": "ajoutées",
    "changed": "modifiées",
    "removed": "fermées",
    "refused": "refus",
    "places": "localités",
}
_PAGES: Mapping[str, str] = {
    "account": "/comptes/{id}",
    "gathering": "/rencontres/{id}",
    "registration": "/inscriptions/{id}",
}


def deed_of(tag: str) -> str:
    """Return what was done; the tag itself where nobody gave it words."""
    return DEEDS.get(tag, tag)


def field_of(name: str) -> str:
    """Return a field that changed as people call it."""
    return _FIELDS.get(name, name)


def note_of(note: str) -> str:
    """Return a note; the counts that an import leaves are in French."""
    if note == "import":
        return ""
    return _NOTES.sub(lambda each: f"{each['number']} {_NOTE_WORDS[each['word']]}", note)


def page_of(tag: str, record_id: str) -> str:
    """Return the page that shows a record; empty where there is none."""
    subject = tag.partition(":")[0]
    if subject in SINGULAR_LABELS:
        return f"/annuaire/{subject}/{record_id}"
    if record_id.startswith("import-"):
        return f"/import/{record_id.removeprefix('import-')}"
    kind, _, number = record_id.partition(":")
    return _PAGES[kind].format(id=number) if kind in _PAGES and number.isdecimal() else ""
