"""A company's directory with its grants, in a format of our own; see docs/import.md."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from adapters.imports.fields import Currency, Id, OptionalText, Text, full_text
from adapters.imports.problems import Problem, problems_of, refusal
from domain.permissions import AccessLevel

T = TypeVar("T")

Format = Literal["erp-link.directory/1"]
FORMAT: str = get_args(Format)[0]

LEVELS = {level.name.lower(): level for level in AccessLevel}


def _level(value: object) -> AccessLevel:
    if isinstance(value, str) and value in LEVELS:
        return LEVELS[value]
    raise ValueError(f"must be one of {', '.join(LEVELS)}")


def _project_id(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    raise ValueError("must be the id of a project")


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise ValueError("must not be empty")
    return values


Level = Annotated[AccessLevel, BeforeValidator(_level)]
ProjectId = Annotated[Id, BeforeValidator(_project_id)]
Name = Text
Flag = Annotated[bool, Field(strict=True)]


class Fields(BaseModel):
    """A JSON object of ours: a field that we do not know is a slip of the pen."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class CompanyFields(Fields):
    id: Id
    name: Name
    currency: Currency


class ErpIntegrationFields(Fields):
    id: Id
    erp: Name
    name: Name
    syncs_subcontractor_invoices: Flag | None = None
    unlink_supported: Flag | None = None
    deletion_required: Flag | None = None
    void_counts_as_gone: Flag | None = None
    reversal_counts_as_gone: Flag | None = None
    notes: OptionalText = None
    documentation_url: OptionalText = None

    def row(self) -> dict[str, object]:
        """As the table names it: all but these four is the company's own word on a rule."""
        plain = ("id", "erp", "name", "notes")
        return {
            name if name in plain else f"own_{name}": value
            for name, value in self.model_dump().items()
        }


class ProjectFields(Fields):
    id: Id
    name: Name
    number: OptionalText = None


class IdentityFields(Fields):
    issuer: Annotated[str, Field(max_length=500), BeforeValidator(full_text)]
    subject: Annotated[str, Field(max_length=500), BeforeValidator(full_text)]


class PersonFields(Fields):
    name: Name
    identities: Annotated[tuple[IdentityFields, ...], AfterValidator(_some)]
    erp_integrations: Level
    can_push_to_accounting: Flag
    commitments: dict[ProjectId, Level]


class Directory(Fields):
    format: Format
    company: CompanyFields
    erp_integrations: tuple[ErpIntegrationFields, ...]
    projects: tuple[ProjectFields, ...]
    people: tuple[PersonFields, ...]


def read_directory(document: object) -> Directory:
    """The directory in a parsed JSON document. Raises ImportRefused with all that is wrong."""
    try:
        directory = Directory.model_validate(document)
    except ValidationError as invalid:
        raise refusal(problems_of(invalid)) from None
    if problems := _twice(directory):
        raise refusal(problems)
    return directory


def _twice(directory: Directory) -> list[Problem]:
    """What the file says more than once."""
    identities = (identity for person in directory.people for identity in person.identities)
    return [
        *_repeated("erpIntegrations", (each.id for each in directory.erp_integrations)),
        *_repeated("projects", (each.id for each in directory.projects)),
        *_repeated("people", ((each.issuer, each.subject) for each in identities)),
    ]


def _repeated(field: str, keys: Iterable[Hashable]) -> list[Problem]:
    return [
        Problem(0, field, f"{key} is there {count} times")
        for key, count in Counter(keys).items()
        if count > 1
    ]
