"""The questions of a registration: which comes next, and what an answer becomes."""

from collections.abc import Mapping, Sequence

from event_registration.cleaning import MOST_RECOMMENDATIONS, clean, read_number
from event_registration.drafts import Answer
from event_registration.errors import InvalidAnswerError
from event_registration.phones import read_phone
from event_registration.schemas import Application, Gathering
from event_registration.vocabulary import (
    GatheringKind,
    Language,
    Need,
    OrganizationKind,
    ReminderTime,
)

QUESTIONS = (
    "gathering", "organization", "acronym", "kind", "receipt", "region", "cercle",
    "contact_name", "contact_role", "phone", "women", "men", "split", "young", "disabled",
    "language", "needs", "part", "recommendations", "reminder", "photos", "consent",
)  # fmt: skip
"""All questions in their order; each is a step of the flow."""

SUMMARY = "summary"
SKIP, DONE, GIVEN = "skip", "done", "given"

_TYPED = frozenset({"organization", "acronym", "receipt", "contact_name", "contact_role"})
_NUMBERS = frozenset({"women", "men", "young", "disabled"})
_LISTS = frozenset({"needs", "recommendations"})
# Which question an error of the domain asks anew.
_ASKED_BY = {
    "delegates": "women",
    "least_places": "split",
    "recommendation": "recommendations",
    "data_consent": "consent",
}

Answers = Mapping[str, Answer]


def next_question(answers: Answers, gathering: Gathering | None) -> str:
    """Return the first question without an answer, `summary` when there is none."""
    return next(
        (name for name in asked(answers, gathering) if not _is_answered(name, answers)), SUMMARY
    )


def asked(answers: Answers, gathering: Gathering | None) -> Sequence[str]:
    """Return the questions that this organisation is asked."""
    left_out = set()
    if gathering is not None and gathering.kind is not GatheringKind.JPO:
        left_out.add("recommendations")
    if "men" in answers and people_of(answers) <= 1:
        left_out.add("split")
    return [name for name in QUESTIONS if name not in left_out]


def question_of(error: InvalidAnswerError) -> str:
    """Return the question whose answer can't be taken."""
    name = _ASKED_BY.get(error.field, error.field)
    return name if name in QUESTIONS else "organization"


def is_begun(answers: Answers) -> bool:
    """Return whether there is a registration to go on with; a correction is begun anew."""
    given = answers.keys() & (frozenset(QUESTIONS) - {"gathering"})
    return bool(given) and "editing" not in answers


def people_of(answers: Answers) -> int:
    """Return how many people come, as far as it is known."""
    return _number(answers, "women") + _number(answers, "men")


def read_typed(
    question: str, text: str, answers: Answers, gathering: Gathering | None
) -> dict[str, Answer | None]:
    """Return what a typed answer changes.

    Raises:
        InvalidAnswerError: it can't be taken.
    """
    if question in _TYPED:
        return {question: clean(question, text)}
    if question == "phone":
        return {question: read_phone(text)}
    if question in _NUMBERS:
        possible = numbers(question, answers, gathering)
        return {question: str(read_number(question, text, least=possible[0], most=possible[-1]))}
    if question == "recommendations":
        return {question: [*words_of(answers, question), clean("recommendation", text)]}
    raise InvalidAnswerError(question, "unknown")


def read_chosen(question: str, choice: str, answers: Answers) -> dict[str, Answer | None]:
    """Return what a tapped answer changes."""
    if choice == GIVEN:
        return {}
    if question in _LISTS and choice == DONE:
        return {f"{question}_done": "yes"}
    if question == "needs":
        if choice not in Need:
            return {}
        chosen = words_of(answers, "needs")
        changed = [each for each in chosen if each != choice]
        return {"needs": changed if choice in chosen else [*chosen, choice]}
    if question in _NUMBERS and not choice.isdigit():
        return {question: "0"}
    changes: dict[str, Answer | None] = {question: "" if choice == SKIP else choice}
    if question == "region":
        changes["cercle"] = None
    return changes


def ask_anew(question: str) -> dict[str, Answer | None]:
    """Return what has to go so that a question can be answered anew."""
    if question == "recommendations":
        return {"recommendations": None, "recommendations_done": None}
    return {f"{question}_done": None} if question in _LISTS else {}


def numbers(question: str, answers: Answers, gathering: Gathering | None) -> Sequence[int]:
    """Return the numbers that are an answer, at least one: somebody has to come."""
    most = gathering.most_delegates if gathering is not None else 0
    women = _number(answers, "women")
    match question:
        case "young" | "disabled":
            return range(people_of(answers) + 1)
        case "men":
            least = 0 if women else 1
            return range(least, max(least, most - women) + 1)
        case _:
            return range(most + 1)


