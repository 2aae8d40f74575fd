"""What the local engine is compared with: the words of the buffer, and a plain n-gram model.

Both see what the engine sees, the file without the part that is to be written. Words are what editors
have built in; three orders are tried. The n-gram model is a trigram over tokens, smoothed after Witten
and Bell, that knows no syntax and no scopes. With a package it mixes in the counts of the package's
other files.
"""

import bisect
import collections
import functools
import heapq
import re

from judging import Candidate

# Line breaks are tokens too: without them no model knows where a run of closers ends.
TOKEN = re.compile(r"\n|[A-Za-z_$][\w$]*|\d[\w.]*|->|::|[^\w\s]", re.ASCII)
OFFERS_MAX = 5
RUN_MAX = 8
# Weight of the file's own model beside the package's, of 0.3, 0.5 and 0.7 the best on the tuning half.
OWN_SHARE = 0.5
ORDERS = ("backwards", "nearest", "most frequent")


def is_word(token):
    """Whether a token is a name or a keyword."""
    return token[0].isalpha() or token[0] in "_$"


class Buffer:
    """The tokens of a file, and where each stands behind what."""

    def __init__(self, data):
        # One character a byte, so that the offsets of the labels hold.
        self.text = data.decode("latin-1")
        found = list(TOKEN.finditer(self.text))
        self.tokens = [token.group() for token in found]
        self.starts = [token.start() for token in found]
        self.at = {}
        for index, token in enumerate(self.tokens):
            self.at.setdefault(token, []).append(index)
        self.words = sorted(filter(is_word, self.at))
        self.frequent = heapq.nsmallest(
            OFFERS_MAX + 1, self.words, key=lambda word: (-len(self.at[word]), word))

    def following(self, context, hidden=range(0)):
        """The tokens behind one or two tokens, counted, where none of them is hidden."""
        *before, last = context
        begin, end = hidden.start, hidden.stop + len(context)
        tokens = self.tokens
        places = [index + 1 for index in self.at.get(last, ()) if index + 1 < len(tokens)]
        if hidden:
            places = [place for place in places if not begin <= place < end]
        if before:
            places = [place for place in places if place > 1 and tokens[place - 2] == before[0]]
        return collections.Counter([tokens[place] for place in places])

    def beginning_with(self, prefix):
        """The words that begin with `prefix`, sorted."""
        low = bisect.bisect_left(self.words, prefix)
        for word in self.words[low:]:
            if not word.startswith(prefix):
                return
            yield word


class View:
    """A buffer without what is to be written at one position.

    Where a name goes on there, the half of it that is written is its prefix; else it is a token.
    """

    def __init__(self, buffer, offset, mask_end, is_in_name=True):
        self.buffer = buffer
        before = buffer.text[max(0, offset - 200):offset]
        self.prefix = re.search(r"[\w$]*$", before, re.ASCII).group() if is_in_name else ""
        self.begin = bisect.bisect_left(buffer.starts, offset - len(self.prefix))
        self.end = bisect.bisect_left(buffer.starts, mask_end)

    @property
    def hidden(self):
        """Indices of the tokens that are not there yet."""
        return range(self.begin, self.end)

    def visible(self, indices):
        """Those of sorted indices that are there."""
        low, high = bisect.bisect_left(indices, self.begin), bisect.bisect_left(indices, self.end)
        return indices[:low] + indices[high:]

    def count(self, token):
        """How often a token is there."""
        return len(self.visible(self.buffer.at.get(token, [])))

    def following(self, context):
        """The tokens seen behind a context, counted."""
        return self.buffer.following(context, self.hidden)

    @functools.cached_property
    def visible_words(self):
        """Words that the typed prefix may become, with the visible indices of each."""
        seen = [(word, self.visible(self.buffer.at[word]))
                for word in self.buffer.beginning_with(self.prefix) if word != self.prefix]
        return [(word, indices) for word, indices in seen if indices]

    @functools.cached_property
    def context(self):
        """The two tokens before the cursor, or fewer at the start of the file."""
        return tuple(self.buffer.tokens[max(0, self.begin - 2):self.begin])


def words(view, order):
    """The words of the buffer as an editor lists them, in one of ORDERS.

    `backwards` is what Neovim's Ctrl-P does: upwards from the cursor, then upwards from the end.
    """
    def key(item):
        word, indices = item
        if order == "most frequent":
            return -len(indices), word
        if order == "backwards":
            above = bisect.bisect_left(indices, view.begin)
            return (0, -indices[above - 1]) if above else (1, -indices[-1])
        return min(abs(index - view.begin) for index in indices), word
    ranked = heapq.nsmallest(OFFERS_MAX, view.visible_words, key=key)
    return tuple(Candidate(word[len(view.prefix):]) for word, _ in ranked)


