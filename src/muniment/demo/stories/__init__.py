"""The clinical stories, by family of illness. Each is data; ``all_stories`` gathers them."""

from __future__ import annotations

from functools import lru_cache

from muniment.demo.stories import cardiac, clinic, gut_and_skin, medical, mind_and_cancer, minor, obstetric, pulmonary, surgery
from muniment.demo.story import Story

NEWBORN = obstetric.NEWBORN


@lru_cache(maxsize=1)
def all_stories() -> tuple[Story, ...]:
    families = (cardiac, pulmonary, surgery, obstetric, medical, gut_and_skin, mind_and_cancer, minor, clinic)
    return tuple(story for family in families for story in family.STORIES)


@lru_cache(maxsize=1)
def by_code() -> dict[str, Story]:
    return {story.code: story for story in all_stories()}
