"""What is said about a group under the quota law, and the buttons that count."""

from collections.abc import Iterable, Sequence

from flows.engine.events import Attachment
from flows.engine.messages import Message, Option, message
from guidance.quota import LARGEST, Case, Group, Sex, Verdict, share

PICTURE_FROM = 8  # names
STEPS = (-1, 1, 5)
_PER_CLUSTER = 5  # letters of an order, for the eye
_ARTICLES = {Case.APPOINTMENTS: "1", Case.NATIONAL_LIST: "2", Case.LOCAL_LIST: "2"}  # on the share


def written(group: Group) -> str:
    """Return a group as a session keeps it: `7-3`, or the letters of its order."""
    if group.order is not None:
        return "".join(group.order).lower()
    return f"{group.men}-{group.women}"


def group_of(kept: str) -> Group:
    """Return the group that `written` wrote; nobody for anything else."""
    if kept and set(kept) <= {"h", "f"}:
        order = tuple(Sex(each.upper()) for each in kept)
        return Group(order.count(Sex.MAN), order.count(Sex.WOMAN), order)
    men, _, women = kept.partition("-")
    if not (men.isdecimal() and women.isdecimal()) or int(men) + int(women) > LARGEST:
        return Group(0, 0)
    return Group(int(men), int(women))


def count_line(group: Group) -> Message:
    """Return how many there are, with their shares."""
    return message(
        "quota/count",
        "👥 Femmes : {women} ({women_share} %). Hommes : {men} ({men_share} %).",
        women=str(group.women),
        women_share=share(group.women, group.size).text,
        men=str(group.men),
        men_share=share(group.men, group.size).text,
    )


def counter_buttons(group: Group) -> tuple[Option, ...]:
    """Return the buttons that count: each carries the numbers as they will be."""
    options = {}
    for sex in Sex:
        for step in STEPS:
            men = group.men + (step if sex is Sex.MAN else 0)
            women = group.women + (step if sex is Sex.WOMAN else 0)
            changed = Group(max(0, men), max(0, women))
            sign = f"+{step}" if step > 0 else f"−{-step}"
            if changed.size <= LARGEST and min(men, women) >= 0:
                options[written(changed)] = Option(written(changed), _step_label(sex, sign))
    return tuple(options.values())


def _step_label(sex: Sex, sign: str) -> Message:
    if sex is Sex.MAN:
        return message("quota/men_step", "Hommes {sign}", sign=sign)
    return message("quota/women_step", "Femmes {sign}", sign=sign)


def verdict_lines(verdict: Verdict) -> Iterable[Message]:
    """Yield the answer: a table, then a line a fact, ending with what it is not."""
    yield from _table(verdict)
    if verdict.case is Case.RESULT:
        yield message(
            "quota/result",
            "📊 Un résultat d'élection est montré, pas jugé : la loi parle des listes.",
        )
    elif verdict.respected is None:
        yield _not_judged(verdict)
    elif verdict.case is Case.LOCAL_LIST:
        yield from _about_share(verdict)
        yield from _about_order(verdict)
    else:
        yield from _about_share(verdict)
    yield message("quota/no_advice", "ℹ️ Information, pas un conseil juridique.", risk="law")


def _table(verdict: Verdict) -> Iterable[Message]:
    """Yield a table: a head, then women and men with number, share and minimum."""
    size = str(verdict.group.size)
    if verdict.respected is None:
        yield message("quota/head", "📋 Total {size} │ part", size=size)
    else:
        yield message("quota/head_judged", "📋 Total {size} │ part │ minimum", size=size)
    for sex in (Sex.WOMAN, Sex.MAN):
        yield _row(verdict, sex)


def _row(verdict: Verdict, sex: Sex) -> Message:
    number = verdict.group.number(sex)
    if sex is Sex.WOMAN:
        row = message("quota/women_row", "👩 Femmes {number} │ {share} %{minimum}")
    else:
        row = message("quota/men_row", "👨 Hommes {number} │ {share} %{minimum}")
    mark = "✅" if number >= verdict.minimum else "❌"
    judged = "" if verdict.respected is None else f" │ {verdict.minimum} {mark}"
    return row.filled(
        {
            "number": str(number),
            "share": share(number, verdict.group.size).text,
            "minimum": judged,
        }
    )


