"""Writes trained trees in the text form that `src/domain/class/model.rs` reads."""

import dataclasses

import numpy as np


@dataclasses.dataclass
class Trained:
    """Trees with what their inputs are."""

    booster: object
    number_names: list
    tables: object
    inputs: np.ndarray


@dataclasses.dataclass
class NoTables:
    """What a model without tokens has in the place of tables."""

    names: tuple = ()
    leans: tuple = ()


def write(folder, name, trained, classes, origin):
    """Writes `NAME_tables.txt` and `NAME_trees.txt`, which are read one behind the other."""
    trees = [tree["tree_structure"] for tree in trained.booster.dump_model()["tree_info"]]
    cuts = {}
    for tree in trees:
        collect(tree, cuts)
    count = len(trained.number_names)
    kept_numbers = [i for i in range(count) if i in cuts]
    width = len(classes)
    kept_tables = [t for t in range(len(trained.tables.names))
                   if any(count + t * width + c in cuts for c in range(width))]
    places = {i: place for place, i in enumerate(kept_numbers)}
    for place, table in enumerate(kept_tables):
        for c in range(width):
            places[count + table * width + c] = len(kept_numbers) + place * width + c
    order = {i: {cut: n for n, cut in enumerate(sorted(values))} for i, values in cuts.items()}
    with open(folder / f"{name}_tables.txt", "w", encoding="utf8") as out:
        for line in origin:
            print("#", line, file=out)
        print("classes", *classes, file=out)
        print("base", *["0"] * width, file=out)
        for i in kept_numbers:
            print("number", trained.number_names[i], *map(short, order[i]), file=out)
        for table in kept_tables:
            print("token", trained.tables.names[table], file=out)
            for c in range(width):
                print("cuts", c, *map(short, order.get(count + table * width + c, {})), file=out)
            for token, leans in sorted(trained.tables.leans[table].items()):
                print("lean", *[round(100 * value) for value in leans], token, file=out)
    with open(folder / f"{name}_trees.txt", "w", encoding="utf8") as out:
        for number, tree in enumerate(trees):
            print("tree", number % width, *nodes(tree, places, order), file=out)


def collect(node, cuts):
    if "split_feature" in node:
        cuts.setdefault(node["split_feature"], set()).add(node["threshold"])
        collect(node["left_child"], cuts)
        collect(node["right_child"], cuts)


def nodes(node, places, order):
    if "split_feature" not in node:
        return [str(round(1000 * node["leaf_value"]))]
    feature = node["split_feature"]
    here = f"{places[feature]}:{order[feature][node['threshold']]}"
    return [here, *nodes(node["left_child"], places, order), *nodes(node["right_child"], places, order)]


def short(value):
    return f"{value:.6g}"
