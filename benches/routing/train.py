"""Makes the weights of the classifier from the tuning half.

    python benches/routing/train.py            trains and writes src/domain/class/weights/
    python benches/routing/train.py --check    only cross-validates, and prints what came out

Two models are made. `site` says from the site alone which class is wanted. `first_line` says, once a cheap model has answered with a line, whether the place wants a whole block after all.
Both are boosted trees. Nothing of the test half is read here; the figures in the files' first lines
are of packages left out of training (two folds by package).
"""

import argparse
from pathlib import Path

import lightgbm
import numpy as np

import encoding
import packages
import sheets
import weights

WEIGHTS = sheets.ROOT / "src/domain/class/weights"
FOLDS = 2
# A pause is when an editor asks; the other policies teach rare places.
POLICY_WEIGHT = {"pause": 1.0, "line": 0.35, "token": 0.35, "keystroke": 0.35}
VIEW_WEIGHT = {"whole": 1.0, "no tree": 0.6, "autoclosed": 0.5, "entered": 2.0}
TREES = {"learning_rate": 0.08, "num_leaves": 31, "feature_fraction": 0.3, "bagging_fraction": 0.7,
         "bagging_freq": 1, "min_data_in_leaf": 40, "lambda_l2": 5.0, "max_bin": 63, "seed": 7,
         "deterministic": True, "force_row_wise": True, "num_threads": 2, "use_missing": False,
         "verbose": -1}
SITE_ROUNDS, LINE_ROUNDS = 160, 100
# The tokens besides the line's own that the second model looks at.
LINE_TOKENS = {"around", "before", "owner", "last", "roles"}
BLOCK = sheets.LABELS.index("block")


def sample_weights(data):
    """Every language alike, pauses before other places, added views below real ones."""
    weight = np.array([POLICY_WEIGHT[policy] for policy in data.policy])
    weight *= np.array([VIEW_WEIGHT[view] for view in data.view])
    for language in set(data.language):
        mine = data.language == language
        weight[mine] /= weight[mine].sum()
    return weight * len(weight) / weight.sum()


def folds(data):
    """A fold for each row: the packages of each language are dealt out in turn."""
    fold = np.zeros(len(data.label), int)
    for language in set(data.language):
        for number, package in enumerate(sorted(set(data.package[data.language == language]))):
            fold[data.package == package] = number % FOLDS
    return fold


def site_columns(data):
    """The numbers and tokens that are known before any model answered."""
    own = [i for i, name in enumerate(data.number_names) if not name.startswith("line_")]
    tokens = [i for i, name in enumerate(data.token_names) if not name.startswith("line_")]
    return own, tokens


def fit_site(data, weight, rows):
    numbers, tokens = site_columns(data)
    tables = encoding.Tables(data, tokens, data.label, len(sheets.LABELS), weight, rows)
    inputs = np.hstack([data.numbers[:, numbers], tables.columns])
    target = lightgbm.Dataset(inputs[rows], data.label[rows], weight=weight[rows])
    options = TREES | {"objective": "multiclass", "num_class": len(sheets.LABELS)}
    booster = lightgbm.train(options, target, SITE_ROUNDS)
    names = [data.number_names[i] for i in numbers]
    return weights.Trained(booster, names, tables, inputs)


def fit_line(data, weight, rows, scores):
    tokens = [i for i, name in enumerate(data.token_names)
              if name.startswith("line_") or name in LINE_TOKENS]
    is_block = (data.label == BLOCK).astype(int)
    tables = encoding.Tables(data, tokens, is_block, 1, weight, rows)
    inputs = np.hstack([data.numbers, np.log(scores + 1e-6), tables.columns])
    # Where lines begin, a line that opens a block is the usual sign, so they count more here.
    weight = weight * np.where(data.policy == "line", 2.0, 1.0)
    target = lightgbm.Dataset(inputs[rows], is_block[rows], weight=weight[rows])
    booster = lightgbm.train(TREES | {"objective": "binary"}, target, LINE_ROUNDS)
    names = data.number_names + [f"score_{label}" for label in sheets.LABELS]
    return weights.Trained(booster, names, tables, inputs)


def site_scores(data, weight):
    """Scores of every row by models that have not seen its package."""
    fold = folds(data)
    scores = np.zeros((len(data.label), len(sheets.LABELS)))
    for number in range(FOLDS):
        model = fit_site(data, weight, fold != number)
        scores[fold == number] = model.booster.predict(model.inputs[fold == number])
        print(f"fold {number + 1} of {FOLDS}: sites", flush=True)
    return scores


def cross_validate(data, weight):
    """The scores, and those of the second model."""
    scores, fold = site_scores(data, weight), folds(data)
    lines = np.zeros(len(data.label))
    for number in range(FOLDS):
        model = fit_line(data, weight, fold != number, scores)
        lines[fold == number] = model.booster.predict(model.inputs[fold == number])
        print(f"fold {number + 1} of {FOLDS}: first lines", flush=True)
    return scores, lines


def recall_at(score, is_block, rate):
    """The share of blocks above the score that `rate` of the other rows exceed."""
    others = np.sort(score[~is_block])[::-1]
    return np.mean(score[is_block] > others[int(rate * len(others))])


def figures(data, scores, lines):
    """The headline figures, the mean over languages, pauses only."""
    out = []
    tiers = np.array([0, 1, 1, 2, 3])
    for view in ("whole", "no tree"):
        rows = []
        for language in sorted(set(data.language)):
            mine = (data.language == language) & (data.policy == "pause") & (data.view == view)
            found, label = scores[mine].argmax(1), data.label[mine]
            block = label == BLOCK
            rows.append([100 * np.mean(found == label), 100 * np.mean(tiers[found] == tiers[label]),
                         100 * np.mean(tiers[found[label < 3]] == 3),
                         100 * recall_at(scores[mine][:, BLOCK], block, 0.03),
                         100 * recall_at(lines[mine], block, 0.03)])
        names = ("class", "tier", "simple to flagship", "block recall at 3 %", "with the first line")
        mean = ", ".join(f"{name} {value:.1f}" for name, value in zip(names, np.mean(rows, 0)))
        out.append(f"{view}: {mean}")
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=packages.cache())
    parser.add_argument("--share", type=float, default=0.7, help="of the positions to use")
    parser.add_argument("--check", action="store_true", help="only cross-validate")
    options = parser.parse_args()
    data = sheets.load(options.data / "positions-tuning.jsonl", options.data / "sources",
                       options.data / "sheets-tuning.tsv", options.share)
    encoding.forget_some_words(data)
    weight = sample_weights(data)
    scores, lines = cross_validate(data, weight)
    found = figures(data, scores, lines)
    print(*found, sep="\n")
    if options.check:
        return
    everything = np.ones(len(data.label), bool)
    origin = [
        "Weights of the classifier: data, made by benches/routing/train.py; do not edit.",
        f"{len(data.label)} views of positions in {len(set(data.package))} packages, the tuning half",
        "of benches/routing/packages.toml. On packages left out of training (pauses, mean of the",
        "languages, per cent):", *found,
    ]
    WEIGHTS.mkdir(exist_ok=True)
    names = {"name": "identifier", "block": "logic"}
    classes = [names.get(label, label) for label in sheets.LABELS]
    site = fit_site(data, weight, everything)
    weights.write(WEIGHTS, "site", site, classes, origin)
    line = fit_line(data, weight, everything, scores)
    weights.write(WEIGHTS, "first_line", line, ["logic"], origin)


if __name__ == "__main__":
    main()