def _not_judged(verdict: Verdict) -> Message:
    if verdict.disputed:
        return message(
            "quota/disputed",
            "⚖️ Deux sièges : la loi parle de 3 noms ou plus. Un responsable a dit en 2018 que la"
            " règle vaut aussi pour deux. C'est disputé.",
            risk="law",
        )
    return message("quota/too_small", "📏 Trop peu de personnes pour que l'article parle.")


def _about_share(verdict: Verdict) -> Iterable[Message]:
    """Yield what article 1 or 2 says: whether 30 % is reached, and how many are lacking."""
    article = _ARTICLES[verdict.case]
    yield _broken(article) if verdict.missing else _respected(article)
    if verdict.missing:
        yield _more_needed(verdict.lacking, verdict.missing)


def _respected(article: str) -> Message:
    return message(
        "quota/respected", "✅ Article {article} : respecté.", risk="law", article=article
    )


def _broken(article: str) -> Message:
    return message(
        "quota/broken", "❌ Article {article} : pas respecté.", risk="law", article=article
    )


def _more_needed(lacking: Sex | None, number: int) -> Message:
    """Return how many must come in the place of the others: the size stays."""
    if lacking is Sex.MAN:
        return message(
            "quota/more_men",
            "➕ Il faut {number} de plus : des hommes, à la place de femmes.",
            number=str(number),
        )
    return message(
        "quota/more_women",
        "➕ Il faut {number} de plus : des femmes, à la place d'hommes.",
        number=str(number),
    )


def _about_order(verdict: Verdict) -> Iterable[Message]:
    """Yield what article 3 says: the place that breaks the order, and an order that holds."""
    if verdict.order_respected is None:
        yield message("quota/order_unknown", "↕️ Article 3 : il dépend de l'ordre des noms.")
    else:
        yield _respected("3") if verdict.order_respected else _broken("3")
    if verdict.first_break is not None:
        yield message(
            "quota/break",
            "↕️ À la place {place} : trois de suite du même sexe.",
            place=str(verdict.first_break),
        )
    if not verdict.order_exists:
        yield message(
            "quota/no_order",
            "↕️ Avec ces nombres, aucun ordre n'évite trois de suite du même sexe.",
        )
        if verdict.missing_for_order > verdict.missing:
            yield _more_needed(verdict.lacking, verdict.missing_for_order)
    if verdict.proposed is not None:
        yield _proposal(verdict.group, verdict.proposed)
    yield message(
        "quota/our_reading", "« Jamais trois de suite » est notre lecture de l'article 3."
    )


def _proposal(group: Group, order: Sequence[Sex]) -> Message:
    men, women = order.count(Sex.MAN), order.count(Sex.WOMAN)
    written_out = _in_clusters(order)
    if (men, women) != (group.men, group.women):
        return message(
            "quota/proposed_with",
            "📝 Avec {women} femmes et {men} hommes, un ordre possible : {order}",
            women=str(women),
            men=str(men),
            order=written_out,
        )
    if group.order is not None:
        return message("quota/corrected", "📝 L'ordre corrigé : {order}", order=written_out)
    return message("quota/proposed", "📝 Un ordre possible : {order}", order=written_out)


def _in_clusters(order: Sequence[Sex]) -> str:
    letters = "".join(order)
    starts = range(0, len(letters), _PER_CLUSTER)
    return " ".join(letters[start : start + _PER_CLUSTER] for start in starts)


def picture_of(verdict: Verdict) -> Attachment | None:
    """Return the bar with the 30 % line, from eight people on."""
    if verdict.group.size < PICTURE_FROM:
        return None
    from guidance.quota_picture import draw_bar  # noqa: PLC0415  # loads Pillow, 10 MB

    drawn = draw_bar(verdict.group, judged=verdict.respected is not None)
    return Attachment("30.png", drawn, is_picture=True)
