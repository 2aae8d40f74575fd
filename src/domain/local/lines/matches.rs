//! Where the cursor's line, or what it is about to be, was written before.
//!
//! A line speaks for what comes in one of several ways: it begins with what was typed; the last tokens
//! before the cursor stand in it; it is built as this one but for names, which then change in its rest
//! as well; or the line above it is the one above the cursor, or built like that one. At the start of a
//! line also those that are written again and again in such a place.

use std::borrow::Cow;

use super::here::Here;
use super::rename::{Code, Renames};
use crate::domain::local::text::{Line, Lines, Token};

/// Bound: tokens before the cursor that are compared.
const TOKENS_MAX: usize = 12;
/// Bound: lines that are looked at for names that changed.
const RENAMED_MAX: usize = 32;
/// Bound: lines that speak for anything, the nearest first.
const MATCHES_MAX: usize = 400;
/// Tokens that must be the same in a line far away that differs in names; in a near one it is one, in
/// the next row of a table none.
const EQUAL_MIN: usize = 2;
/// What a near line is.
const NEAR: usize = 3;

/// How a line was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It begins with what was typed.
    Beginning,
    /// The last tokens before the cursor stand in it.
    Tokens,
    /// What was typed is built like its beginning.
    Alike,
    /// It follows the line that is above the cursor.
    Follows,
    /// It follows a line built like the one above the cursor.
    FollowsAlike,
    /// It is the line above, counted on.
    Sequence,
    /// It is as far indented and below a line that ends alike.
    Placed,
    /// The index knows it.
    Index,
}

/// How many ways there are.
pub(super) const WAYS: usize = 8;

/// One line that speaks for what comes.
#[derive(Debug)]
pub(super) struct Match<'t> {
    /// What would come, perhaps nothing.
    pub(super) text: Cow<'t, str>,
    /// Which line of the window; none of the index.
    pub(super) line: Option<usize>,
    pub(super) way: Way,
    /// How many tokens before the cursor are the same.
    pub(super) tokens: usize,
    /// Whether all that was typed fits.
    pub(super) is_whole: bool,
    /// How many names differ, and how many of them stand in the rest.
    pub(super) renamed: usize,
    pub(super) changed: usize,
}

/// Looks at every line of the window.
pub(super) fn find<'t>(here: &'t Here<'t>, lines: &'t Lines<'t>) -> Vec<Match<'t>> {
    let above = lines.above(0).zip(lines.above(1));
    let is_in_rows = above.is_some_and(|(a, b)| lines.are_alike(a, b));
    let mut finder = Finder { here, lines, found: Vec::new(), renamed: 0, is_in_rows };
    for index in nearest_first(lines) {
        if finder.found.len() >= MATCHES_MAX {
            break;
        }
        let line = &lines.all[index];
        let found = finder.found.len();
        finder.beginning(index, line);
        if found == finder.found.len() && !here.is_text {
            finder.by_tokens(index, line);
            finder.alike(index, line);
        }
        if here.complete.is_empty() && !here.is_text {
            finder.following(index, line);
        }
    }
    if here.complete.is_empty() {
        finder.sequence();
    }
    finder.found
}

fn nearest_first(lines: &Lines<'_>) -> impl Iterator<Item = usize> {
    let (above, all) = (lines.above, lines.all.len());
    (0..above.max(all - above)).flat_map(move |distance| {
        let over = above.checked_sub(distance + 1);
        let under = Some(above + distance).filter(|index| *index < all);
        over.into_iter().chain(under)
    })
}

struct Finder<'t> {
    here: &'t Here<'t>,
    lines: &'t Lines<'t>,
    found: Vec<Match<'t>>,
    renamed: usize,
    /// Whether the two lines above are built alike, so that this one may well be too.
    is_in_rows: bool,
}

impl<'t> Finder<'t> {
    fn add(
        &mut self,
        line: usize,
        way: Way,
        rest: impl Into<Cow<'t, str>>,
        tokens: usize,
        is_whole: bool,
    ) {
        let text = self.fit(rest.into());
        self.found.push(Match {
            text,
            line: Some(line),
            way,
            tokens,
            is_whole,
            renamed: 0,
            changed: 0,
        });
    }

