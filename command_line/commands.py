"""All commands of `erp-link`, by their groups."""

import typer

from command_line import connections, data, demo_erp, people, server, tokens

app = typer.Typer(
    help="See which subcontractor invoices are synced with a company's ERP, and unlink one safely.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(server.serve)
app.command()(data.migrate)
app.command()(data.seed)
app.command()(people.token)
app.command("import")(data.import_file)
app.add_typer(connections.app, name="connections")
app.add_typer(tokens.app, name="tokens")
app.add_typer(demo_erp.app, name="demo-erp")
