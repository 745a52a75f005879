"""Code systems by release. Reference data: small, the same on every machine, written once and never changed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.terminology.rules import System


class CodeSystemRelease(MunimentModel):
    """One published release of a code system, with the interval its publisher gives it. Releases stand side by side.

    Of several that begin on the same day the one installed last governs: a revision, with what the one before lacked.
    """

    placement = Placement.REFERENCE

    id = models.SmallAutoField(primary_key=True)
    system = models.CharField(max_length=24, choices=[(system.value, system.label) for system in System])
    version = models.CharField(max_length=24)
    title = models.CharField(max_length=120)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=800)
    concepts = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "terminology_release"
        constraints = [
            models.UniqueConstraint(fields=["system", "version"], name="one_release_per_version"),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="release_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Concept(MunimentModel):
    """A code, category, section or chapter of one release. ``code`` has no dot.

    Rows lie in the order of their titles' length, so that a search that stops early has seen the general ones first.
    """

    placement = Placement.REFERENCE
    filled_at_once = True

    pk = models.CompositePrimaryKey("release_id", "code")
    release = models.ForeignKey(CodeSystemRelease, on_delete=models.PROTECT, db_index=False)
    code = models.CharField(max_length=12, db_collation="C")
    display = models.TextField()
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in ("chapter", "section", "code")])
    billable = models.BooleanField()
    parent = models.CharField(max_length=12, blank=True, db_collation="C")
    ancestors = ArrayField(models.CharField(max_length=12))
    terms = ArrayField(models.TextField())
    notes = models.JSONField()
    seventh = models.JSONField()
    attributes = models.JSONField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    position = models.PositiveIntegerField()
    lexemes = SearchVectorField()

    class Meta:
        db_table = "terminology_concept"
        indexes = [
            # queries.search: concepts whose words answer a question. The release is a lexeme too ("@7").
            GinIndex(fields=["lexemes"], name="concept_words"),
            # queries.children: the tabular list below a heading, in its own order.
            models.Index(fields=["release", "parent", "position"], name="concept_below"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="concept_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.display}"


class IndexTerm(MunimentModel):
    """A term of an alphabetic index or table of one release, in the order of the book: what stands below it follows it, up to ``last``.

    ``code`` and ``manifestation`` are as printed: with the dot, and a dash where characters are to be added. ``cells`` are
    [heading, code as printed] for the columns of the tables of neoplasms and of drugs.
    """

    placement = Placement.REFERENCE
    filled_at_once = True

    pk = models.CompositePrimaryKey("release_id", "position")
    release = models.ForeignKey(CodeSystemRelease, on_delete=models.PROTECT, db_index=False)
    position = models.PositiveIntegerField()
    parent = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    title = models.TextField()
    modifiers = models.TextField(blank=True)
    code = models.CharField(max_length=12, blank=True, db_collation="C")
    manifestation = models.CharField(max_length=12, blank=True, db_collation="C")
    see = models.TextField(blank=True)
    see_also = models.TextField(blank=True)
    cells = models.JSONField()
    path = models.TextField()
    lexemes = SearchVectorField()

    class Meta:
        db_table = "terminology_index_term"
        indexes = [
            # indexes.find: terms whose path answers a question. The release is a lexeme too, and of a main term “@main”.
            GinIndex(fields=["lexemes"], name="index_term_words"),
            # indexes.page: what stands directly below a term.
            models.Index(fields=["release", "parent", "position"], name="index_term_below"),
            # indexes.naming: the terms that lead to a code.
            models.Index(fields=["release", "code"], name="index_term_code"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("position")), name="index_term_holds_itself"),
        ]

    def __str__(self) -> str:
        return self.path


class Word(MunimentModel):
    """A word that occurs in a release, for mending misspelt ones."""

    placement = Placement.REFERENCE

    pk = models.CompositePrimaryKey("release_id", "word")
    release = models.ForeignKey(CodeSystemRelease, on_delete=models.PROTECT, db_index=False)
    word = models.CharField(max_length=64, db_collation="C")

    class Meta:
        db_table = "terminology_word"
        indexes = [
            # queries.similar_words: the nearest spellings of a word no concept has.
            GinIndex(fields=["word"], name="word_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


class Classified(MunimentModel):
    """A diagnosis code in one release of a classification: the categories, which are that release's concepts, it falls into.

    ``facts``: what the placing depends on (see ``classifications``).
    """

    placement = Placement.REFERENCE
    filled_at_once = True

    pk = models.CompositePrimaryKey("release_id", "code")
    release = models.ForeignKey(CodeSystemRelease, on_delete=models.PROTECT, db_index=False)
    code = models.CharField(max_length=12, db_collation="C")
    categories = ArrayField(models.CharField(max_length=12))
    facts = models.JSONField()

    class Meta:
        db_table = "terminology_classified"

    def __str__(self) -> str:
        return f"{self.code}: {', '.join(self.categories)}"
