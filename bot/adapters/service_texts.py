"""What is said about services and numbers: from the directory's values to messages."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from flows.engine.messages import Bilingual, Message, Value, message
from referral_directory.schemas import Bilingual as DirectoryText
from referral_directory.schemas import FoundServices, OpeningHours, PhoneLine, ServiceCard
from referral_directory.vocabulary import Answer, Fees, Freshness, Width

LISTED = 3  # services on one screen


def both(text: DirectoryText) -> Bilingual:
    """Return the directory's text in the engine's words."""
    return Bilingual(text.fr, text.bm)


def width_line(found: FoundServices) -> Message | None:
    """Return how far the search had to go, or `None` when it stayed in the asked place."""
    area = both(found.found_in) if found.found_in else Bilingual("")
    match found.width:
        case Width.CERCLE:
            return None
        case Width.REGION if found.found_in:
            # Most regions bear the name of their seat: « nothing in X, but in X » would puzzle.
            return message(
                "services/width", "🔎 Rien de connu sur place. Ailleurs dans la région :"
            )
        case Width.NEARBY if found.found_in:
            return message(
                "services/width", "🔎 Rien de connu sur place. Plus loin : {area}.", area=area
            )
        case Width.REGION | Width.NEARBY:
            return None
        case Width.NATIONAL:
            return message("services/width", "🔎 Services pour tout le pays :")
        case Width.NONE:
            return message("services/width", "🔎 Aucun service vérifié ici. Vous pouvez aller :")


def entry_line(number: int, card: ServiceCard) -> Message:
    """Return one service in one line: its name, where, and the first number."""
    params: dict[str, Value] = {"number": str(number), "name": _name_with_place(card)}
    if not card.phones:
        return message("services/entry", "{number}. {name}").filled(params)
    params["phone"] = card.phones[0].display
    return message("services/entry", "{number}. {name} 📞 {phone}").filled(params)


def _name_with_place(card: ServiceCard) -> Bilingual:
    """Return the name with the place behind it, unless the name says it already."""
    if card.place is None:
        return both(card.name)
    french = _joined(card.name.fr, card.place.fr)
    bambara = _joined(card.name.bm or card.name.fr, card.place.bm or card.place.fr)
    return Bilingual(french, bambara)


def _joined(name: str, place: str) -> str:
    return name if place in name else f"{name}, {place}"


def number_line(line: PhoneLine) -> Message:
    """Return a phone number in one line, with an honest word when nobody has checked it."""
    params: dict[str, Value] = {"phone": line.display, "label": both(line.label)}
    if line.freshness is Freshness.UNVERIFIED:
        return message("services/number", "📞 {phone} : {label} (pas encore vérifié)").filled(
            params
        )
    if line.freshness is Freshness.EXPIRED and line.assured_date:
        params["date"] = day(line.assured_date)
        return message("services/number", "📞 {phone} : {label} (vérifié le {date})").filled(params)
    return message("services/number", "📞 {phone} : {label}").filled(params)


def danger_line(line: PhoneLine) -> Message:
    """Return the number for danger, where nothing that is listed can be called."""
    params: dict[str, Value] = {"phone": line.display, "label": both(line.label)}
    if line.freshness is Freshness.UNVERIFIED:
        return message(
            "services/danger",
            "🆘 En danger : {phone}, {label} (pas encore vérifié)",
            risk="danger",
            discreet=message("services/danger", "📞 {phone}, {label} (pas encore vérifié)"),
        ).filled(params)
    return message(
        "services/danger",
        "🆘 En danger : {phone}, {label}",
        risk="danger",
        discreet=message("services/danger", "📞 {phone}, {label}"),
    ).filled(params)


def honest_line(cards: Iterable[ServiceCard]) -> Message | None:
    """Return the warning that fits the least certain of `cards`; `None` when all are fresh."""
    states = {card.freshness for card in cards}
    if Freshness.UNVERIFIED in states:
        return message(
            "services/honest", "⚠️ Pas encore vérifié : appelez ou demandez avant de vous déplacer."
        )
    if states & {Freshness.STALE, Freshness.EXPIRED}:
        return message("services/honest", "⚠️ Vérifié il y a longtemps : appelez avant d'y aller.")
    return None


def no_channel() -> Message:
    """Return that nobody is known to take complaints about people of an organisation."""
    return message(
        "services/no_channel",
        "✉️ Pour se plaindre d'un agent, aucun canal n'est vérifié ici. Un service d'écoute peut"
        " dire ce qui existe.",
        discreet=message("services/no_channel", "✉️ Rien n'est vérifié pour écrire à un bureau."),
    )


def ask_for_pep() -> Message:
    """Return what to ask first when no listed service is known to have the treatment."""
    return message(
        "services/pep",
        "💊 Demandez d'abord : « Avez-vous le traitement contre le VIH ? »",
        risk="health",
    )


def your_choice() -> Message:
    """Return the sentence that always stands with police and gendarmerie."""
    return message("services/choice", "⚖️ Porter plainte est votre choix.", risk="law")


def card_lines(card: ServiceCard, now: datetime) -> Iterable[Message]:
    """Yield everything one service says about itself, a line a fact.

    Args:
        card: what the public may see; nothing confidential is in it.
        now: aware UTC, which is Bamako's time.
    """
    yield message("card/name", "🤝 {name}", name=both(card.name))
    yield message("card/what", "ℹ️ {what}", what=both(card.description))
    if card.is_police:
        yield your_choice()
    if card.eligibility is not None:
        yield message("card/whom", "👥 Pour : {whom}", whom=both(card.eligibility))
    yield fees_line(card)
    yield _hours_line(card, now)
    yield from _phone_lines(card.phones, now)
    yield place_line(card)
    yield from _clinical_lines(card)
    if card.languages:
        names = ", ".join(_LANGUAGES.get(code, code) for code in card.languages)
        yield message("card/languages", "🗣️ Langues : {names}", names=names)
    if card.accessibility:
        yield message("card/access", "♿ Accès pour les personnes handicapées : prévu")
    yield _checked_line(card)


_LANGUAGES = {"fr": "français", "bm": "bamanankan", "ff": "fulfulde", "snk": "soninke"}


def fees_line(card: ServiceCard) -> Message:
    """Return what a service costs."""
    if card.fees_note is not None:
        return message("card/fees", "💰 {note}", note=both(card.fees_note))
    match card.fees:
        case Fees.FREE:
            return message("card/fees", "💰 Gratuit")
        case Fees.PAID:
            return message("card/fees", "💰 Payant : demandez le prix")
        case Fees.UNKNOWN:
            return message("card/fees", "💰 Prix : à demander")


def _hours_line(card: ServiceCard, now: datetime) -> Message:
    if not card.hours:
        return message("card/hours", "🕗 Horaires : à demander")
    today = _hours_of_day(card.hours, now.weekday())
    if card.is_open:
        return message("card/hours", "🕗 Ouvert maintenant ({hours})", hours=today)
    if today:
        return message("card/hours", "🕗 Fermé maintenant. Aujourd'hui : {hours}", hours=today)
    return message("card/hours", "🕗 Fermé aujourd'hui")


def _hours_of_day(hours: Sequence[OpeningHours], weekday: int) -> str:
    return ", ".join(
        f"{each.opens_at:%H:%M}–{each.closes_at:%H:%M}" for each in hours if each.day == weekday
    )


def _phone_lines(lines: Sequence[PhoneLine], now: datetime) -> Iterable[Message]:
    if not lines:
        yield message("card/no_phone", "📞 Numéro : pas connu")
    for line in lines:
        yield number_line(line)
        today = _hours_of_day(line.hours, now.weekday())
        if line.is_open is False and today:
            yield message("card/line_hours", "🕗 Cette ligne répond : {hours}", hours=today)


def place_line(card: ServiceCard) -> Message:
    """Return where a service is, or that this stays secret."""
    if card.restricted:
        return message("card/secret", "🔒 L'adresse reste secrète. On vous y conduit.")
    if card.place is None:
        return message("card/place", "📍 Lieu : demandez par téléphone ou autour de vous")
    if card.address:
        return message(
            "card/place", "📍 {address}, {place}", address=card.address, place=both(card.place)
        )
    return message("card/place", "📍 {place}", place=both(card.place))


def _clinical_lines(card: ServiceCard) -> Iterable[Message]:
    """Yield what is known about care after rape; what is not known is to be asked for."""
    facts = card.clinical
    if facts is None:
        return
    yes = message("card/answer", "oui")
    answers: dict[Answer, Value] = {
        Answer.YES: yes,
        Answer.NO: message("card/answer", "non"),
        Answer.UNKNOWN: message("card/answer", "à demander"),
    }
    yield message(
        "card/pep",
        "💊 Traitement contre le VIH : {pep} ; éviter une grossesse : {contraception}",
        risk="health",
        pep=answers[facts.pep],
        contraception=answers[facts.emergency_contraception],
    )
    if facts.woman_caregiver is Answer.YES:
        yield message("card/woman", "👩‍⚕️ Une femme peut soigner")
    if facts.takes_minors is Answer.YES:
        yield message("card/minors", "🧒 Reçoit les moins de 18 ans")
    if facts.takes_men is Answer.YES:
        yield message("card/men", "👨 Reçoit aussi les hommes et les garçons")
    if facts.asks_requisition is Answer.YES:
        yield message("card/requisition", "📄 Demande une réquisition", risk="law")
    if facts.asks_fee is Answer.YES:
        yield message("card/asks_fee", "💰 Demande de payer")


def _checked_line(card: ServiceCard) -> Message:
    if card.assured_date is not None and card.freshness is Freshness.FRESH:
        return message("card/checked", "✅ Vérifié le {date}", date=day(card.assured_date))
    if card.assured_date is not None:
        return message(
            "card/checked",
            "⚠️ Vérifié le {date} : appelez avant d'y aller",
            date=day(card.assured_date),
        )
    return message(
        "card/checked", "⚠️ Pas encore vérifié : appelez ou demandez avant de vous déplacer"
    )


def day(when: date) -> str:
    """Return a date in digits, the same in both languages: 08/03/2027."""
    return f"{when:%d/%m/%Y}"