def fit(
    answers: Answers, changes: Mapping[str, Answer | None], gathering: Gathering | None
) -> dict[str, Answer | None]:
    """Return the changes, with what they make impossible taken back: it is asked anew."""
    after = {name: value for name, value in {**answers, **changes}.items() if value is not None}
    gone: list[str] = []
    if gathering is not None and "women" in after and "men" in after:
        people = people_of(after)
        if _number(after, "women") > gathering.most_delegates:
            gone.append("women")
        if not 0 < people <= gathering.most_delegates:
            gone.append("men")
    if not gone and "men" in after:
        parts = ("young", "disabled")
        gone += [name for name in parts if _number(after, name) > people_of(after)]
    return {**changes, **dict.fromkeys(gone)}


def application_of(answers: Answers) -> Application:
    """Return the answers as an application.

    Raises:
        InvalidAnswerError: one is missing or is none of the choices.
    """
    text = {name: value for name, value in answers.items() if isinstance(value, str)}
    size = people_of(answers)
    part = text.get("part", "none")
    reminder = text.get("reminder", "")
    return Application(
        organization=text.get("organization", ""),
        acronym=text.get("acronym", ""),
        kind=_one_of(OrganizationKind, "kind", text),
        receipt=text.get("receipt", ""),
        region=text.get("region", ""),
        cercle=text.get("cercle") or None,
        contact_name=text.get("contact_name", ""),
        contact_role=text.get("contact_role", ""),
        phone=text.get("phone", ""),
        women=_number(answers, "women"),
        men=_number(answers, "men"),
        young=_number(answers, "young"),
        disabled=_number(answers, "disabled"),
        least_places=1 if text.get("split") == "part" and size > 1 else None,
        language=_one_of(Language, "language", text),
        needs=tuple(Need(each) for each in words_of(answers, "needs") if each in Need),
        wants_to_speak=part in {"speak", "both"},
        wants_stand=part in {"stand", "both"},
        recommendations=tuple(words_of(answers, "recommendations")),
        data_consent=text.get("consent") == "yes",
        photo_consent=text.get("photos") == "yes",
        reminder_time=ReminderTime(reminder) if reminder in ReminderTime else None,
    )


def answers_of(application: Application, gathering: Gathering) -> dict[str, Answer]:
    """Return a registration's answers, to be corrected one by one."""
    part = {(True, True): "both", (True, False): "speak", (False, True): "stand"}
    wishes = (application.wants_to_speak, application.wants_stand)
    reminder = application.reminder_time
    return {
        **organization_of(application),
        "gathering": gathering.code,
        "women": str(application.women),
        "men": str(application.men),
        "split": "whole" if application.least_places is None else "part",
        "young": str(application.young),
        "disabled": str(application.disabled),
        "language": application.language.value,
        "needs": [need.value for need in application.needs],
        "needs_done": "yes",
        "part": part.get(wishes, "none"),
        "recommendations": list(application.recommendations),
        "recommendations_done": "yes",
        "reminder": reminder.value if reminder else "none",
        "photos": "yes" if application.photo_consent else "no",
        "consent": "yes",
    }


def organization_of(application: Application) -> dict[str, Answer]:
    """Return the answers about an organisation that it has given before."""
    return {
        "organization": application.organization,
        "acronym": application.acronym,
        "kind": application.kind.value,
        "receipt": application.receipt,
        "region": application.region,
        "cercle": application.cercle or "",
        "contact_name": application.contact_name,
        "contact_role": application.contact_role,
        "phone": application.phone,
    }


def words_of(answers: Answers, name: str) -> list[str]:
    """Return an answer that is a list; an empty one where there is none."""
    value = answers.get(name)
    return list(value) if isinstance(value, list) else []


def _is_answered(name: str, answers: Answers) -> bool:
    if name == "recommendations" and len(words_of(answers, name)) >= MOST_RECOMMENDATIONS:
        return True
    return (f"{name}_done" if name in _LISTS else name) in answers


def _number(answers: Answers, name: str) -> int:
    value = answers.get(name)
    return int(value) if isinstance(value, str) and value.isdigit() else 0


def _one_of[T: (OrganizationKind, Language)](
    words: type[T], name: str, text: Mapping[str, str]
) -> T:
    value = text.get(name, "")
    if value not in words:
        raise InvalidAnswerError(name, "unknown")
    return words(value)
