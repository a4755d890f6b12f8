"""``musubi demo …``: play the customer who writes a mail."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Play with 'musubi up --demo'.", no_args_is_help=True)


@app.command()
def send(
    sender: Annotated[str, typer.Option("--from", help="'Name <address>' or an address")],
    subject: Annotated[str, typer.Option(help="Its subject")] = "Hello",
    text: Annotated[str, typer.Option(help="What it says")] = "Hello, I have a question.",
    to: Annotated[str, typer.Option(help="sales or support")] = "sales",
    data: Annotated[Path, typer.Option(help="The data folder of 'musubi up --demo'")] = Path("var"),
) -> None:
    """Put a mail into a mailbox of the running demo."""
    # Imported here: every other musubi command would pay for it.
    from chassis.ids import new_id
    from chassis.up import Site
    from demo.mails.building import letter
    from demo.play import mail_server
    from demo.seeding import MAILBOXES

    if to not in MAILBOXES:
        raise typer.BadParameter("choose sales or support", param_hint="--to")
    raw = letter(key=new_id(), sender=sender, to=MAILBOXES[to][1], subject=subject, text=text, when=datetime.now(UTC))
    mail_server(Site(data.resolve(), 0, True)).send(to, raw)
    typer.echo("Sent. The terminal of 'musubi up --demo' tells what becomes of it.")
