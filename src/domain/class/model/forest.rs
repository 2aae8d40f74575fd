//! Boosted trees, walked down several at a time.
//!
//! Which way a walk goes is as good as random, so a branch for each split would be foretold wrongly every
//! second time; and between two keystrokes the nodes leave the nearest caches. So a node has four bytes,
//! values are compared by their places among the cuts, and eight walks go side by side without a branch
//! but for their end.

/// How many walks go side by side.
const LANES: usize = 8;
/// How many trees lie between two looks at which rows are hopeless.
const TREES_BETWEEN: usize = 25;
/// How leaf values are written: as whole thousandths.
const LEAF_UNIT: f32 = 1000.0;

/// Where the splits cut the inputs: for each input some values in ascending order.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    values: Vec<f32>,
    /// Where among the values those of each input end.
    ends: Vec<usize>,
}

impl Cuts {
    /// Adds the cuts of the next input.
    pub(super) fn add(&mut self, cuts: &[f32]) -> Result<(), String> {
        if cuts.len() > usize::from(u8::MAX) || !cuts.is_sorted() {
            return Err("cuts must ascend and be no more than 255".to_owned());
        }
        self.values.extend(cuts);
        self.ends.push(self.values.len());
        Ok(())
    }

    /// How many inputs there are.
    pub(super) fn inputs(&self) -> usize {
        self.ends.len()
    }

    /// Whether an input has a cut with this index.
    pub(super) fn has(&self, input: u8, index: u8) -> bool {
        self.of(usize::from(input)).is_some_and(|cuts| usize::from(index) < cuts.len())
    }

    /// How many cuts of an input a value lies above. They are few, so that all are looked at.
    pub(super) fn place(&self, input: usize, value: f32) -> u8 {
        let cuts = self.of(input).unwrap_or_default();
        cuts.iter().map(|cut| u32::from(*cut < value)).sum::<u32>() as u8
    }

    fn of(&self, input: usize) -> Option<&[f32]> {
        let end = *self.ends.get(input)?;
        let start = input.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.values.get(start..end)
    }
}

/// Trees, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Forest {
    nodes: Vec<Node>,
    /// The first node of each tree and the class it speaks about.
    trees: Vec<(u32, u8)>,
}

/// A split or a leaf.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// The index of a cut: what lies above it goes right. In a leaf, its value in thousandths.
    value: i16,
    /// What a split asks about; zero in a leaf.
    input: u8,
    /// How many nodes further the right side of a split begins, the left side being the next node; zero
    /// in a leaf, where a walk stays.
    right: u8,
}

/// A tree that is being read.
pub(super) struct Growing {
    /// Splits whose right side has not begun yet.
    waiting: Vec<usize>,
    is_done: bool,
}

impl Growing {
    /// Says whether the tree is whole.
    pub(super) fn end(self) -> Result<(), String> {
        if self.is_done { Ok(()) } else { Err("the tree does not end".to_owned()) }
    }
}

impl Forest {
    pub(super) fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.nodes.shrink_to_fit();
    }

    /// Begins a tree that speaks about a class.
    pub(super) fn begin(&mut self, class: u8) -> Growing {
        self.trees.push((self.nodes.len() as u32, class));
        Growing { waiting: Vec::new(), is_done: false }
    }

    /// Adds a split, the nodes of whose left side come next.
    pub(super) fn split(&mut self, tree: &mut Growing, input: u8, cut: u8) -> Result<(), String> {
        tree.waiting.push(self.nodes.len());
        self.add(tree, Node { value: cut.into(), input, right: 0 })
    }

    /// Adds a leaf, behind which the right side of the last open split comes, or the end.
    pub(super) fn leaf(&mut self, tree: &mut Growing, value: i16) -> Result<(), String> {
        self.add(tree, Node { value, input: 0, right: 0 })?;
        match tree.waiting.pop() {
            None => tree.is_done = true,
            Some(split) => {
                let step = u8::try_from(self.nodes.len() - split);
                self.nodes[split].right = step.map_err(|_| "the tree is too large")?;
            }
        }
        Ok(())
    }

    fn add(&mut self, tree: &Growing, node: Node) -> Result<(), String> {
        if tree.is_done {
            return Err("nodes after the end of the tree".to_owned());
        }
        self.nodes.push(node);
        Ok(())
    }

    /// Adds what the trees say of one row of inputs to the scores of their classes. Inputs are places
    /// among their cuts.
    pub(super) fn add_scores(&self, inputs: &[u8], scores: &mut [f32]) {
        // Walks that have come to a leaf ask for the first input as well.
        let trees = if inputs.is_empty() { &[] } else { self.trees.as_slice() };
        for trees in trees.chunks(LANES) {
            let at = std::array::from_fn(|lane| trees.get(lane).map_or(0, |(root, _)| *root));
            let leaves = self.walk(at, [inputs; LANES]);
            for ((_, class), leaf) in trees.iter().zip(leaves) {
                scores[usize::from(*class)] += leaf;
            }
        }
    }

    /// Adds what the trees, which all speak about one class, say of each row of `inputs` to its score. The
    /// rows stand one behind the other and are as long as one another. One whose score falls below
    /// `hopeless` on the way is left there.
    pub(super) fn add_scores_of_rows(&self, inputs: &[u8], scores: &mut [f32], hopeless: f32) {
        let width = inputs.len().checked_div(scores.len()).unwrap_or(0);
        if width == 0 {
            return;
        }
        let row = |row: usize| &inputs[row * width..(row + 1) * width];
        let mut left: Vec<usize> = (0..scores.len()).collect();
        for trees in self.trees.chunks(TREES_BETWEEN) {
            // Tree by tree, so that its nodes are read from the nearest cache for all rows but the first.
            for (root, _) in trees {
                for rows in left.chunks(LANES) {
                    let lane = |lane| row(rows.get(lane).copied().unwrap_or(rows[0]));
                    let leaves = self.walk([*root; LANES], std::array::from_fn(lane));
                    rows.iter().zip(leaves).for_each(|(row, leaf)| scores[*row] += leaf);
                }
            }
            left.retain(|row| scores[*row] >= hopeless);
        }
    }

    /// Goes down from each of `at` to a leaf and returns its value.
    fn walk(&self, mut at: [u32; LANES], inputs: [&[u8]; LANES]) -> [f32; LANES] {
        let nodes = self.nodes.as_slice();
        loop {
            let mut moved = 0;
            for (at, inputs) in at.iter_mut().zip(inputs) {
                let node = &nodes[*at as usize];
                let left = u32::from(node.right != 0);
                let is_right = i16::from(inputs[usize::from(node.input)]) > node.value;
                let step = if is_right { u32::from(node.right) } else { left };
                moved |= step;
                *at += step;
            }
            if moved == 0 {
                return at.map(|at| f32::from(nodes[at as usize].value) / LEAF_UNIT);
            }
        }
    }
}
