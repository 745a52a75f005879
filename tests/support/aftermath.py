"""Run in a process of its own, on a database of its own: ``furnish``, or ``check`` what is there after a crash."""

from __future__ import annotations

import json
import sys


def main() -> None:
    from muniment.cli.main import set_up

    set_up()
    if sys.argv[1] == "furnish":
        from support.house import build_house

        build_house()
        return
    from muniment.intake.models import Input
    from support.messages import build
    from support.soundness import assert_sound

    said = json.load(sys.stdin)
    names = [line["source"] for line in said["lines"]]
    known = dict(Input.objects.filter(name__in=names).values_list("name", "control_id"))
    assert len(known) == len(set(names)), sorted(set(names) - set(known))
    assert_sound(build(said["count"], prefix=said["prefix"]), set(known.values()))


if __name__ == "__main__":
    main()
