"""``muniment web``"""

import click


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
def command(host: str, port: int) -> None:
    """Run the web server alone."""
    from muniment.config import services

    services.web(host=host, port=port)
