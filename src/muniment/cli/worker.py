"""``muniment worker``"""

import click


@click.command("worker")
def command() -> None:
    """Run the worker alone: jobs, deferred work coming back, anchors of the audit."""
    from muniment.config import services

    services.worker()
