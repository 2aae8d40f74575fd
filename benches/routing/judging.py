"""What an offer is worth at a labelled position, as functions of plain values.

A *place* is a position with its truth; a *candidate* is a text with the probability its maker gives
it. Nothing here knows a file, a program or a model, so that the local engine and the baselines are
judged by the same words.
"""

import dataclasses
import re

from metrics import calibration_error, share

WORD = re.compile(r"[\w$]+")
LAST_WORD = re.compile(r"[\w$]*$")
# How a name is asked for: by the characters of it that are typed, and where none is, by what stands
# before it. The order is that of the tables.
TYPED = ("0", ".", "-> ::", "1", "2", "3+")
KINDS = ("closer", "name", "line")
SHORT_LINES = ("line", "boilerplate")
BINS = 10
LOOKBACK = 80


@dataclasses.dataclass(frozen=True)
class Place:
    """A position and what was truly written there.

    `typed` is one of TYPED where a name goes on or begins, `unit` the missing part of that name.
    """

    language: str
    policy: str
    label: str
    truth: str
    typed: str | None = None
    unit: str = ""


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A text to insert, and the probability its maker gives that it is right."""

    text: str
    confidence: float = 0.0


@dataclasses.dataclass(frozen=True)
class Judged:
    """A place and what was offered there, best first. `confidence_min` is the least confidence that
    is shown without being asked for; None where nothing is."""

    place: Place
    offers: tuple
    confidence_min: float | None = None

    @property
    def language(self):
        """The language of the place, as `macro` asks for it."""
        return self.place.language

    @property
    def best(self):
        """The first offer, or None."""
        return self.offers[0] if self.offers else None

    @property
    def is_shown(self):
        """Whether the first offer is sure enough to be shown."""
        return bool(self.offers) and self.confidence_min is not None \
            and self.best.confidence >= self.confidence_min

    @property
    def is_right(self):
        """Whether the first offer would be kept."""
        return bool(self.offers) and is_kept(self.place.truth, self.best.text)


def place_of(row, before):
    """The place of a labelled row; `before` is the text that ends at the cursor, or the end of it."""
    typed = unit = None
    if row["label"] == "name" and row["where"] != "sol":
        typed, unit = name_at(before, row["true"])
    return Place(row["language"], row["policy"], row["label"], row["true"], typed, unit or "")


def name_at(before, truth):
    """How the name at the cursor is asked for, and the part of it that is missing.

    (None, None) where none is missing, and at numbers.
    """
    half, missing = LAST_WORD.search(before).group(), WORD.match(truth)
    if not missing or (half + missing.group())[0].isdigit():
        return None, None
    return typed_key(half, before.rstrip()), missing.group()


def typed_key(half, before):
    """The row of TYPED for a name of which `half` is written behind the text `before`."""
    if half:
        return str(len(half)) if len(half) < 3 else "3+"
    if before.endswith(("->", "::")):
        return "-> ::"
    # Two dots are a range or a spread: what follows is no member.
    return "." if before.endswith(".") and not before.endswith("..") else "0"


def is_kept(truth, text):
    """Whether all of `text` is what was written: nothing of it to delete, no word cut in its middle.

    Blanks around it are forgiven only where nothing else was to come.
    """
    if not text.strip():
        return False
    if text.strip() == truth.strip():
        return True
    cuts = WORD.match(text[-1]) and WORD.match(truth[len(text):])
    return truth.startswith(text) and not cuts


def leading_word(text):
    """The word a text begins with; the text itself where it begins with none."""
    word = WORD.match(text)
    return word.group() if word else text


def kind_of(text):
    """What is offered, by its shape: signs alone, one word, or more."""
    if not WORD.search(text):
        return "closer"
    return "name" if WORD.fullmatch(text.strip()) else "line"


def names(typed=None):
    """Picks the places at a name; those of one row of TYPED, or all."""
    return lambda row: row.place.typed is not None and typed in (None, row.place.typed)


def labelled(*labels):
    """Picks the places with one of these labels."""
    return lambda row: row.place.label in labels


def kept_in(rows, holds):
    """The rows for which `holds`, as a list."""
    return [row for row in rows if holds(row)]


def top(count):
    """Share of names that are among the first `count` offers, as a function of rows."""
    def reached(row):
        return any(leading_word(offer.text) == row.place.unit for offer in row.offers[:count])
    return lambda rows: share(rows, reached)


def whole_run(rows):
    """Share of rows whose first offer is all that was left, blanks around it aside."""
    return share(rows, lambda row: row.best and row.best.text.strip() == row.place.truth.strip())


def first_character(rows):
    """Share of rows whose first offer begins as the truth does, blanks aside."""
    return share(rows, lambda row: row.best
                 and row.best.text.strip()[:1] == row.place.truth.strip()[:1])


def first_line(truth):
    """The first line of a text that has anything on it, without the blanks around."""
    return truth.strip().partition("\n")[0].strip()


def is_long(row):
    """Whether the first offer is more than a name or closers."""
    return bool(row.best) and kind_of(row.best.text) == "line"


def whole_line(rows):
    """Share of rows whose first offer is the line that was written."""
    return share(rows, lambda row: row.best
                 and row.best.text.strip() == first_line(row.place.truth))


def shown(rows):
    """The rows at which something is shown."""
    return kept_in(rows, lambda row: row.is_shown)


def shown_share(rows):
    """Share of places at which something is shown."""
    return share(rows, lambda row: row.is_shown)


def wrong_share(rows):
    """Share of what is shown that would not be kept; None where nothing is shown."""
    return share(shown(rows), lambda row: not row.is_right)


def right_share(rows):
    """Share of rows whose first offer would be kept."""
    return share(rows, lambda row: row.is_right)


def at_threshold(rows, confidence_min):
    """The same rows as if one confidence were asked of every class."""
    return [dataclasses.replace(row, confidence_min=confidence_min) for row in rows]


def promises(rows):
    """(confidence, kept) of each first offer."""
    return [(row.best.confidence, row.is_right) for row in rows if row.best]


def reliability(rows):
    """For each of BINS equal bins of confidence: offers, mean confidence, share kept.

    The last two are None in an empty bin.
    """
    bins = [[] for _ in range(BINS)]
    for confidence, is_right in promises(rows):
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, is_right))
    return [(len(pairs), *(sum(column) / len(pairs) for column in zip(*pairs))) if pairs
            else (0, None, None) for pairs in bins]


def offer_error(rows):
    """Calibration error of the confidence of first offers, over BINS bins."""
    return calibration_error(promises(rows), BINS)
