"""What is said about gatherings and registrations: from values to messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from event_registration.errors import InvalidAnswerError
from event_registration.phones import show_phone
from event_registration.schemas import Application, Gathering, Registration, Text
from event_registration.vocabulary import Need, OrganizationKind, RegistrationState
from flows.engine.messages import Bilingual, Message, Option, Value, message

STATE_LINES: Mapping[RegistrationState, Message] = {
    RegistrationState.RECEIVED: message(
        "registration/state", "📥 Reçue : l'équipe la regarde et vous répond ici."
    ),
    RegistrationState.WAITING: message("registration/state", "⏳ Sur la liste d'attente."),
    RegistrationState.OFFERED: message(
        "registration/state", "🎟️ Des places vous sont proposées : répondez avant la date."
    ),
    RegistrationState.CONFIRMED: message("registration/state", "✅ Confirmée."),
    RegistrationState.LAPSED: message(
        "registration/state", "⌛ La proposition est passée. Vous pouvez revenir sur la liste."
    ),
    RegistrationState.REFUSED: message("registration/state", "🚫 Refusée."),
    RegistrationState.CANCELLED: message("registration/state", "🗑️ Annulée."),
    RegistrationState.MERGED: message("registration/state", "🔗 Réunie avec une autre."),
}

NEEDS: Mapping[Need, Message] = {
    Need.SIGN_LANGUAGE: message("registration/need", "Langue des signes"),
    Need.RAMP: message("registration/need", "Rampe, fauteuil"),
    Need.GUIDE: message("registration/need", "Guide pour personne aveugle"),
    Need.CHILDCARE: message("registration/need", "Garde d'enfants"),
    Need.LODGING: message("registration/need", "Logement"),
    Need.TRANSPORT: message("registration/need", "Transport"),
}

KINDS: Mapping[OrganizationKind, Message] = {
    OrganizationKind.ASSOCIATION: message("registration/kind", "Association"),
    OrganizationKind.NGO: message("registration/kind", "ONG"),
    OrganizationKind.NETWORK: message("registration/kind", "Réseau"),
    OrganizationKind.GROUP: message("registration/kind", "Groupement"),
    OrganizationKind.COOPERATIVE: message("registration/kind", "Coopérative"),
    OrganizationKind.YOUTH: message("registration/kind", "Jeunes"),
    OrganizationKind.DISABILITY: message("registration/kind", "Personnes handicapées"),
    OrganizationKind.MEDIA: message("registration/kind", "Média"),
    OrganizationKind.OTHER: message("registration/kind", "Autre"),
}

FIELDS: Mapping[str, Message] = {
    "gathering": message("registration/field", "Rencontre"),
    "organization": message("registration/field", "Organisation"),
    "acronym": message("registration/field", "Sigle"),
    "kind": message("registration/field", "Sorte"),
    "receipt": message("registration/field", "Récépissé"),
    "region": message("registration/field", "Région"),
    "cercle": message("registration/field", "Cercle"),
    "contact_name": message("registration/field", "Personne à joindre"),
    "contact_role": message("registration/field", "Rôle"),
    "phone": message("registration/field", "Téléphone"),
    "women": message("registration/field", "Femmes"),
    "men": message("registration/field", "Hommes"),
    "split": message("registration/field", "Partie des places"),
    "young": message("registration/field", "Moins de 35 ans"),
    "disabled": message("registration/field", "Handicap"),
    "language": message("registration/field", "Langue"),
    "needs": message("registration/field", "Besoins"),
    "part": message("registration/field", "Parole, stand"),
    "recommendations": message("registration/field", "Recommandations"),
    "reminder": message("registration/field", "Rappels"),
    "photos": message("registration/field", "Photos"),
    "consent": message("registration/field", "Accord"),
}


GO_ON = Option("resume", message("registration/go_on", "Continuer mon inscription"), "▶️")
"""Where answers wait that are not sent yet."""

OLD_CHOICE = message(
    "registration/old_choice", "🔄 Ce choix n'est plus possible. Choisissez parmi ceux-ci."
)
NOT_OPEN = message(
    "registration/not_open",
    "📅 Les inscriptions à cette rencontre ne sont plus ouvertes. Vos autres réponses restent.",
)


def both(text: Text) -> Bilingual:
    """Return a gathering's text in the engine's words."""
    return Bilingual(text.fr, text.bm)


def moment(at: datetime) -> str:
    """Return a day and an hour in figures; the clock of Bamako is UTC."""
    return f"{at:%d/%m/%Y, %H:%M}"


def gathering_lines(gathering: Gathering) -> list[Message]:
    """Return what, when and where a gathering is."""
    lines = [
        message("gathering/name", "📅 {name}", name=both(gathering.name)),
        message("gathering/when", "🕘 {when}", when=moment(gathering.starts_at)),
        message("gathering/where", "📍 {venue}", venue=both(gathering.venue)),
    ]
    if gathering.theme is not None:
        lines.append(message("gathering/theme", "💬 {theme}", theme=both(gathering.theme)))
    if gathering.co_organizers:
        names = ", ".join(gathering.co_organizers)
        lines.append(message("gathering/with", "🤝 Avec : {names}", names=names))
    return lines


def window_line(gathering: Gathering, now: datetime) -> Message:
    """Return from when or until when one may register."""
    if now < gathering.opens_at:
        opens = moment(gathering.opens_at)
        return message("gathering/window", "✍️ Inscriptions à partir du {when}.", when=opens)
    if now < gathering.closes_at:
        closes = moment(gathering.closes_at)
        return message("gathering/window", "✍️ Inscriptions jusqu'au {when}.", when=closes)
    return message("gathering/window", "✍️ Les inscriptions sont closes.")


def gathering_option(gathering: Gathering, region: Bilingual | None) -> Option:
    """Return a gathering to tap; its region stands first, where it is held for one alone."""
    day = f"{gathering.starts_at:%d/%m/%Y}"
    name = both(gathering.name)
    if region is None:
        label = message("gathering/option", "{name}, {day}", name=name, day=day)
    else:
        label = message(
            "gathering/option", "{region}, {day} : {name}", region=region, day=day, name=name
        )
    return Option(gathering.code, label, "📅")


def application_lines(
    application: Application, region: Bilingual, cercle: Bilingual | None
) -> list[Message]:
    """Return the answers of a registration, line by line."""
    name = application.organization
    if application.acronym:
        name = f"{name} ({application.acronym})"
    place: Value = region
    if cercle is not None:
        place = message("registration/place", "{region}, {cercle}", region=region, cercle=cercle)
    lines = [
        message("registration/who", "🏢 {name}, {kind}", name=name, kind=KINDS[application.kind]),
        message("registration/place", "📍 {place}", place=place),
        message(
            "registration/contact",
            "👤 {name}, {role}, {phone}",
            name=application.contact_name,
            role=application.contact_role,
            phone=show_phone(application.phone),
        ),
        people_line(application),
    ]
    if application.least_places is not None:
        lines.append(message("registration/split", "➗ Une partie du groupe peut venir."))
    if application.needs:
        lines.append(message("registration/needs", "🧩 {needs}", needs=_joined(application.needs)))
    if application.wants_to_speak:
        lines.append(message("registration/speak", "🎤 Souhaite prendre la parole"))
    if application.wants_stand:
        lines.append(message("registration/stand", "🧺 Souhaite tenir un stand"))
    lines += [
        message("registration/wish", "📝 {wish}", wish=each) for each in application.recommendations
    ]
    return lines


def people_line(application: Application) -> Message:
    """Return how many women and men come."""
    return message(
        "registration/people",
        "👥 Femmes : {women}. Hommes : {men}.",
        women=str(application.women),
        men=str(application.men),
    )


def refusal(error: InvalidAnswerError) -> Message:
    """Return why a typed answer can't be taken, and what would be one."""
    match error.reason:
        case "too_small":
            return message(
                "registration/refusal", "🔢 Il faut au moins {limit}.", limit=str(error.limit)
            )
        case "too_large":
            return message(
                "registration/refusal",
                "🔢 Le nombre permis va jusqu'à {limit}.",
                limit=str(error.limit),
            )
        case "not_a_number":
            return message("registration/refusal", "🔢 Écrivez un nombre, par exemple 2.")
        case "too_long":
            return message("registration/refusal", "✂️ C'est trop long. Écrivez plus court.")
        case _:
            return message("registration/refusal", "✏️ Écrivez avec des lettres, sans images.")


