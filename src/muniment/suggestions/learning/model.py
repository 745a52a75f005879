"""A trained model: what it is made of, how it is kept, and what it finds in documents. Pure."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping

import msgspec

from muniment.kernel.errors import Unreadable
from muniment.suggestions.learning.candidates import Candidate, candidates
from muniment.suggestions.learning.lexicon import Lexicon
from muniment.suggestions.learning.reading import Reading, reading
from muniment.suggestions.learning.trees import Trees
from muniment.suggestions.scoring import MOST_PLACES, Evidence, Found, Suggestion
from muniment.suggestions.vocabulary import Vocabulary

MAKER = 1  # of the figures a model is made for; a model of another maker is not read
LEAST = 0.01  # below it nothing is suggested: it ranks what it is asked for
MOST_BYTES = 200_000_000  # of a model once it is unpacked


class Model(msgspec.Struct, frozen=True):
    """Phrases and their codes, how far to trust them, and whether what is denied may speak."""

    lexicon: Lexicon
    trees: Trees
    denied: bool = False
    maker: int = MAKER


def dumps(model: Model) -> bytes:
    """The same model gives the same bytes."""
    return zlib.compress(msgspec.json.encode(model, order="sorted"), 9)


def loads(content: bytes) -> Model:
    """Raises Unreadable for what is no model, or one for another maker of figures."""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(content, MOST_BYTES)
        if unpacker.unconsumed_tail:
            raise ValueError("too large")
        model = msgspec.json.decode(text, type=Model)
    except (zlib.error, msgspec.DecodeError, ValueError) as error:
        raise Unreadable(
            "This is no model of suggestions.", where="model", remedy="Train one with “muniment suggest-train”."
        ) from error
    if model.maker != MAKER:
        raise Unreadable("The model was trained by another version of Muniment.", where="model", remedy="Train it anew.")
    return model


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def found_by(model: Model, texts: Mapping[str, str], vocabulary: Vocabulary) -> list[Found]:
    """What the documents of one stay suggest together, by name → text; the most probable first."""
    read = reading(texts, vocabulary)
    scored = [
        (one, model.trees.probability(one.figures)) for one in candidates(read, model.lexicon, vocabulary, denied=model.denied)
    ]
    likely = sorted(((one, score) for one, score in scored if score >= LEAST), key=lambda one: (-one[1], one[0].code))
    return [_found(one, score, texts, read) for one, score in likely]


def _found(one: Candidate, score: float, texts: Mapping[str, str], read: Reading) -> Found:
    places = list[tuple[str, int, int]]()
    for each in one.places:  # of phrases within each other the strongest stands for all
        name, start, end = each.place.document, each.place.start, each.place.end
        if len(places) < MOST_PLACES and not any(name == at and start < until and since < end for at, since, until in places):
            places.append((name, start, end))
    name, start, end = places[0]
    return Found(one.code, round(score, 4), tuple(places), texts[name][start:end], read.section(one.places[0].place))


def suggest_by(model: Model, text: str, vocabulary: Vocabulary) -> list[Suggestion]:
    """What one text suggests, as ``scoring.suggest`` answers it."""
    return [
        Suggestion(found.code, found.score, tuple(Evidence(start, end, text[start:end]) for _, start, end in found.places))
        for found in found_by(model, {"": text}, vocabulary)
    ]
