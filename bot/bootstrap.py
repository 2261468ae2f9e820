"""The wiring: the only room, beside the command line, that names concrete classes."""

import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

import event_registration.models  # noqa: F401  # registers its tables with the one metadata
import referral_directory.findable  # registers its table with the one metadata
import referral_directory.import_models  # registers its tables with the one metadata
import referral_directory.models  # noqa: F401  # registers its tables with the one metadata
import staff_console.models  # noqa: F401  # registers its tables with the one metadata
from bot.adapters.article_naming import ArticleNaming, own_articles
from bot.adapters.article_texts import messages_of
from bot.adapters.directory import DirectoryLookUps
from bot.adapters.guidance import LOOK_UPS as GUIDANCE_LOOK_UPS
from bot.adapters.guidance import GuidanceLookUps, build_index
from bot.adapters.look_ups import OF_A_CHAT, JoinedLookUps
from bot.adapters.registration import RegistrationLookUps
from bot.adapters.registration_courier import RegistrationCourier
from bot.adapters.service_reports import LOOK_UPS as REPORT_LOOK_UPS
from bot.adapters.service_reports import ReportLookUps
from bot.adapters.signatures import read_signatures
from bot.adapters.staff_queue import StaffLookUps
from bot.adapters.training import LOOK_UPS as TRAINING_LOOK_UPS
from bot.adapters.training import TrainingLookUps
from bot.adapters.understanding import NluUnderstanding
from bot.conversation.composing import Composer
from bot.conversation.deciding import Thresholds
from bot.conversation.destinations import Destination, read_destinations
from bot.conversation.driver import Conversation
from bot.conversation.guard import Guard, load_guard
from bot.conversation.person import Person
from bot.conversation.ports import Clock, Driver, Messenger, Understanding
from bot.conversation.rendering import Renderer
from bot.conversation.self_said import load_self_said
from bot.i18n.catalogue import (
    TRANSLATED_LANGUAGES,
    GettextCatalogue,
    load_catalogue,
    read_catalogue,
)
from bot.i18n.checking import problems
from bot.i18n.extraction import template
from bot.settings import ROOT, Settings, SettingsError
from event_registration.desk import Desk
from flows.engine.definition import FlowLibrary
from flows.engine.messages import Value
from flows.engine.session import Place, Session
from flows.language.reading import Reading, read_flows
from guidance.shelf import read_shelf
from guidance.signatures import NOBODY, Signed, signed_shelf
from guidance.training import TrainingDesk
from nlu.archive import ArchiveError, ModelArchive
from nlu.crisis_lexicon import CrisisLexicon
from nlu.normalise import words
from nlu.rasa_client import RasaClient
from nlu.reader import InProcessReader, RasaReader, Reader
from referral_directory.care_deadlines import read_care_deadlines
from referral_directory.gazetteer import Gazetteer
from referral_directory.loading import is_new, load_starter
from storage.database import Base, open_engine, sessionmaker
from storage.keys import Keyring, WeakKeyError
from storage.reading import ReadOnly, read_only
from storage.store import Store, open_store

_log = logging.getLogger(__name__)
LOCALES = ROOT / "locales"
DESTINATIONS_FILE = "destinations.yml"
KEY_FILE = "demo-secret-key"
LOOK_UPS = frozenset(
    {"regions", "areas", "match_place", "measure_area", "find_services", "service_card"}
    | {"service_pin", "emergency_numbers", "helplines", "guesses"}
    | GUIDANCE_LOOK_UPS
    | TRAINING_LOOK_UPS
    | REPORT_LOOK_UPS
    | OF_A_CHAT
)


class SystemClock:
    """The real clock; fulfils the `Clock` port."""

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        return datetime.now(UTC)


# -- flows and texts -----------------------------------------------------------------------


def _content() -> Mapping[str, str]:
    folder = files("flows.content")
    return {
        each.name: each.read_text(encoding="utf-8")
        for each in folder.iterdir()
        if each.name.endswith(".yml")
    }


def read_flow_files() -> Reading:
    """Return the flows of `flows/content`, with what is wrong with them."""
    return read_flows({n: text for n, text in _content().items() if n != DESTINATIONS_FILE})


def read_destination_table() -> Mapping[str, Destination]:
    """Return intent -> where it leads."""
    return read_destinations(_content()[DESTINATIONS_FILE])


def catalogue_template() -> Catalog:
    """Return every text that people may read, in French."""
    labels = [each.label for each in read_destination_table().values()]
    labels += messages_of(read_shelf())
    return template(ROOT, read_flow_files().library, labels)


