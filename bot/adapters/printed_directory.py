"""A region's directory on paper: its entries in the words of both languages."""

from collections.abc import Iterable, Iterator

from bot.adapters import service_texts as texts
from bot.conversation.rendering import Renderer
from flows.engine.messages import Message, message
from referral_directory.directory_paper import Block, Section, Sheet
from referral_directory.hours import format_hours
from referral_directory.printed import PrintedDirectory
from referral_directory.schemas import Bilingual, PhoneLine, ServiceCard

_LANGUAGES = ("fr", "bm")
_TELEGRAM = "https://t.me/"


def sheet_of(directory: PrintedDirectory, renderer: Renderer, bot_name: str | None) -> Sheet:
    """Return what is printed.

    Args:
        directory: Verified entries alone.
        renderer: Writes texts in both languages.
        bot_name: The bot's Telegram name; without it there is no code to scan.
    """
    writer = _Writer(renderer)
    title = message("print/title", "Services : {region}", region=texts.both(directory.region))
    call = message("print/advice", "Appelez avant d'y aller : un service peut changer.")
    safe = message("print/advice", "Gardez ce papier là où personne ne le cherche.")
    scan = message("print/scan", "Scannez le code : Jigi répond dans Telegram.")
    made = message("print/made", "Fait le {date}", date=texts.day(directory.day))
    return Sheet(
        title=writer.lines(title),
        advice=tuple(line for each in (call, safe) for line in writer.lines(each)),
        address=f"{_TELEGRAM}{bot_name}" if bot_name else "",
        scan=writer.joined(scan),
        sections=tuple(
            section for section in writer.sections(directory) if section.blocks or section.words
        ),
        foot=writer.joined(made),
    )


class _Writer:
    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def lines(self, said: Message) -> tuple[str, ...]:
        """Return a text in both languages, the French first."""
        both = (self._renderer.text(said, language) for language in _LANGUAGES)
        return tuple(dict.fromkeys(line.split("\n")[0].strip() for line in both))

    def joined(self, said: Message) -> str:
        return " · ".join(self.lines(said))

    def sections(self, directory: PrintedDirectory) -> Iterator[Section]:
        danger = message("print/danger", "En danger")
        yield Section(self.joined(danger), tuple(map(self._line, directory.emergency)))
        yield Section(
            self.joined(message("print/lines", "Par téléphone, pour tout le pays")),
            tuple(map(self._line, directory.lines)),
        )
        none = message("print/none", "Aucun service vérifié ici.")
        yield Section(
            self.joined(message("print/places", "Adresses")),
            tuple(map(self._service, directory.services)),
            () if directory.services else self.lines(none),
        )

    def _line(self, line: PhoneLine) -> Block:
        said = [format_hours(line.hours)] if line.hours else []
        if line.is_police:
            said += self.lines(texts.your_choice())
        return Block(
            line.label.fr, line.label.bm or "", (line.display,), tuple(said), self._checked(line)
        )

    def _service(self, card: ServiceCard) -> Block:
        said = [*_both(card.description)]
        if card.is_police:
            said += self.lines(texts.your_choice())
        if card.eligibility is not None:
            said += _both(card.eligibility)
        said.append(self.joined(texts.place_line(card)))
        said.append(self.joined(texts.fees_line(card)))
        if card.hours:
            said.append(format_hours(card.hours))
        return Block(
            card.name.fr,
            card.name.bm or "",
            tuple(line.display for line in card.phones),
            tuple(said),
            self._checked(card),
        )

    def _checked(self, entry: PhoneLine | ServiceCard) -> str:
        if entry.assured_date is None:
            # What stands everywhere holds no detail that could be wrong, and so no date.
            return self.joined(message("print/everywhere", "Partout : demandez autour de vous"))
        said = message("print/checked", "Vérifié le {date}", date=texts.day(entry.assured_date))
        return self.joined(said)


def _both(text: Bilingual) -> Iterable[str]:
    return [text.fr, *([text.bm] if text.bm else [])]
