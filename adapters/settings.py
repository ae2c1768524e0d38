"""Settings, read once from the environment and from `.env`. See `.env.example`."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from adapters.oidc_settings import OidcIssuer, is_loopback
from adapters.origins import origins_in
from adapters.secret_keys import KEY_FILE, KeyFile, Keyring, SecretKey, keys_in

DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class Settings(BaseSettings):
    """Every variable that the service reads, with the prefix `ERP_LINK_`."""

    model_config = SettingsConfigDict(
        env_prefix="ERP_LINK_", env_file=".env", extra="ignore", hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data_dir: Path = Path("data")
    """Where the embedded database, the demo ERP and the demo's signing key live."""
    database_url: SecretStr | None = None
    """A SQLAlchemy URL for asyncpg or aiosqlite; None: SQLite in `data_dir`."""
    erp_deadline_seconds: float = Field(default=8.0, gt=0)
    """How long one look-up in an ERP may take, all in all."""
    agent_deadline_seconds: float = Field(default=24 * 60 * 60, gt=0)
    """How long an unlink waits for the agent of an ERP that can only be polled."""
    request_deadline_seconds: float = Field(default=30.0, gt=0)
    """How long a request may take to its answer. A change that is under way goes on after it."""
    body_deadline_seconds: float = Field(default=10.0, gt=0)
    """How long the body of a request may take to come in."""
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """The origins of web pages that may ask, besides the service's own."""
    ending_notice_seconds: float = Field(default=0.0, ge=0, le=4)
    """How long a process that was told to end still accepts connections, while it is not ready."""
    connections: dict[str, dict[str, SecretStr]] = Field(default_factory=dict)
    """How to reach ERPs: "<company id>/<integration id>" to that ERP's own settings, as JSON."""
    secret_keys: Annotated[tuple[SecretKey, ...], NoDecode] = ()
    """What stored connections are encrypted with, newest first; see `keyring`."""
    oidc_issuers: Annotated[tuple[OidcIssuer, ...], NoDecode] = ()
    """Whose tokens are accepted, as JSON."""
    demo: bool | None = None
    """Whether tokens of the demo people are accepted; None: see `takes_demo_tokens`."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Of our own log lines; what other people's code has to say is told from warning on."""
    log_format: Literal["auto", "json", "text"] = "auto"
    """auto: text on a terminal, JSON elsewhere."""
    otlp_endpoint: str | None = Field(default=None, pattern="^https?://")
    """Where traces go, by OTLP over HTTP; None: what OTEL_EXPORTER_OTLP_ENDPOINT says, if set."""
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """Where Prometheus finds `/metrics`; None: nowhere. See `telemetry.metrics.listening`."""

    budget_size: int = Field(default=50_000, ge=1, le=1_000_000_000)
    """How many points of cost a caller may ask for at once, if nothing was asked for a while."""
    budget_refill_per_second: int = Field(default=500, ge=1, le=1_000_000)
    """How many points of cost flow in each second, until the budget is full again."""
    budget_store: Literal["memory", "database"] = "memory"
    """Whose budgets they are: of each process, or of all processes that share the database."""
    trusted_documents: Path | None = None
    """The JSON file of the only documents that are run, by their SHA-256; None: all are."""

    @field_validator("database_url")
    @classmethod
    def _of_a_database_we_know(cls, url: SecretStr | None) -> SecretStr | None:
        try:
            driver = make_url(url.get_secret_value()).drivername if url else None
        except (ArgumentError, ValueError):
            driver = "none"
        if driver not in (None, *DRIVERS):
            raise ValueError(f"must be a SQLAlchemy URL that begins with {' or '.join(DRIVERS)}")
        return url

    @field_validator("oidc_issuers", mode="before")
    @classmethod
    def _list_of_issuers(cls, value: object) -> object:
        try:
            read = json.loads(value or "[]") if isinstance(value, str) else value
        except (ValueError, RecursionError):
            raise ValueError("must be a list, as JSON") from None
        if not isinstance(read, list | tuple):
            raise ValueError("must be a list, as JSON")
        return tuple(read)

    @field_validator("oidc_issuers")
    @classmethod
    def _each_issuer_once(cls, issuers: tuple[OidcIssuer, ...]) -> tuple[OidcIssuer, ...]:
        if len({each.issuer for each in issuers}) != len(issuers):
            raise ValueError("must name each issuer once")
        return issuers

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        return keys_in(value) if isinstance(value, str) else value

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _list_of_origins(cls, value: object) -> tuple[str, ...]:
        return origins_in(value)

    @field_validator("demo")
    @classmethod
    def _not_beside_issuers(cls, demo: bool | None, others: ValidationInfo) -> bool | None:
        if demo and others.data.get("oidc_issuers"):
            raise ValueError("must not be true beside ERP_LINK_OIDC_ISSUERS")
        return demo

    @property
    def takes_demo_tokens(self) -> bool:
        """As `demo` says. Unsaid, only where nothing looks like production.

        That is: no issuer, the embedded database, and nobody but this machine can ask. So a list
        of issuers that came out empty locks everybody out, instead of letting the demo in.
        """
        if self.demo is not None:
            return self.demo
        return not self.oidc_issuers and self.database_url is None and is_loopback(self.host)

    @property
    def url_of_database(self) -> str:
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'erp-link.sqlite'}"

    @property
    def keyring(self) -> Keyring:
        """`secret_keys`, and on the embedded default those of a file in `data_dir`."""
        file = KeyFile(self.data_dir / KEY_FILE) if self.database_url is None else None
        return Keyring(self.secret_keys, file)

    @property
    def erp_settings(self) -> dict[str, dict[str, str]]:
        """`connections` with their secrets told, for the adapters alone."""
        return {
            connection: {name: value.get_secret_value() for name, value in settings.items()}
            for connection, settings in self.connections.items()
        }
