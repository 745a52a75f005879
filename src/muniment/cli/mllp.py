"""``muniment mllp``"""

from pathlib import Path

import click


@click.command("mllp")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=2575, show_default=True, type=int)
@click.option("--certificate", type=click.Path(exists=True, path_type=Path), help="PEM certificate: listen over TLS.")
@click.option("--key", type=click.Path(exists=True, path_type=Path), help="PEM key of the certificate.")
@click.option("--facility", default="", help="Code of the facility this line belongs to.")
@click.option("--source", default="mllp", show_default=True, help="The channel's name: what came over it stands under it.")
def command(host: str, port: int, certificate: Path | None, key: Path | None, facility: str, source: str) -> None:
    """Run the MLLP listener alone: HL7 v2 over TCP, acknowledged after the commit."""
    from muniment.config import services

    services.mllp(host=host, port=port, certificate=certificate, key=key, facility=facility, source=source)
