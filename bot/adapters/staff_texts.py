"""What the queue says to staff: French alone, so no catalogue holds it (`FRENCH_ONLY`)."""

from collections.abc import Iterable

from bot.adapters.service_texts import day
from flows.engine.messages import Message, message
from referral_directory.verification_queue import QueueEntry, Urgency

EMPTY = message("verifier/empty", "✅ La file est vide.")

VERBS = (
    ("r", "✅", message("verifier/verbs", "Toujours juste")),
    ("c", "✏️", message("verifier/verbs", "Corriger")),
    ("n", "📵", message("verifier/verbs", "Pas de réponse")),
    ("x", "🚪", message("verifier/verbs", "Fermé")),
    ("l", "⏭️", message("verifier/verbs", "Plus tard")),
)
"""Letter, icon and words of what can be done with an entry."""

FIELDS = {
    "number": (message("verifier/fields", "Le numéro"), "📞"),
    "hours": (message("verifier/fields", "Les horaires"), "🕗"),
    "address": (message("verifier/fields", "L'adresse"), "📍"),
    "fees_note_fr": (message("verifier/fields", "Le prix"), "💰"),
}

_URGENCIES = {
    Urgency.NATIONAL: message("verifier/urgency", "🆘 Urgence, tout le pays"),
    Urgency.EXPIRED: message("verifier/urgency", "⛔ Expiré : le public ne le voit plus"),
    Urgency.DUE: message("verifier/urgency", "⏰ À revoir"),
    Urgency.WARNED: message("verifier/urgency", "🔔 Bientôt à revoir"),
    Urgency.NEVER: message("verifier/urgency", "🆕 Jamais confirmé"),
}
_OUTCOMES = {
    "right": message("verifier/outcome", "👍 Confirmé aujourd'hui."),
    "no_answer": message("verifier/outcome", "📵 Noté. La fiche revient dans 2 jours."),
    "closed": message("verifier/outcome", "🚪 Fermé. Le public ne le voit plus."),
    "proposed": message("verifier/outcome", "✏️ Noté. Une autre personne doit approuver."),
    "later": message("verifier/outcome", "⏭️ Pour plus tard."),
    "changed": message("verifier/outcome", "✋ Cette fiche a changé entre-temps. Rien n'est fait."),
    "impossible": message("verifier/outcome", "✋ Pas possible ici : voyez la console."),
    "old": message("verifier/outcome", "🔄 Ce bouton est ancien."),
}


def reminder(late: int, soon: int) -> Message:
    """Return what staff are told once a day: figures alone, nothing that tells an onlooker more."""
    if late and soon:
        return message(
            "verifier/reminder",
            "📇 Annuaire : {late} en retard, {soon} à revoir bientôt.\n/verifier ouvre la file.",
            late=str(late),
            soon=str(soon),
        )
    if late:
        return message(
            "verifier/reminder",
            "📇 Annuaire : {late} en retard.\n/verifier ouvre la file.",
            late=str(late),
        )
    return message(
        "verifier/reminder",
        "📇 Annuaire : {soon} à revoir bientôt.\n/verifier ouvre la file.",
        soon=str(soon),
    )


def outcome_lines(outcome: str | None) -> tuple[Message, ...]:
    """Return what came of the last press, above the next entry."""
    said = _OUTCOMES.get(outcome or "")
    return (said,) if said is not None else ()


def entry_lines(entry: QueueEntry) -> Iterable[Message]:
    """Yield an entry as the caller needs it: what, whose, the number, the two dates."""
    yield _URGENCIES[entry.urgency]
    yield message("verifier/name", "📇 {name}", name=entry.name)
    if entry.organization != entry.name:
        yield message("verifier/organization", "🏢 {name}", name=entry.organization)
    numbers = " · ".join(entry.numbers)
    if numbers:
        yield message("verifier/numbers", "📞 {numbers}", numbers=numbers)
    else:
        yield message("verifier/numbers", "📞 Pas de numéro dans la fiche")
    if entry.last_confirmed is not None:
        yield message("verifier/confirmed", "✅ Confirmé le {date}", date=day(entry.last_confirmed))
    if entry.tries and entry.last_tried is not None:
        yield message(
            "verifier/tried",
            "📵 Essayé le {date}, sans réponse : {tries}",
            date=day(entry.last_tried),
            tries=str(entry.tries),
        )


def present_lines(name: str, present: str) -> Iterable[Message]:
    """Yield what stands in a field now, and how hours are written."""
    yield message("verifier/present", "📄 Maintenant : {value}", value=present or "—")
    if name == "hours":
        yield message("verifier/hours", "🕗 Par exemple : lun-ven 08:00-17:00; sam 08:00-12:00")