class Grams:
    """Probabilities of the next token, by counts; `following` and `count` say where these are from."""

    def __init__(self, following, count, total):
        self.following, self.count, self.total = following, count, total

    def score(self, context, tokens):
        """The probability of each of `tokens` behind up to two tokens."""
        scores = {token: self.count(token) / (self.total + 1) for token in tokens}
        for width in range(1, len(context) + 1):
            seen = self.following(context[-width:])
            amount = sum(seen.values())
            if amount:
                rest = len(seen) / (amount + len(seen))
                scores = {token: (1 - rest) * seen[token] / amount + rest * score
                          for token, score in scores.items()}
        return scores


class PackageCounts:
    """Counts over all files of a package, of only the contexts that will be asked for."""

    def __init__(self, texts, contexts):
        self.behind = {context: collections.Counter() for context in contexts}
        self.tokens = collections.Counter()
        single = {context[0]: seen for context, seen in self.behind.items() if len(context) == 1}
        double = {context: seen for context, seen in self.behind.items() if len(context) == 2}
        for text in texts:
            tokens = TOKEN.findall(text)
            self.tokens.update(tokens)
            for index in [index for index, token in enumerate(tokens[:-1]) if token in single]:
                before, token = tokens[index], tokens[index + 1]
                single[before][token] += 1
                if index and (seen := double.get((tokens[index - 1], before))) is not None:
                    seen[token] += 1
        self.words = sorted(filter(is_word, self.tokens))
        self.frequent = heapq.nsmallest(
            OFFERS_MAX + 1, self.words, key=lambda word: (-self.tokens[word], word))
        self.total = sum(self.tokens.values())

    def without(self, buffer):
        """The same without one file, as a model."""
        @functools.cache
        def following(context):
            return self.behind.get(context, collections.Counter()) - buffer.following(context)
        return Grams(following, lambda token: self.tokens[token] - len(buffer.at.get(token, ())),
                     self.total - len(buffer.tokens))

    def beginning_with(self, prefix):
        """The words of the package that begin with `prefix`."""
        low = bisect.bisect_left(self.words, prefix)
        high = bisect.bisect_left(self.words, prefix + "\x7f")
        return self.words[low:high]


def own_grams(view):
    """The model of one view of a file."""
    total = len(view.buffer.tokens) - (view.end - view.begin)
    return Grams(view.following, view.count, total)


def names(view, package=None):
    """What the word at the cursor may become by the n-gram model, most likely first."""
    models = [(own_grams(view), 1.0)]
    if package is not None:
        models = [(own_grams(view), OWN_SHARE), (package.without(view.buffer), 1 - OWN_SHARE)]
    if view.prefix:
        vocabulary = set(view.buffer.beginning_with(view.prefix))
        vocabulary |= set(package.beginning_with(view.prefix) if package else ())
    else:
        # Behind these tokens, or frequent anywhere: no other word comes among the first five.
        vocabulary = set(view.buffer.frequent + (package.frequent if package else []))
        for model, _ in models:
            for width in range(1, len(view.context) + 1):
                vocabulary.update(filter(is_word, model.following(view.context[-width:])))
    scores = collections.Counter()
    for model, weight in models:
        for token, score in model.score(view.context, vocabulary).items():
            scores[token] += weight * score
    total = sum(scores.values())
    ranked = sorted(((-score, token) for token, score in scores.items()
                     if score > 0 and token != view.prefix))
    return tuple(Candidate(token[len(view.prefix):], -score / total)
                 for score, token in ranked[:OFFERS_MAX])


def closers(view):
    """The run of signs the n-gram model writes until a word or the end of the line."""
    model, context = own_grams(view), view.context
    run, probability = [], 1.0
    for _ in range(RUN_MAX):
        seen = {token for width in (1, 2) for token in view.following(context[-width:])}
        if not seen:
            break
        scores = model.score(context, seen)
        token = min(scores, key=lambda token: (-scores[token], token))
        if is_word(token) or token[0].isdigit() or (run and token == "\n"):
            break
        probability *= scores[token]
        run.append(token)
        context = (*context, token)[-2:]
    return (Candidate("".join(run), probability),) if run else ()
