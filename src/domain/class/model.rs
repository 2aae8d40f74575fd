//! The learned part of the classifier: boosted trees over the numbers and tokens of a
//! [`Sheet`], with weights that are data.
//!
//! The weights are text so that they can be read and compared, and are parsed once. They are made
//! by `benches/routing/train.py` from labelled positions in real code; their first lines say from
//! which, and how well they do on packages they were not made from. Inference is a walk down some
//! hundred small trees: no allocation to speak of, tens of microseconds.

use std::collections::HashMap;

use super::features::{Sheet, shape};

/// Parsed weights.
#[derive(Debug)]
pub struct Model {
    classes: Vec<String>,
    numbers: Vec<Number>,
    tokens: Vec<TokenTable>,
    nodes: Vec<Node>,
    /// The first node of each tree and the class it speaks about.
    trees: Vec<(u32, u8)>,
    /// What each class starts from.
    base: Vec<f32>,
}

/// A number of the sheet and where the trees cut it.
#[derive(Debug)]
struct Number {
    name: String,
    cuts: Vec<f32>,
}

/// What is known of the tokens of one place: for each class how much more or less likely it is
/// after this token, as a logarithm.
#[derive(Debug)]
struct TokenTable {
    name: String,
    rows: HashMap<Box<str>, u32>,
    /// The same for ways of writing, for tokens that are not listed.
    shapes: Vec<(Box<str>, u32)>,
    /// One value for each class, row by row.
    leans: Vec<f32>,
    cuts: Vec<Vec<f32>>,
}

/// A split or a leaf. Small, because a decision reads some thousands of them.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// Inputs above this go right; in a leaf, its value.
    value: f32,
    /// What a split asks about; [`LEAF`] in a leaf.
    input: u16,
    /// How many nodes further the right side of a split begins; the left side is the next node.
    right: u16,
}

/// Marks a leaf.
const LEAF: u16 = u16::MAX;

/// How leaf values are written: as whole thousandths.
const LEAF_UNIT: f32 = 1000.0;
/// How leans are written: as whole hundredths.
const LEAN_UNIT: f32 = 100.0;

impl TokenTable {
    /// The leans of a token, or else of how it is written.
    fn leans_of(&self, token: &str, classes: usize) -> Option<&[f32]> {
        let known = self.rows.get(token).copied();
        // Few ways of writing, listed once: no text is put together here.
        let row = known.or_else(|| {
            let shape = shape(token);
            self.shapes.iter().find(|(name, _)| **name == *shape).map(|(_, row)| *row)
        })? as usize;
        self.leans.get(row * classes..(row + 1) * classes)
    }
}

impl Model {
    /// Reads weights: first what is known of numbers and tokens, then the trees. The error names the
    /// line, counted through both.
    pub fn parse(tables: &str, trees: &str) -> Result<Self, String> {
        let mut model = Self {
            classes: Vec::new(),
            numbers: Vec::new(),
            tokens: Vec::new(),
            nodes: Vec::new(),
            trees: Vec::new(),
            base: Vec::new(),
        };
        for (index, line) in tables.lines().chain(trees.lines()).enumerate() {
            model.read(line).map_err(|problem| format!("line {}: {problem}", index + 1))?;
        }
        if model.classes.is_empty() || model.trees.is_empty() {
            return Err("no classes or no trees".to_owned());
        }
        model.nodes.shrink_to_fit();
        Ok(model)
    }

    fn read(&mut self, line: &str) -> Result<(), String> {
        let mut parts = line.split_ascii_whitespace();
        match parts.next() {
            None | Some("#") => {}
            Some("classes") => self.classes = parts.map(str::to_owned).collect(),
            Some("base") => self.base = floats(parts)?,
            Some("number") => {
                let name = parts.next().ok_or("a number without a name")?.to_owned();
                self.numbers.push(Number { name, cuts: floats(parts)? });
            }
            Some("token") => {
                let name = parts.next().ok_or("a token without a name")?.to_owned();
                let cuts = vec![Vec::new(); self.classes.len()];
                self.tokens.push(TokenTable {
                    name,
                    rows: HashMap::new(),
                    shapes: Vec::new(),
                    leans: Vec::new(),
                    cuts,
                });
            }
            Some("cuts") => {
                let class: usize = number(parts.next())?;
                let table = self.tokens.last_mut().ok_or("cuts before any token")?;
                *table.cuts.get_mut(class).ok_or("no such class")? = floats(parts)?;
            }
            Some("lean") => self.read_lean(line)?,
            Some("tree") => self.read_tree(parts)?,
            Some(word) => return Err(format!("{word:?} is not known")),
        }
        Ok(())
    }

