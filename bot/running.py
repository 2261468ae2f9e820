"""Wiring of the running bot: database, edge and conversation; used by `jigi serve` and `doctor`."""

import logging
from datetime import datetime

from starlette.routing import BaseRoute

from bot import bootstrap, footprint
from bot.adapters.signatures import read_signatures
from bot.adapters.staff_reminders import StaffReminders
from bot.adapters.store import open_conversation_store
from bot.conversation import phrases
from bot.conversation.demo_gate import DemoGate
from bot.conversation.driver import Conversation
from bot.conversation.outgoing import ShowScreen
from bot.conversation.person import DEFAULT_LANGUAGE
from bot.conversation.ports import Driver
from bot.conversation.surroundings import Lines, Surroundings
from bot.i18n.catalogue import TRANSLATED_LANGUAGES, read_catalogue, signed_texts
from bot.i18n.checking import status
from bot.launching import open_rows
from bot.observability import PrometheusTally
from bot.serving import Doors, Parts, serve
from bot.settings import ROOT, Settings, SettingsError
from bot.telegram.bot_api import BotApi
from bot.telegram.limiter import SendingLimiter
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.reading import read
from flows.engine.advance import advance
from flows.engine.events import Began
from flows.engine.messages import Message
from flows.engine.session import Session
from guidance.signatures import Signed
from referral_directory.verification import national_emergency_is_old, national_emergency_ready
from storage.revisions import newest_revision, revision_of

NOT_READY = (
    "Jigi does not answer yet: no emergency number for the whole country is verified."
    " Call one, then: jigi directory verify tel-17 --by NAME --on DATE"
)
CHECKLIST = ROOT / "docs" / "launch-checklist.md"
_log = logging.getLogger(__name__)


async def serve_bot(settings: Settings, *, demo: bool) -> None:
    """Run the bot until it is told to stop.

    Raises:
        SettingsError: something is missing or wrong; the sentence says what.
    """
    token = settings.required("telegram_token", "the bot's token from @BotFather")
    keys = bootstrap.keyring(settings)
    secret = _webhook_secret(settings)
    await _check_database(settings)
    clock = bootstrap.SystemClock()
    signed = await read_signatures(settings)
    _report_drafts(signed)
    async with (
        bootstrap.open_directory(settings) as directory,
        bootstrap.open_registration(settings, keys) as registration,
    ):
        async with directory.sessions() as session:
            ready = await session.run_sync(national_emergency_ready)
            if ready and await session.run_sync(national_emergency_is_old, clock.now()):
                _log.error("national_emergency_number_is_old")
        if not ready and not demo:
            raise SettingsError(NOT_READY)
        conversation = bootstrap.build_conversation(
            settings, directory, registration, allow_unverified=demo, signed=signed
        )
        driver: Driver = _gated(settings, conversation) if demo else conversation
        async with (
            BotApi(token, settings.telegram_base_url) as api,
            open_conversation_store(settings.database, keys, clock) as store,
        ):
            tally = PrometheusTally()
            limiter = SendingLimiter(enabled=settings.outgoing_limit)
            messenger = TelegramMessenger(api, limiter)
            courier = bootstrap.build_courier(registration, messenger, conversation.composer)
            around = Surroundings(
                driver=driver,
                read=read,
                leaves=conversation.leaves,
                must_hear=conversation.must_hear,
                store=store,
                messenger=messenger,
                clock=clock,
                lines=_lines(conversation),
                tally=tally,
                limit_incoming=settings.outgoing_limit,
            )
            doors = Doors(
                http_port=settings.http_port,
                metrics_port=settings.metrics_port,
                webhook_url=settings.webhook_url,
                webhook_secret=secret,
            )
            footprint.settle()
            routes = _public_api(settings, directory) if settings.public_api else ()
            reminders = StaffReminders(registration.store, store, conversation.composer, clock)
            beside, reminding = (courier.run,), (reminders.run,)
            await serve(
                Parts(around, api, tally, doors, beside, routes=routes, reminding=reminding)
            )