def catalogue_problems() -> list[str]:
    """Return what is wrong with the catalogues."""
    wanted = catalogue_template()
    return [
        f"{language}: {problem}"
        for language in TRANSLATED_LANGUAGES
        for problem in problems(read_catalogue(LOCALES, language), wanted)
    ]


def read_thresholds() -> Thresholds:
    """Return how sure is sure enough, from `nlu/thresholds.yml`."""
    data = yaml.safe_load(files("nlu").joinpath("thresholds.yml").read_text(encoding="utf-8"))
    return Thresholds(sure=data["sure"], guess=data["guess"], help_share=data["help_share"])


def _constants(settings: Settings) -> Mapping[str, Value]:
    """Return the values that every text may name."""
    deadlines = read_care_deadlines()
    return {
        "organisation": settings.organisation_name,
        "pep_hours": str(deadlines["pep"].hours),
        "pep_days": str(deadlines["pep"].days),
        "ec_hours": str(deadlines["ec"].hours),
        "ec_days": str(deadlines["ec"].days),
    }


# -- keys, database, directory ---------------------------------------------------------------


def keyring(settings: Settings) -> Keyring:
    """Return the keys of this installation.

    Raises:
        SettingsError: the secret key is missing or could be guessed.
    """
    secret = settings.required("secret_key", "at least 32 random characters seal what is kept")
    previous = settings.secret_key_previous
    try:
        return Keyring(secret, previous.get_secret_value() if previous else None)
    except WeakKeyError as error:
        raise SettingsError(f"The setting JIGI_SECRET_KEY is too weak: {error.reason}.") from None


def demonstration_keyring(settings: Settings) -> Keyring:
    """Return keys for a demonstration: the secret that is set, or one kept under the data dir."""
    if settings.secret_key is not None:
        return keyring(settings)
    path = settings.data_dir / KEY_FILE
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return Keyring(path.read_text(encoding="utf-8").strip())


async def upgrade_database(settings: Settings) -> None:
    """Bring the database to the newest revision; creates it where it is SQLite."""
    if settings.database_url is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    from storage.migrate import upgrade  # noqa: PLC0415  # 7 MB that `serve` never needs

    await upgrade(settings.database, Base.metadata)


