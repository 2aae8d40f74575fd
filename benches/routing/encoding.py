"""Tokens as numbers: how much likelier each class is where a token stands.

A token's own row is left out of what is said about it: for the rows of a package, its table is made
from the other packages. Without that the trees would learn to trust tables that know the answer.
"""

import collections

import numpy as np

# A token is listed when it was seen this often, in this many packages, and is among the most
# frequent of its table; any other stands for how it is written.
SEEN_MIN, PACKAGES_MIN, LISTED_MAX = 25, 3, 400
# How many sightings the overall shares count for beside a token's own.
DOUBT = 20.0
# Of the views without a tree, how many know no words either, as in a language never seen.
WORDLESS = 0.5


def forget_some_words(data):
    """Replaces the words of some views without a tree by how they are written."""
    rng = np.random.default_rng(7)
    chosen = (data.view == "no tree") & (rng.random(len(data.view)) < WORDLESS)
    for column, written in zip(data.tokens, data.written):
        is_word = np.array([not name.startswith(("<sign>", "<literal>")) and name != "" for name in written])
        column[chosen & is_word] = ""


def keys(column, written, listed):
    return [token if token in listed else f"~{shape}" for token, shape in zip(column, written)]


class Tables:
    """One table for each kind of token, and the columns they give for all rows."""

    def __init__(self, data, which, target, classes, weight, rows):
        self.names = [data.token_names[i] for i in which]
        self.leans = []
        columns = []
        shares = self.prior(target[rows], classes, weight[rows])
        for i in which:
            column = self.table(data, i, target, classes, weight, rows, shares)
            columns.append(column)
        self.columns = np.hstack(columns).astype(np.float32)
        self.classes = classes

    @staticmethod
    def prior(target, classes, weight):
        count = max(classes, 2)
        return np.array([weight[target == c].sum() for c in range(count)]) / weight.sum()

    def table(self, data, i, target, classes, weight, rows, shares):
        column, package = data.tokens[i], data.package
        seen, where = collections.Counter(column[rows]), collections.defaultdict(set)
        for token, name in zip(column[rows], package[rows]):
            where[token].add(name)
        often = [token for token, count in seen.most_common(LISTED_MAX)
                 if token and not token.startswith("~") and count >= SEEN_MIN and len(where[token]) >= PACKAGES_MIN]
        key = keys(column, data.written[i], set(often))
        total = collections.defaultdict(lambda: np.zeros(len(shares)))
        mine = collections.defaultdict(lambda: np.zeros(len(shares)))
        for row in np.flatnonzero(rows):
            total[key[row]][target[row]] += weight[row]
            mine[key[row], package[row]][target[row]] += weight[row]
        table = {token: lean(counts, shares, classes) for token, counts in total.items()}
        others = {pair: lean(total[pair[0]] - counts, shares, classes) for pair, counts in mine.items()}
        nothing = np.zeros(classes)
        self.leans.append(table)
        return np.array([others[key[row], package[row]] if rows[row] else table.get(key[row], nothing)
                         for row in range(len(key))])


def lean(counts, shares, classes):
    """The logarithm of how much likelier each class is than usual, in steps of a hundredth."""
    likely = (counts + DOUBT * shares) / (counts.sum() + DOUBT)
    leans = np.log(likely / shares)
    return np.round(leans[-classes:] if classes == 1 else leans, 2)