def _public_api(settings: Settings, directory: bootstrap.OpenDirectory) -> tuple[BaseRoute, ...]:
    """Return the addresses of the public API; only verified entries are ever read there."""
    # Most installations never switch it on: they load none of it.
    from bot.adapters.public_catalogue import DirectoryCatalogue  # noqa: PLC0415  # as just said
    from bot.public_api.app import PublicApi  # noqa: PLC0415  # likewise

    catalogue = DirectoryCatalogue(directory.read_only)
    api = PublicApi(catalogue, bootstrap.SystemClock(), settings.organisation_name)
    return tuple(api.routes())


def _webhook_secret(settings: Settings) -> str:
    if settings.webhook_url is None:
        return ""
    return settings.required("webhook_secret", "Telegram shows it with every update")


async def _check_database(settings: Settings) -> None:
    """Refuse to run on a database of another release.

    Raises:
        SettingsError: the database is not at the newest revision.
    """
    try:
        at = await revision_of(settings.database)
    except OSError:
        raise SettingsError(
            "The setting JIGI_DATABASE_URL: the database cannot be reached."
        ) from None
    if at != newest_revision():
        raise SettingsError("The database is not at this release's revision: run jigi db upgrade.")


def _report_drafts(signed: Signed) -> None:
    for language, count in _drafts(signed):
        _log.warning("drafted_texts", extra={"kind": language, "count": count})


def _gated(settings: Settings, conversation: Conversation) -> DemoGate:
    code = settings.required("demo_code", "whoever may see unverified entries gives it with /start")
    return DemoGate(conversation, conversation.composer, code)


def _lines(conversation: Conversation) -> Lines:
    """Return the screens that come even when the driver can't be asked, in French."""
    composer = conversation.composer

    def with_menu(said: Message) -> ShowScreen:
        menu = advance(conversation.library, Session(), Began("menu")).effects
        return composer.screen(menu, DEFAULT_LANGUAGE, before=(said,))

    return Lines(
        too_many=with_menu(phrases.TOO_MANY),
        failed=with_menu(phrases.TROUBLE),
        late=with_menu(phrases.LATE),
        leftover=composer.plain(phrases.LEFTOVER, DEFAULT_LANGUAGE),
        private=composer.plain(phrases.PRIVATE, DEFAULT_LANGUAGE),
    )


async def open_points(settings: Settings) -> list[str]:
    """Return what is open before going live, a sentence each."""
    points = []
    if settings.telegram_token is None:
        points.append("JIGI_TELEGRAM_TOKEN is not set.")
    if settings.secret_key is None:
        points.append("JIGI_SECRET_KEY is not set.")
    points += [f"Translation: {each}" for each in bootstrap.catalogue_problems()]
    points += [
        f"{count} texts in {language} are drafted: no person has signed them."
        for language, count in _drafts(await read_signatures(settings))
        if count
    ]
    points += await _open_in_directory(settings, bootstrap.SystemClock().now())
    return points + list(open_rows(CHECKLIST.read_text(encoding="utf-8")))


async def _open_in_directory(settings: Settings, now: datetime) -> list[str]:
    try:
        await _check_database(settings)
    except SettingsError as error:
        return [error.sentence]
    async with bootstrap.open_directory(settings) as directory, directory.sessions() as session:
        if not await session.run_sync(national_emergency_ready):
            return [NOT_READY]
        if await session.run_sync(national_emergency_is_old, now):
            return ["The national emergency number was confirmed too long ago: call it again."]
    return []


def _drafts(signed: Signed) -> list[tuple[str, int]]:
    """Return how many texts of each language no person has signed."""
    wanted = bootstrap.catalogue_template()
    return [
        (language, status(catalog, wanted, read).drafted)
        for language in TRANSLATED_LANGUAGES
        for catalog in [read_catalogue(bootstrap.LOCALES, language)]
        for read in [signed_texts(catalog, bootstrap.LOCALES, language, signed)]
    ]
