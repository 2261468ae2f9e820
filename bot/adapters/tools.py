"""The quiz and the project check behind the flows' look-ups. Nothing of them is stored."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.adapters.tool_texts import (
    advice_text,
    explanation_text,
    gap_text,
    question_text,
    statement_text,
)
from bot.conversation.rendering import Renderer
from flows.engine.effects import LookUp
from flows.engine.events import Attachment, LookedUp
from flows.engine.messages import Message, Option, message
from guidance.sheets import ListPart, print_list
from guidance.tool_questions import (
    Reply,
    Statement,
    gaps,
    project_questions,
    quiz,
    replies_so_far,
)

LOOK_UPS = frozenset(
    {"quiz_question", "quiz_answer", "quiz_next"}
    | {"project_question", "project_take", "project_result", "project_sheet"}
)
_PICK = re.compile(r"([a-z]{2,12})-([1-9])-([tf])")

Slots = dict[str, str]


@dataclass(frozen=True, slots=True)
class ToolLookUps:
    """Answers the look-ups of the quiz and the project check.

    Attributes:
        renderer: writes the printed list.
    """

    renderer: Renderer

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; see `bot.conversation.ports.LookUps`."""
        return await self._known()[request.name](request, dict(request.slots), now)

    def _known(self) -> Mapping[str, Callable[[LookUp, Slots, datetime], Awaitable[LookedUp]]]:
        return {
            "quiz_question": self._quiz_question,
            "quiz_answer": self._quiz_answer,
            "quiz_next": self._quiz_next,
            "project_question": self._project_question,
            "project_take": self._project_take,
            "project_result": self._project_result,
            "project_sheet": self._project_sheet,
        }

    # -- the quiz --------------------------------------------------------------------------

    async def _quiz_question(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        name = slots.get("quiz", "")
        number = int(slots.get("question", "1"))
        statements = quiz().get(name, ())
        if not 1 <= number <= len(statements):
            return LookedUp(request.name)
        said = (
            message(
                "quiz/number", "❔ {number} sur {all}", number=str(number), all=str(len(statements))
            ),
            statement_text(name, number),
        )
        options = (
            Option(f"{name}-{number}-t", message("quiz/true", "Vrai"), "✅"),
            Option(f"{name}-{number}-f", message("quiz/false", "Faux"), "❌"),
        )
        return LookedUp(request.name, said, options)

    async def _quiz_answer(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        found = _picked(slots.get("pick", ""))
        if found is None:
            return LookedUp(request.name)
        name, number, said_true, statement = found
        truth = (
            message("quiz/is_true", "C'est vrai.")
            if statement.is_true
            else message("quiz/is_false", "C'est faux.")
        )
        right = said_true == statement.is_true
        verdict = (
            message("quiz/right", "👍 Oui. {truth}", truth=truth)
            if right
            else message("quiz/wrong", "💡 Non. {truth}", truth=truth)
        )
        return LookedUp(request.name, (verdict, explanation_text(name, number)))

    async def _quiz_next(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        found = _picked(slots.get("pick", ""))
        if found is None:
            return LookedUp(request.name, slots=(("quiz", None), ("pick", None)))
        name, number, _, _ = found
        is_last = number >= len(quiz()[name])
        return LookedUp(
            request.name,
            slots=(
                ("pick", None),
                ("quiz", name),
                ("question", None if is_last else str(number + 1)),
                ("over", "yes" if is_last else None),
            ),
        )

    # -- the project check -----------------------------------------------------------------

    async def _project_question(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        so_far = replies_so_far(slots.get("replies", ""))
        questions = project_questions()
        number = min(len(so_far), len(questions) - 1)
        said = (
            message(
                "project/number",
                "📋 {number} sur {all}",
                number=str(number + 1),
                all=str(len(questions)),
            ),
            question_text(number),
        )
        labels = {
            Reply.YES: ("✅", message("project/yes", "Oui")),
            Reply.PARTLY: ("🌓", message("project/partly", "En partie")),
            Reply.NO: ("❌", message("project/no", "Non")),
        }
        options = tuple(
            Option(so_far[:number] + reply, label, icon) for reply, (icon, label) in labels.items()
        )
        return LookedUp(request.name, said, options)

    async def _project_take(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        replies = replies_so_far(slots.get("reply", ""))
        done = len(replies) == len(project_questions())
        return LookedUp(
            request.name,
            slots=(
                ("reply", None),
                ("replies", replies or None),
                ("done", "yes" if done else None),
            ),
        )

    async def _project_result(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        return LookedUp(request.name, tuple(_gap_lines(slots.get("replies", ""))))

    async def _project_sheet(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        replies = replies_so_far(slots.get("replies", ""))
        parts = tuple(self._part(replies, language) for language in ("fr", "bm"))
        notes = tuple(self.renderer.text(_not_stored(), language) for language in ("fr", "bm"))
        made = print_list(parts, notes)
        return LookedUp(request.name, attachment=Attachment("projet.pdf", made))

    def _part(self, replies: str, language: str) -> ListPart:
        """Return the gaps in one language, with how many of the answers were a yes."""
        found = gaps(replies)
        text = self.renderer.text
        entries = []
        for gap in found:
            heading = _gap_in_part(gap.number) if gap.is_partial else _gap_whole(gap.number)
            entries.append((text(heading, language), text(advice_text(gap.number), language)))
        summary = (_score(replies), *(() if found else (_no_gap(),)))
        return ListPart(
            text(_title(), language),
            tuple(text(each, language) for each in summary),
            tuple(entries),
        )


def _title() -> Message:
    return message("project/title", "Le genre dans le projet : ce qui manque")


def _not_stored() -> Message:
    return message("project/not_stored", "Les réponses ne sont gardées nulle part.")


def _score(replies: str) -> Message:
    counts = {each: str(replies.count(each.value)) for each in Reply}
    return message(
        "project/score",
        "Oui : {yes}. En partie : {partly}. Non : {no}.",
        yes=counts[Reply.YES],
        partly=counts[Reply.PARTLY],
        no=counts[Reply.NO],
    )


def _no_gap() -> Message:
    return message("project/no_gap", "✅ Rien ne manque dans ces dix réponses.")


def _gap_whole(number: int) -> Message:
    return message(
        "project/heading", "{number}. {gap}", number=str(number + 1), gap=gap_text(number)
    )


def _gap_in_part(number: int) -> Message:
    return message(
        "project/heading_in_part",
        "{number}. {gap} (en partie)",
        number=str(number + 1),
        gap=gap_text(number),
    )


def _gap_lines(kept: str) -> Iterable[Message]:
    found = gaps(replies_so_far(kept))
    if not found:
        yield _no_gap()
    for gap in found:
        if gap.is_partial:
            yield message(
                "project/gap_in_part",
                "🌓 {gap}. {advice}",
                gap=gap_text(gap.number),
                advice=advice_text(gap.number),
            )
        else:
            yield message(
                "project/gap",
                "❌ {gap}. {advice}",
                gap=gap_text(gap.number),
                advice=advice_text(gap.number),
            )
    yield _not_stored()


def _picked(pick: str) -> tuple[str, int, bool, Statement] | None:
    parts = _PICK.fullmatch(pick)
    statements = quiz().get(parts.group(1), ()) if parts else ()
    if parts is None or int(parts.group(2)) > len(statements):
        return None
    number = int(parts.group(2))
    return parts.group(1), number, parts.group(3) == "t", statements[number - 1]
