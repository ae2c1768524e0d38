"""Commands that play the accountant in the Demo ERP."""

import json
from typing import Annotated

import typer

from adapters.erps.demo import DemoBills
from command_line.told import read_settings, told

app = typer.Typer(help="The Demo ERP: see its bills, delete one.", no_args_is_help=True)
Record = Annotated[str, typer.Argument(help="The record's id, such as BILL-1042.")]


def _bills() -> DemoBills:
    return DemoBills.of(read_settings().data_dir)


@app.command("list")
def list_bills(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """List the bills of the Demo ERP, deleted ones too."""
    with told():
        bills = _bills().all()
    rows = [
        {
            "record": bill.record_id,
            "company": bill.company_id,
            "document": bill.document_number,
            "vendor": bill.vendor,
            "state": "deleted" if bill.deleted_at else bill.state.value,
            "total": str(bill.total),
            "currency": bill.currency,
            "remark": bill.remark,
        }
        for bill in bills
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    # Here: rich takes 5 MB, which serving does without.
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None)
    for name in ("record", "state", "total", "currency", "document", "vendor", "remark"):
        # A record's id must never be cut: it is what `delete` takes.
        table.add_column(name.capitalize(), no_wrap=name in ("record", "state", "total"))
    for row in rows:
        table.add_row(*(str(row[str(c.header).lower()] or "") for c in table.columns))
    Console().print(table)


@app.command()
def delete(record: Record) -> None:
    """Delete a bill in the Demo ERP."""
    with told():
        change = _bills().delete(record)
    typer.echo(f"{record} {'deleted' if change.changed else 'was deleted already'}.")


@app.command()
def restore(record: Record) -> None:
    """Bring a deleted bill of the Demo ERP back as it was."""
    with told():
        change = _bills().restore(record)
    typer.echo(f"{record} {'restored' if change.changed else 'was not deleted'}.")
