//! The learned part of the classifier: boosted trees over the numbers and tokens of a
//! [`Sheet`], with weights that are data.
//!
//! The weights are text so that they can be read and compared, and are parsed once. They are made
//! by `benches/routing/train.py` from labelled positions in real code; their first lines say from
//! which, and how well they do on packages they were not made from.

mod forest;

use std::collections::HashMap;
use std::sync::OnceLock;

use super::features::{Sheet, shape};
use forest::{Cuts, Forest};

/// Parsed weights.
#[derive(Debug)]
pub struct Model {
    classes: Vec<String>,
    /// The names of the numbers asked for.
    numbers: Vec<String>,
    tokens: Vec<TokenTable>,
    /// Where each input is cut: the numbers, then the leans of each token, one for each class.
    cuts: Cuts,
    forest: Forest,
    /// What each class starts from.
    base: Vec<f32>,
    /// Where on a sheet the numbers stand that are asked for, in their order. All sheets are alike.
    columns: OnceLock<Vec<usize>>,
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
}

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
            cuts: Cuts::default(),
            forest: Forest::default(),
            base: Vec::new(),
            columns: OnceLock::new(),
        };
        for (index, line) in tables.lines().chain(trees.lines()).enumerate() {
            model.read(line).map_err(|problem| format!("line {}: {problem}", index + 1))?;
        }
        if model.classes.is_empty() || model.forest.is_empty() {
            return Err("no classes or no trees".to_owned());
        }
        model.base.resize(model.classes.len(), 0.0);
        model.forest.shrink_to_fit();
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
                if !self.tokens.is_empty() {
                    return Err("a number behind a token".to_owned());
                }
                self.numbers.push(name);
                self.cuts.add(&floats(parts)?)?;
            }
            Some("token") => {
                let name = parts.next().ok_or("a token without a name")?.to_owned();
                let (rows, shapes, leans) = (HashMap::new(), Vec::new(), Vec::new());
                self.tokens.push(TokenTable { name, rows, shapes, leans });
            }
            Some("cuts") => {
                // Those of a token come class by class.
                let class: usize = number(parts.next())?;
                let before = self.tokens.len().checked_sub(1).ok_or("cuts before any token")?;
                let place = self.numbers.len() + before * self.classes.len() + class;
                if class >= self.classes.len() || place != self.cuts.inputs() {
                    return Err("cuts of another class are wanted here".to_owned());
                }
                self.cuts.add(&floats(parts)?)?;
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
        let mut tree = self.forest.begin(class);
        for part in parts {
            if let Some((input, cut)) = part.split_once(':') {
                let (input, cut) = (number(Some(input))?, number(Some(cut))?);
                if !self.cuts.has(input, cut) {
                    return Err(format!("no cut {input}:{cut}"));
                }
                self.forest.split(&mut tree, input, cut)?;
            } else {
                self.forest.leaf(&mut tree, number(Some(part))?)?;
            }
        }
        tree.end()
    }

    /// The names of the classes, in the order of [`Model::probabilities`].
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The names of the numbers and tokens the weights were made for.
    pub fn names(&self) -> (Vec<&str>, Vec<&str>) {
        let numbers = self.numbers.iter().map(String::as_str).collect();
        (numbers, self.tokens.iter().map(|table| table.name.as_str()).collect())
    }

    /// The probability of each class; they sum to one. For a single class the logistic function of
    /// its score.
    pub fn probabilities(&self, sheet: &Sheet<'_>) -> Vec<f64> {
        let mut inputs = Vec::new();
        self.add_inputs(sheet, &mut inputs);
        let mut scores = self.base.clone();
        self.forest.add_scores(&inputs, &mut scores);
        if let [score] = scores.as_slice() {
            return vec![logistic(*score)];
        }
        let highest = scores.iter().copied().fold(f32::MIN, f32::max);
        let powers: Vec<f64> = scores.iter().map(|s| f64::from(s - highest).exp()).collect();
        let sum: f64 = powers.iter().sum();
        powers.into_iter().map(|power| power / sum).collect()
    }

    /// The probability of the one class for each of many sheets. A sheet whose score falls below `hopeless`
    /// before all trees have spoken keeps what it has then, which is some little probability.
    pub fn probabilities_of_one<'s>(
        &self,
        sheets: impl Iterator<Item = &'s Sheet<'static>>,
        hopeless: f32,
    ) -> Vec<f64> {
        let (mut inputs, mut count) = (Vec::new(), 0);
        for sheet in sheets {
            self.add_inputs(sheet, &mut inputs);
            count += 1;
        }
        let mut scores = vec![self.base.first().copied().unwrap_or(0.0); count];
        self.forest.add_scores_of_rows(&inputs, &mut scores, hopeless);
        scores.into_iter().map(logistic).collect()
    }

    /// Adds what the trees ask about, as the places of the values among the cuts: numbers of the sheet,
    /// zero where it has none of the name, then the leans of its tokens.
    fn add_inputs(&self, sheet: &Sheet<'_>, inputs: &mut Vec<u8>) {
        let columns = self.columns.get_or_init(|| {
            let place = |wanted: &String| sheet.numbers.iter().position(|(name, _)| name == wanted);
            self.numbers.iter().map(|name| place(name).unwrap_or(usize::MAX)).collect()
        });
        inputs.reserve(self.cuts.inputs());
        let value = |column: &usize| sheet.numbers.get(*column).map_or(0.0, |(_, value)| *value);
        let numbers = columns.iter().map(value).enumerate();
        inputs.extend(numbers.map(|(input, value)| self.cuts.place(input, value)));
        // Both are in the same order.
        let mut tokens = sheet.tokens.iter();
        let mut input = self.numbers.len();
        for table in &self.tokens {
            let token = tokens.find(|(name, _)| *name == table.name);
            let leans = token.and_then(|(_, token)| table.leans_of(token, self.classes.len()));
            for class in 0..self.classes.len() {
                inputs.push(self.cuts.place(input, leans.map_or(0.0, |leans| leans[class])));
                input += 1;
            }
        }
    }
}

/// The probability that a score stands for.
fn logistic(score: f32) -> f64 {
    1.0 / (1.0 + f64::from(-score).exp())
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
