"""Settings, read once from the environment and from `.env`. See `.env.example`."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from adapters.oidc_settings import OidcIssuer

DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class Settings(BaseSettings):
    """Every variable that the service reads, with the prefix `ERP_LINK_`."""

    model_config = SettingsConfigDict(env_prefix="ERP_LINK_", env_file=".env", extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data_dir: Path = Path("data")
    """Where the embedded database, the demo ERP and the demo's signing key live."""
    database_url: SecretStr | None = None
    """A SQLAlchemy URL for asyncpg or aiosqlite; None: SQLite in `data_dir`."""
    erp_deadline_seconds: float = Field(default=8.0, gt=0)
    """How long one look-up in an ERP may take, all in all."""
    connections: dict[str, dict[str, SecretStr]] = Field(default_factory=dict)
    """How to reach ERPs: "<company id>/<integration id>" to that ERP's own settings, as JSON."""
    oidc_issuers: Annotated[tuple[OidcIssuer, ...], NoDecode] = ()
    """Whose tokens are accepted, as JSON; none: those that the demo's own key has signed."""

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

    @property
    def url_of_database(self) -> str:
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'erp-link.sqlite'}"

    @property
    def erp_settings(self) -> dict[str, dict[str, str]]:
        """`connections` with their secrets told, for the adapters alone."""
        return {
            connection: {name: value.get_secret_value() for name, value in settings.items()}
            for connection, settings in self.connections.items()
        }
