"""The settings of Jigi, from the environment (prefix `JIGI_`) and `.env`; read in one place."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PUBLIC_BOT_API = "https://api.telegram.org/bot"
Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(Exception):
    """A setting is wrong or missing; `sentence` names it and is what a person reads."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Settings(BaseSettings):
    """What can be set. A port of 0 lets the system choose a free one."""

    model_config = SettingsConfigDict(
        env_prefix="JIGI_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    telegram_token: SecretStr | None = None
    telegram_name: str | None = None  # the bot's user name, for links that people share
    telegram_base_url: str = PUBLIC_BOT_API
    database_url: str | None = None
    data_dir: Path = ROOT / "var"
    nlu_url: str | None = None
    secret_key: SecretStr | None = None
    secret_key_previous: SecretStr | None = None
    demo_code: SecretStr | None = None
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    http_port: Port = 8080
    console_port: Port = 8081
    console_host: str = "127.0.0.1"  # a proxy with a certificate stands in front
    single_staff: bool = False  # one person alone: their own proposals may be approved by them
    metrics_port: Port = 9100
    organisation_name: str = "Jigi"
    public_api: bool = False  # HSDS for other directories, on the HTTP port
    # Off only for the load benchmark, against a Bot API sink on loopback.
    outgoing_limit: bool = True

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("sqlite", "postgresql")):
            raise ValueError("must begin with sqlite or postgresql")
        return value

    @field_validator("telegram_base_url", "webhook_url", "nlu_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else value

    @classmethod
    def read(cls) -> Self:
        """Return the settings of this process.

        Raises:
            SettingsError: one of them is wrong.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = f"JIGI_{'_'.join(str(part) for part in first['loc']).upper()}"
            raise SettingsError(f"The setting {name} is wrong: {_reason(first['msg'])}.") from None

    @property
    def database(self) -> str:
        """The database to use: the one that is set, or SQLite under the data directory."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'jigi.sqlite3'}"

    def required(self, name: str, purpose: str) -> str:
        """Return the secret setting `name`.

        Raises:
            SettingsError: it is missing; the sentence names it and says what it is for.
        """
        value: SecretStr | str | None = getattr(self, name)
        if value is None:
            raise SettingsError(f"The setting JIGI_{name.upper()} is missing: {purpose}.")
        return value.get_secret_value() if isinstance(value, SecretStr) else value


def _reason(message: str) -> str:
    """Return pydantic's words as the end of a sentence."""
    reason = message.removeprefix("Value error, ")
    return reason[:1].lower() + reason[1:]