    /// `lean V V V V V TOKEN`, where the token may hold spaces.
    fn read_lean(&mut self, line: &str) -> Result<(), String> {
        let count = self.classes.len();
        let mut parts = line.splitn(count + 2, ' ');
        parts.next();
        let leans: Vec<f32> = (0..count)
            .map(|_| number::<f32>(parts.next()).map(|value| value / LEAN_UNIT))
            .collect::<Result<_, _>>()?;
        let token = parts.next().unwrap_or_default();
        let table = self.tokens.last_mut().ok_or("a lean before any token")?;
        let row = (table.leans.len() / count.max(1)) as u32;
        table.leans.extend(leans);
        match token.strip_prefix('~') {
            Some(shape) if shape.is_empty() || shape.starts_with('<') => {
                table.shapes.push((shape.into(), row));
            }
            _ => {
                table.rows.insert(token.into(), row);
            }
        }
        Ok(())
    }

    /// `tree CLASS NODE…` in the order parent, left, right. A split is `INPUT:CUT`, both indexes; a
    /// leaf is a whole number.
    fn read_tree<'t>(&mut self, mut parts: impl Iterator<Item = &'t str>) -> Result<(), String> {
        let class: u8 = number(parts.next())?;
        if usize::from(class) >= self.classes.len() {
            return Err("no such class".to_owned());
        }
        self.trees.push((self.nodes.len() as u32, class));
        // Splits whose right side has not begun yet.
        let mut waiting: Vec<usize> = Vec::new();
        let mut is_done = false;
        for part in parts {
            if is_done {
                return Err("nodes after the end of the tree".to_owned());
            }
            let index = self.nodes.len();
            if let Some((input, cut)) = part.split_once(':') {
                let input: u16 = number(Some(input))?;
                let cut = self.cut(usize::from(input), number(Some(cut))?)?;
                self.nodes.push(Node { value: cut, input, right: 0 });
                waiting.push(index);
            } else {
                let value = number::<f32>(Some(part))? / LEAF_UNIT;
                self.nodes.push(Node { value, input: LEAF, right: 0 });
                match waiting.pop() {
                    None => is_done = true,
                    Some(split) => {
                        let step = u16::try_from(index + 1 - split);
                        self.nodes[split].right = step.map_err(|_| "the tree is too large")?;
                    }
                }
            }
        }
        if is_done { Ok(()) } else { Err("the tree does not end".to_owned()) }
    }

    fn cut(&self, input: usize, index: usize) -> Result<f32, String> {
        let cuts = if let Some(number) = self.numbers.get(input) {
            Some(&number.cuts)
        } else {
            let input = input - self.numbers.len();
            let table = self.tokens.get(input / self.classes.len());
            table.and_then(|table| table.cuts.get(input % self.classes.len()))
        };
        cuts.and_then(|cuts| cuts.get(index))
            .copied()
            .ok_or_else(|| format!("no cut {input}:{index}"))
    }

    /// The names of the classes, in the order of [`Model::probabilities`].
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The names of the numbers and tokens the weights were made for.
    pub fn names(&self) -> (Vec<&str>, Vec<&str>) {
        let numbers = self.numbers.iter().map(|number| number.name.as_str()).collect();
        (numbers, self.tokens.iter().map(|table| table.name.as_str()).collect())
    }

    /// The probability of each class; they sum to one. For a single class the logistic function of
    /// its score.
    pub fn probabilities(&self, sheet: &Sheet<'_>) -> Vec<f64> {
        let inputs = self.inputs(sheet);
        let mut scores = self.base.clone();
        scores.resize(self.classes.len(), 0.0);
        for (root, class) in &self.trees {
            scores[usize::from(*class)] += self.walk(*root as usize, &inputs);
        }
        if let [score] = scores.as_slice() {
            return vec![1.0 / (1.0 + f64::from(-score).exp())];
        }
        let highest = scores.iter().copied().fold(f32::MIN, f32::max);
        let powers: Vec<f64> = scores.iter().map(|s| f64::from(s - highest).exp()).collect();
        let sum: f64 = powers.iter().sum();
        powers.into_iter().map(|power| power / sum).collect()
    }

    /// The logistic function of the score of a single class. `inputs` are in the order of
    /// [`Model::names`]; the model has no tokens.
    pub fn probability_of(&self, inputs: &[f32]) -> f64 {
        let base = self.base.first().copied().unwrap_or(0.0);
        let trees = self.trees.iter().map(|(root, _)| self.walk(*root as usize, inputs));
        let score = base + trees.sum::<f32>();
        1.0 / (1.0 + f64::from(-score).exp())
    }

    /// What the trees ask about, in the order of the weights: those numbers of the sheet that are
    /// used, then the leans of its tokens. Both lists keep the order of the sheet.
    fn inputs(&self, sheet: &Sheet<'_>) -> Vec<f32> {
        let mut inputs = Vec::with_capacity(self.numbers.len() + 5 * self.tokens.len());
        let mut numbers = sheet.numbers.iter();
        for wanted in &self.numbers {
            inputs.extend(numbers.find(|(name, _)| *name == wanted.name).map(|(_, value)| *value));
        }
        let nothing = vec![0.0; self.classes.len()];
        let mut tokens = sheet.tokens.iter();
        for table in &self.tokens {
            let Some((_, token)) = tokens.find(|(name, _)| *name == table.name) else { break };
            inputs.extend(table.leans_of(token, nothing.len()).unwrap_or(&nothing));
        }
        inputs
    }

    fn walk(&self, root: usize, inputs: &[f32]) -> f32 {
        let mut at = root;
        while let Some(node) = self.nodes.get(at) {
            if node.input == LEAF {
                return node.value;
            }
            let is_left = inputs.get(usize::from(node.input)).is_none_or(|v| *v <= node.value);
            at += if is_left { 1 } else { usize::from(node.right) };
        }
        0.0
    }
}