    /// The rest of a line as it goes on at the cursor.
    fn fit(&self, rest: Cow<'t, str>) -> Cow<'t, str> {
        let is_start = self.here.is_spaced || self.here.typed.is_empty();
        match rest {
            rest if !is_start => rest,
            Cow::Borrowed(rest) => rest.trim_start().into(),
            Cow::Owned(rest) => rest.trim_start().to_owned().into(),
        }
    }

    fn beginning(&mut self, index: usize, line: &Line<'t>) {
        let typed = self.here.typed.trim_end();
        if let Some(rest) = line.text.strip_prefix(typed)
            && !typed.is_empty()
        {
            self.add(index, Way::Beginning, rest, self.here.all.len(), true);
        }
    }

    /// The place in the line before which the most tokens are those before the cursor.
    fn by_tokens(&mut self, index: usize, line: &Line<'t>) {
        let here = self.here;
        let word = here.site.word.as_str();
        let Some(last) = here.complete.last() else { return };
        let tokens = self.lines.tokens(line);
        let mut best = (0, 0);
        for (at, token) in tokens.iter().enumerate() {
            if token.hash != last.hash {
                continue;
            }
            let behind = here.complete.iter().rev().zip(tokens[..=at].iter().rev());
            let same = behind.take(TOKENS_MAX).take_while(|(a, b)| a.hash == b.hash).count();
            let fits = word.is_empty() || begins(line, tokens.get(at + 1), word);
            if fits && same > best.0 {
                best = (same, at);
            }
        }
        let (same, at) = best;
        if same + usize::from(word.len() > 1) >= 2 {
            let from = match tokens.get(at + 1) {
                Some(next) if !word.is_empty() => next.range().start + word.len(),
                _ => tokens[at].range().end,
            };
            let is_whole = same == here.complete.len() && same == at + 1;
            let tokens = same + usize::from(!word.is_empty());
            self.add(index, Way::Tokens, &line.text[from..], tokens, is_whole);
        }
    }

    /// Whether the line begins as what was typed but for names.
    fn alike(&mut self, index: usize, line: &Line<'t>) {
        let here = self.here;
        let word = here.site.word.as_str();
        let code = self.code(line);
        let count = here.complete.len();
        if let Some(renames) = self.renames(index, code, here.code()) {
            let from = code.tokens[count - 1].range().end;
            let (rest, changed) = self.apply(&renames, &line.text[from..]);
            let begins = rest.len() - rest.trim_start().len();
            if word.is_empty() {
                self.add_renamed(index, Way::Alike, &rest, &renames, changed);
            } else if let Some(rest) = rest[begins..].strip_prefix(word) {
                self.add_renamed(index, Way::Alike, rest, &renames, changed);
            }
        }
        // The word may be typed to its end.
        let whole = Code { text: here.typed, tokens: &here.all };
        if word.len() > 1
            && let Some(renames) = self.renames(index, code, whole)
            && renames.len() > 0
        {
            let from = code.tokens[count].range().end;
            let (rest, changed) = self.apply(&renames, &line.text[from..]);
            let goes_on = |c| here.site.document.language.lexical.is_word(c);
            if !rest.starts_with(goes_on) {
                self.add_renamed(index, Way::Alike, &rest, &renames, changed);
            }
        }
    }

    /// What changes from the beginning of a line to some code, where that is not too much.
    fn renames(&self, index: usize, line: Code<'_>, code: Code<'_>) -> Option<Renames> {
        let count = code.tokens.len();
        if line.tokens.len() <= count { None } else { self.between(index, line.first(count), code) }
    }

    fn between(&self, index: usize, line: Code<'_>, code: Code<'_>) -> Option<Renames> {
        if code.tokens.is_empty() || self.renamed > RENAMED_MAX {
            return None;
        }
        let equal_min = match self.lines.distance(index) {
            0 if self.is_in_rows => 0,
            distance if distance < NEAR => 1,
            _ => EQUAL_MIN,
        };
        Renames::between(line, code, equal_min, self.here.cutter)
    }

    fn apply(&self, renames: &Renames, rest: &str) -> (String, usize) {
        renames.apply(rest, self.here.cutter)
    }

    fn add_renamed(&mut self, line: usize, way: Way, rest: &str, by: &Renames, changed: usize) {
        self.add(line, way, rest.to_owned(), by.equal, way == Way::Alike);
        self.renamed += 1;
        if let Some(last) = self.found.last_mut() {
            (last.renamed, last.changed) = (by.len(), changed);
        }
    }

    /// Whether the line above is the one above the cursor, or like it.
    fn following(&mut self, index: usize, line: &Line<'t>) {
        let (Some(before), Some(above)) = (self.lines.before(index, 1), self.lines.above(0)) else {
            return;
        };
        let typed = self.here.typed.trim_end();
        let (old, new) = (self.code(before), self.code(above));
        if typed.is_empty() {
            // With anything typed, all lines that begin so are found already.
            if before.text == above.text {
                self.add(index, Way::Follows, line.text, 0, true);
                return;
            }
            let indent = self.here.site.indent.len();
            let last = |code: Code<'_>| code.tokens.last().map(|token| token.hash);
            if line.indent == indent && before.indent == above.indent && last(old) == last(new) {
                self.add(index, Way::Placed, line.text, 0, true);
            }
        }
        let fits = old.tokens.len() == new.tokens.len();
        if let Some(renames) = fits.then(|| self.between(index, old, new)).flatten() {
            let (text, changed) = self.apply(&renames, line.text);
            if let Some(rest) = text.strip_prefix(typed) {
                self.add_renamed(index, Way::FollowsAlike, rest, &renames, changed);
            }
        }
    }

    fn code(&self, line: &Line<'t>) -> Code<'t> {
        Code { text: line.text, tokens: self.lines.tokens(line) }
    }

    /// The line above, counted on as it was from the one above that.
    fn sequence(&mut self) {
        let (Some(last), Some(before)) = (self.lines.above(0), self.lines.above(1)) else { return };
        let (old, new) = (self.code(before), self.code(last));
        if let Some(next) = counted_on(old, new)
            && let Some(rest) = next.strip_prefix(self.here.typed.trim_end())
        {
            self.add(self.lines.above - 1, Way::Sequence, rest.to_owned(), 0, true);
        }
    }
}

/// What follows `new` as `new` follows `old`, where they differ in numbers that all grow by the same.
fn counted_on(old: Code<'_>, new: Code<'_>) -> Option<String> {
    if old.tokens.len() != new.tokens.len() {
        return None;
    }
    let (mut made, mut at, mut step) = (String::new(), 0, None);
    for (a, b) in old.tokens.iter().zip(new.tokens) {
        if a.hash == b.hash {
            continue;
        }
        let (a, b_range) = (&old.text[a.range()], b.range());
        let (head, number, tail) = around_number(&new.text[b_range.clone()])?;
        let (old_head, old_number, old_tail) = around_number(a)?;
        let by = number.checked_sub(old_number)?;
        if (head, tail) != (old_head, old_tail) || by == 0 || step.is_some_and(|step| step != by) {
            return None;
        }
        step = Some(by);
        made.push_str(&new.text[at..b_range.start]);
        let next = number.checked_add(by)?.to_string();
        made.extend([head, &next, tail]);
        at = b_range.end;
    }
    step?;
    made.push_str(&new.text[at..]);
    Some(made)
}

/// The last number in a token and what stands around it.
fn around_number(text: &str) -> Option<(&str, u32, &str)> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = text[..end].rfind(|c: char| !c.is_ascii_digit());
    let start = start.map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    Some((&text[..start], text[start..end].parse().ok()?, &text[end..]))
}

fn begins(line: &Line<'_>, token: Option<&Token>, word: &str) -> bool {
    token.is_some_and(|token| line.text[token.range()].starts_with(word))
}
