"""The shared cache: what it keeps, forgets and refuses to run."""

from __future__ import annotations

import base64
import pickle

import pytest
from django.core.cache import cache
from django.db import connection

ran = []


class Evil:
    def __reduce__(self):
        return ran.append, ("code of a row",)


def kept(key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_cache WHERE cache_key = %s", [cache.make_key(key)])
        return cursor.fetchone()[0]


def test_it_gives_back_what_was_set_until_it_expires(db):
    cache.set("tries", [1.5, 2.5], 60)
    assert cache.get("tries") == [1.5, 2.5]
    assert cache.get("others", []) == []
    cache.set("tries", [3.5], 60)
    assert cache.get("tries") == [3.5]
    cache.set("gone", 1, -1)
    assert cache.get("gone") is None
    cache.set("more", 1, 60)
    assert kept("gone") == 0


def test_of_two_who_add_the_first_is_told_yes(db):
    assert cache.add("lock", True, 60)
    assert not cache.add("lock", True, 60)
    assert cache.delete("lock")
    assert not cache.delete("lock")
    assert cache.add("lock", True, -1)
    assert cache.add("lock", True, 60)


def test_a_time_is_put_off_and_everything_is_cleared(db):
    cache.set("a", 1, None)
    assert cache.touch("a", 60)
    assert not cache.touch("b", 60)
    cache.clear()
    assert cache.get("a") is None


def test_code_that_somebody_with_the_databases_password_put_there_does_not_run(db):
    payload = base64.b64encode(pickle.dumps(Evil())).decode()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO core_cache VALUES (%s, %s, 'infinity')", [cache.make_key("tries"), payload])
    with pytest.raises(ValueError, match="Expecting value"):
        cache.get("tries")
    assert ran == []
