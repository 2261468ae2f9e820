"""How long everything is held: one policy for every table of every package, in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy import table as named_table

from storage import audit, counters, inbox, ledger, outbox, sessions, staff_links, timers
from storage.database import Base


@dataclass(frozen=True, slots=True)
class Policy:
    """How long the rows of a table are held.

    Attributes:
        table: Its name.
        keeps: What is held and how long, as a sentence for the privacy notice.
        purge: Does it, given a connection and the time; None where nothing ever goes.
        ends: A column and how long after its value a row goes at the latest; None without end.
    """

    table: str
    keeps: str
    purge: Callable[[Connection, datetime], int] | None = None
    ends: tuple[str, timedelta] | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds at present.

    Attributes:
        table: Its name.
        rows: How many.
        until: When the last of them goes; None where there are none, or where they stay.
        keeps: The policy in words.
    """

    table: str
    rows: int
    until: datetime | None
    keeps: str


def _as_the_table_says(name: str) -> Callable[[Connection, datetime], int]:
    """Return the purge that a package above this one attached to its own table."""

    def run(connection: Connection, now: datetime) -> int:
        # A process that does not know the package has nothing of it to purge.
        table = Base.metadata.tables.get(name)
        return int(table.info["purge"](connection, now)) if table is not None else 0

    return run


_WITH_THE_REGISTRATION = "Goes with the registration it belongs to."
_ABOUT_SERVICES = "About services, not about persons: held as long as it is true."
_DELETED = " What staff deleted goes for good after 30 days."

