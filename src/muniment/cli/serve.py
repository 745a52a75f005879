"""``muniment serve``"""

import sys

import click


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of web server and MLLP listener.")
@click.option("--port", default=8000, show_default=True, type=int, help="Port of the web server.")
@click.option("--mllp-port", default=2575, show_default=True, type=int, help="Port of the MLLP listener; 0 for none.")
@click.option("--listeners", default=1, show_default=True, type=click.IntRange(1, 16), help="MLLP processes sharing the port.")
def command(host: str, port: int, mllp_port: int, listeners: int) -> None:
    """Run web server, worker and MLLP listener together until stopped."""
    from muniment.config import database, services

    server = database.embedded()
    if server:
        server.start()
    commands = {"web": ["web", "--host", host, "--port", str(port)], "worker": ["worker"]}
    if mllp_port:
        for number in range(1, listeners + 1):  # they share the port: the kernel hands connections to either
            commands[f"mllp {number}"] = ["mllp", "--host", host, "--port", str(mllp_port)]
    sys.exit(services.together(commands))