@dataclass(frozen=True, slots=True)
class OpenDirectory:
    """The referral directory with its places, open for reading and writing."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    read_only: ReadOnly
    gazetteer: Gazetteer


@asynccontextmanager
async def open_directory(settings: Settings) -> AsyncIterator[OpenDirectory]:
    """Open the directory of a database that is at its newest revision."""
    engine = open_engine(settings.database, demonstration_keyring(settings))
    reading = read_only(engine)
    try:
        gazetteer = await reading.read(Gazetteer.read)
        yield OpenDirectory(engine, sessionmaker(engine), reading, gazetteer)
    finally:
        await reading.close()
        await engine.dispose()


async def fill_directory(settings: Settings, clock: Clock, *, only_new: bool = False) -> bool:
    """Load the places and the starter directory; what staff changed stays.

    Args:
        settings: say which database.
        clock: when it is loaded.
        only_new: leave a directory alone that has any organisation.

    Returns:
        Whether it was loaded.
    """
    engine = open_engine(settings.database)
    try:
        async with sessionmaker(engine)() as session:
            if only_new and not await session.run_sync(is_new):
                return False
            await session.run_sync(load_starter, now=clock.now())
            await session.commit()
            return True
    finally:
        await engine.dispose()


# -- the conversation --------------------------------------------------------------------------


def build_guard() -> Guard:
    """Return the words that leave.

    They are compared in light spelling: the sound skeletons that the model reads would make « qui »
    and « quitter » the same.
    """
    return load_guard(_in_light_spelling)


def _in_light_spelling(text: str) -> str:
    return " ".join(words(text))


def build_reader(settings: Settings) -> Reader:
    """Return understanding: in this process, or asked of a Rasa server where one is set."""
    lexicon = CrisisLexicon.load()
    if settings.nlu_url is not None:
        return RasaReader(RasaClient(settings.nlu_url), lexicon)
    return InProcessReader(ModelArchive.read(), lexicon)


def _reader_if_any(settings: Settings) -> Reader | None:
    """Return the reader, or `None` when the archive is missing or broken.

    Leaving, danger and every button work without it, so the bot answers all the same.
    """
    try:
        return build_reader(settings)
    except (ArchiveError, OSError, EOFError, ValueError, KeyError) as error:
        _log.critical("model_missing", extra={"error": type(error).__name__})
        return None


def _guidance(
    settings: Settings, catalogue: GettextCatalogue, renderer: Renderer, signed: Signed
) -> GuidanceLookUps:
    """Return the articles and tools; a broken article is reported, and the others are served."""
    shelf = signed_shelf(read_shelf(), signed)
    named = {problem.file.removesuffix(".yml") for problem in shelf.problems}
    for name in sorted(named - shelf.articles.keys()):
        _log.warning("article_not_served", extra={"kind": name})
    return GuidanceLookUps(shelf, build_index(shelf, catalogue), renderer, settings.telegram_name)


def _training(directory: OpenDirectory, store: Store) -> TrainingLookUps:
    """Return training requests and focal points; they share the way into the database alone."""
    return TrainingLookUps(TrainingDesk(store.keyring), store, directory.gazetteer)


@dataclass(frozen=True, slots=True)
class OpenRegistration:
    """Registration with its own way into the database."""

    desk: Desk
    store: Store


@asynccontextmanager
async def open_registration(settings: Settings, keys: Keyring) -> AsyncIterator[OpenRegistration]:
    """Open registration on a database that is at its newest revision."""
    store = open_store(settings.database, keys)
    try:
        yield OpenRegistration(Desk(keys), store)
    finally:
        await store.close()


def build_courier(
    registration: OpenRegistration, messenger: Messenger, composer: Composer
) -> RegistrationCourier:
    """Return who tells registrants what they did not ask for."""
    return RegistrationCourier(
        registration.desk, registration.store, messenger, composer, SystemClock()
    )


def build_conversation(
    settings: Settings,
    directory: OpenDirectory,
    registration: OpenRegistration,
    *,
    allow_unverified: bool,
    signed: Signed = NOBODY,
) -> Conversation:
    """Return the conversation with everything it needs; `signed` is what staff have signed."""
    catalogue: GettextCatalogue = load_catalogue(LOCALES, signed)
    renderer = Renderer(catalogue, _constants(settings))
    guidance = _guidance(settings, catalogue, renderer, signed)
    destinations = read_destination_table()
    understanding: Understanding = NluUnderstanding(
        _reader_if_any(settings),
        CrisisLexicon.load(),
        directory.gazetteer,
        ArticleNaming(guidance.shelf, guidance.index, own_articles(destinations)),
    )
    return Conversation(
        library=read_flow_files().library,
        destinations=destinations,
        thresholds=read_thresholds(),
        guard=build_guard(),
        self_said=load_self_said(_in_light_spelling),
        understanding=understanding,
        look_ups=JoinedLookUps(
            DirectoryLookUps(
                directory.read_only, directory.gazetteer, allow_unverified=allow_unverified
            ),
            {
                **dict.fromkeys(GUIDANCE_LOOK_UPS, guidance),
                **dict.fromkeys(REPORT_LOOK_UPS, ReportLookUps(registration.store)),
                **dict.fromkeys(TRAINING_LOOK_UPS, _training(directory, registration.store)),
            },
            RegistrationLookUps(registration.desk, registration.store, directory.gazetteer),
            StaffLookUps(registration.store),
        ),
        composer=Composer(renderer),
    )


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A conversation over the starter directory, with unverified entries shown and marked."""

    driver: Driver
    library: FlowLibrary
    clock: Clock


@asynccontextmanager
async def demonstration(settings: Settings) -> AsyncIterator[Demonstration]:
    """Create the database where it is missing, fill it, and open a conversation over it."""
    clock = SystemClock()
    await upgrade_database(settings)
    await fill_directory(settings, clock)
    keys = demonstration_keyring(settings)
    async with (
        open_directory(settings) as directory,
        open_registration(settings, keys) as registration,
    ):
        signed = await read_signatures(settings)
        driver = build_conversation(
            settings, directory, registration, allow_unverified=True, signed=signed
        )
        yield Demonstration(driver, driver.library, clock)


def person_at(library: FlowLibrary, flow: str, language: str) -> Person:
    """Return a person who stands at the beginning of `flow`."""
    place = Place(flow, library.flows[flow].first)
    return Person(session=Session(current=place), language=language)


def readable(path: Path) -> Path:
    """Return `path` when it can be read.

    Raises:
        SettingsError: there is no such file.
    """
    if not path.is_file():
        raise SettingsError(f"There is no file {path}.")
    return path