POLICIES: tuple[Policy, ...] = (
    Policy(
        "inbox_updates",
        "The content at most 15 minutes, sealed, and only until it is worked; then its number "
        "alone, 48 hours, against repetition.",
        inbox.purge,
        ("received_at", inbox.KNOWN_LIMIT),
    ),
    Policy(
        "sessions",
        "The choices of a conversation, sealed, until it ends by itself.",
        sessions.purge,
        ("expires_at", timedelta(0)),
    ),
    Policy(
        "outgoing_messages",
        "Answers, sealed, until they are sent, at most 15 minutes; requests to delete messages "
        "at most 48 hours; that one failed, without what and for whom, 7 days.",
        outbox.purge,
        ("expires_at", outbox.FAILURES_LIMIT),
    ),
    Policy(
        "ledger_messages",
        "Numbers and times of the messages in a chat, no text, 48 hours, as long as they can be "
        "deleted.",
        ledger.purge,
        ("sent_at", ledger.DELETABLE_LIMIT),
    ),
    Policy(
        "timers",
        "What is to be done later, sealed, until it is done, at most 48 hours after its time.",
        timers.purge,
        ("set_for", timers.OVERDUE_LIMIT),
    ),
    Policy(
        "counters",
        "Weekly figures without persons, rounded when the week is over, three years.",
        counters.purge,
        ("week", timedelta(weeks=counters.KEPT_WEEKS + 1)),
    ),
    Policy(
        "audit_entries",
        "Which member of staff changed which record, two years.",
        audit.purge,
        ("at", audit.KEPT),
    ),
    Policy("audit_checkpoints", "How many old entries of that log were removed; one line."),
    Policy(
        "staff_telegram_links",
        "Which member of staff a chat belongs to, the chat as a keyed hash, and sealed for one "
        "reminder a day of entries to call, 180 days.",
        staff_links.purge_links,
        ("linked_at", staff_links.LINK_LIVES),
    ),
    Policy(
        "staff_link_codes",
        "Codes that link a chat of staff, hashed, ten minutes.",
        staff_links.purge_codes,
        ("made_at", staff_links.CODE_LIVES),
    ),
    # referral_directory
    *(
        Policy(name, _ABOUT_SERVICES + _DELETED, _as_the_table_says(name))
        for name in ("organizations", "services", "phones")
    ),
    Policy(
        "entry_edits",
        "Proposed edits of services, who proposed and who decided, two years.",
        _as_the_table_says("entry_edits"),
    ),
    Policy(
        "entry_versions",
        "What a service looked like before a change, without confidential places, 30 days.",
        _as_the_table_says("entry_versions"),
    ),
    Policy(
        "service_reports",
        "How often something was said about a service in a week, without persons, half a year.",
        _as_the_table_says("service_reports"),
    ),
    Policy(
        "missing_services",
        "How often a service was missed, by need and cercle in a week, without persons, three "
        "years.",
        _as_the_table_says("missing_services"),
    ),
    *(
        Policy(name, _ABOUT_SERVICES)
        for name in (
            "places",
            "taxonomy_terms",
            "service_needs",
            "locations",
            "services_at_location",
            "service_areas",
            "findable_services",
            "schedules",
            "languages",
            "accessibility",
        )
    ),
    Policy(
        "imports",
        "Which member of staff brought which file into the directory, two years.",
        _as_the_table_says("imports"),
    ),
    Policy(
        "import_entries",
        "What entries of the directory were like before an import, to undo it, 30 days; never "
        "the whereabouts of a refuge.",
        _as_the_table_says("import_entries"),
    ),
    # guidance
    Policy("focal_points", "Functions and offices; a name only with recorded consent."),
    Policy(
        "former_focal_points",
        "Lists of focal points that were replaced, to bring one back, 30 days at most.",
        _as_the_table_says("former_focal_points"),
    ),
    Policy(
        "training_requests",
        "What was given for a training, sealed, with consent, 180 days; an hour without it.",
        _as_the_table_says("training_requests"),
    ),
    Policy(
        "content_reviews",
        "Who read and signed an article or a translated text, by the name they gave for it, until "
        "the signature is renewed, or 30 days after it is withdrawn.",
        _as_the_table_says("content_reviews"),
    ),
    # staff_console
    Policy(
        "staff_accounts",
        "Address, roles and password hash of a member of staff. An account is deactivated and not "
        "deleted: its address stays, so that nobody else gets the name that the audit log holds.",
    ),
    Policy(
        "staff_invitations",
        "Whom an administrator invited, until it is taken up, three days at most.",
        _as_the_table_says("staff_invitations"),
    ),
    Policy("staff_recovery_codes", "Hashes alone; each goes when it is used, or with its account."),
    Policy(
        "staff_sessions",
        "Who is signed in, an hour after the last step, twelve at most.",
        _as_the_table_says("staff_sessions"),
    ),
    Policy(
        "staff_attempts",
        "That signing in failed, without the account and the address, an hour.",
        _as_the_table_says("staff_attempts"),
    ),
    # event_registration
    Policy("gatherings", "About gatherings, not about persons: held as long as it is true."),
    Policy(
        "registrations",
        "What an organisation gave with its consent, sealed, until 90 days after the gathering or "
        "until it deletes it; then counts without persons.",
        _as_the_table_says("registrations"),
    ),
    Policy("delegates", _WITH_THE_REGISTRATION),
    Policy("registration_messages", _WITH_THE_REGISTRATION + " The content until it is sent."),
    Policy(
        "registration_drafts",
        "Answers that are not a registration yet, sealed, 7 days after the last one.",
        _as_the_table_says("registration_drafts"),
    ),
    Policy(
        "code_attempts",
        "That a code was tried in vain, without which and by whom, one hour.",
        _as_the_table_says("code_attempts"),
    ),
    Policy("gathering_figures", "Counts without persons: held for comparison over the years."),
)
"""Every table of the metadata stands here; a test fails for one that does not."""


def purge(connection: Connection, now: datetime) -> dict[str, int]:
    """Carry out all policies; return how many rows were emptied, rounded or deleted, by table."""
    return {
        policy.table: policy.purge(connection, now)
        for policy in POLICIES
        if policy.purge is not None
    }


def report(connection: Connection) -> list[Held]:
    """Return what is held and until when, table by table."""
    return [_held(connection, policy) for policy in POLICIES]


def _held(connection: Connection, policy: Policy) -> Held:
    if policy.ends is None:
        counted = select(func.count()).select_from(named_table(policy.table))
        return Held(policy.table, connection.execute(counted).scalar_one(), None, policy.keeps)
    name, limit = policy.ends
    # Only the metadata knows the column's type, and with it how a time is read.
    found = Base.metadata.tables[policy.table]
    row = connection.execute(select(func.count(), func.max(found.c[name])).select_from(found))
    rows, latest = row.one()
    return Held(policy.table, rows, _moment(latest) + limit if rows else None, policy.keeps)


def _moment(value: datetime | date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(), tzinfo=UTC)
