"""The page in the browser."""

import webbrowser

import click

from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.options import IntRange


@cli.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--port", type=IntRange(0, 65535), default=0, help="Port (0: any that is free).")
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1",
    help="Address to listen at; beyond this machine the page needs a token, which is printed.",
)  # fmt: skip
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
def web(runs, port, host, opens):
    """Show what runs make on a page in the browser, until Ctrl-C.

    RUN is a run folder, the name of a pretrained run such as dcgan/sample, or the folder of an
    exported SavedModel. Of two runs the same seeds are shown side by side.
    """
    load_tensorflow()
    from ganzoo.web.server import page_server

    with page_server(runs, port, host) as (server, address):
        click.echo(f"Serving {address} (Ctrl-C ends)")
        if opens:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("")