fn number<T: std::str::FromStr>(part: Option<&str>) -> Result<T, String> {
    let part = part.ok_or("the line ends too soon")?;
    part.parse().map_err(|_| format!("{part:?} is not a number"))
}

fn floats<'t>(parts: impl Iterator<Item = &'t str>) -> Result<Vec<f32>, String> {
    parts.map(|part| number(Some(part))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: &str = "# made by hand\nclasses a b\nbase 0 0\nnumber x 0.5 2.5\ntoken t\n\
                          cuts 0 0.2\ncuts 1\nlean 100 0 if x\nlean -50 0 ~<word>\n";
    const TREES: &str = "tree 0 0:0 -1000 1:0 0 2000\ntree 1 0:1 0 500\n";

    fn sheet(x: f32, t: &'static str) -> Sheet<'static> {
        let mut sheet = Sheet::default();
        sheet.numbers.push(("x", x));
        sheet.tokens.push(("t", t.into()));
        sheet
    }

    #[test]
    fn trees_are_walked_and_unlisted_tokens_stand_for_their_shape() {
        let model = Model::parse(TABLES, TREES).expect("weights");
        let score = |x, t| model.probabilities(&sheet(x, t))[0];
        let share = |a: f64, b: f64| a.exp() / (a.exp() + b.exp());
        for (x, t, a, b) in [
            (0.0, "if x", -1.0, 0.0),
            (1.0, "if x", 2.0, 0.0),
            (1.0, "other", 0.0, 0.0),
            (3.0, "if x", 2.0, 0.5),
            (3.0, "=>", 0.0, 0.5),
        ] {
            assert!((score(x, t) - share(a, b)).abs() < 1e-6, "{x} {t}");
        }
    }

    #[test]
    fn broken_weights_are_refused_with_the_line() {
        for (broken, line) in [
            ("classes a\ntree 0 0:0 1 2\n", 2),
            ("classes a\nnumber x 1\ntree 0 0:0 1\n", 3),
            ("classes a\nnumber x 1\ntree 0 1 2\n", 3),
            ("classes a\nnumber x one\n", 2),
            ("classes a\nwhat\n", 2),
        ] {
            let problem = Model::parse(broken, "").expect_err(broken);
            assert!(problem.starts_with(&format!("line {line}:")), "{problem}");
        }
    }
}