def code_line(registration: Registration) -> Message:
    """Return the code, as it is read aloud."""
    return message("registration/code", "🔑 Code : {code}", code=registration.code)


def state_lines(registration: Registration, rank: int | None) -> list[Message]:
    """Return where a registration stands, and what that means."""
    lines = [STATE_LINES[registration.state]]
    if rank is not None:
        lines.append(message("registration/rank", "🔢 Rang : {rank}", rank=str(rank)))
    if registration.passed_over:
        lines.append(
            message(
                "registration/passed",
                "↪️ Un groupe plus petit est passé avant vous : {times} fois, deux au plus.",
                times=str(registration.passed_over),
            )
        )
    if registration.offer_until is not None:
        lines.append(offer_line(registration))
    if registration.reason:
        lines.append(
            message("registration/reason", "💬 Motif : {reason}", reason=registration.reason)
        )
    return lines


def offer_line(registration: Registration) -> Message:
    """Return how many places are offered, and until when."""
    until = registration.offer_until
    return message(
        "registration/offer",
        "🎟️ Places proposées : {places}, jusqu'au {until}.",
        places=str(registration.places),
        until=moment(until) if until is not None else "",
    )


def registration_option(registration: Registration, gathering: Gathering) -> Option:
    """Return a registration to tap."""
    label = message(
        "registration/option",
        "{organization}, {gathering}",
        organization=registration.application.organization[:30],
        gathering=gathering.code,
    )
    return Option(str(registration.id), label, "🗂️")


def _joined(needs: Sequence[Need]) -> Message:
    """Return several needs as one text, each in the reader's language."""
    joined: Message = NEEDS[needs[0]]
    for need in needs[1:]:
        joined = message("registration/and", "{first}, {next}", first=joined, next=NEEDS[need])
    return joined
