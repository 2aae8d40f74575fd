//! Gives the lines of an answer the indentation they have in the document.
//!
//! Four things go wrong: the first line is indented although the cursor stands at its indentation
//! already, white space is of the other kind, a chat model wrote as if at the left margin, and its
//! line that closes what was opened before the cursor does not stand below the opener. Each is
//! decided by lines that are already complete, so a text that grows is never indented anew. A fill-in
//! model goes on in the document's own style, so its columns are left alone.

use std::borrow::Cow;

use crate::domain::language::BlockStyle;
use crate::domain::lexical::{Mode, Open, Scanner};
use crate::domain::site::{Site, leading_white_space};
use crate::domain::text;

/// Bound: bytes before and after the cursor that say how the document is indented.
const HABIT_BYTES: usize = 4 << 10;
/// Columns of a step where neither the document nor its language says otherwise.
const STEP: usize = 4;

/// What kind of model wrote a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// One that was given the text around the cursor and writes between.
    FillIn,
    /// One that was asked in words.
    Chat,
}

/// The text as it should stand at the cursor.
pub(super) fn fit(site: &Site, text: &str, writer: Writer) -> String {
    let is_indented = text.starts_with([' ', '\t']);
    if !(is_indented || text.contains('\n')) || site.mode != Mode::Code {
        return text.to_owned();
    }
    let habit = Habit::of(site);
    let (first, below) = text.split_once('\n').map_or((text, None), |(a, b)| (a, Some(b)));
    let mut out = first_line(site, &habit, first).to_owned();
    let Some(below) = below else { return out };
    out.push('\n');
    let is_chat = writer == Writer::Chat;
    let is_shifted = is_chat && is_from_margin(site, &habit, first, below);
    let shift = if is_shifted { site.indent.as_str() } else { "" };
    let mut scanner = Scanner::new(&site.document.language.lexical);
    scanner.feed(first);
    scanner.feed("\n");
    let mut enclosing = site.enclosing.as_slice();
    for line in below.split_inclusive('\n') {
        let is_code = *scanner.mode() == Mode::Code;
        let indent = leading_white_space(line);
        let content = &line[indent.len()..];
        if !is_code || content.trim_end().is_empty() {
            out.push_str(line);
        } else if is_chat && let Some((outer, opener)) = closed_by(content, enclosing, &scanner) {
            enclosing = outer;
            out.push_str(&indent_of_line(site, opener.start));
            out.push_str(content);
        } else {
            out.push_str(shift);
            out.push_str(&habit.written(indent));
            out.push_str(content);
        }
        scanner.feed(line);
    }
    out
}

/// The first line, without indentation that stands before the cursor already.
fn first_line<'a>(site: &Site, habit: &Habit, line: &'a str) -> &'a str {
    let indent = leading_white_space(line);
    let base = site.indent.len();
    if indent.is_empty() || base == 0 || !site.is_line_start() {
        return line;
    }
    let step = if opens_block(site, &site.above.text) { habit.step } else { 0 };
    let expected = site.above.indent + step;
    if base >= expected || site.above.text.is_empty() {
        &line[indent.len()..]
    } else if indent.len() >= expected {
        &line[base..]
    } else {
        line
    }
}

/// Whether the lines below the first are written from the left margin, while the document is
/// indented here.
fn is_from_margin(site: &Site, habit: &Habit, first: &str, below: &str) -> bool {
    let base = site.indent.len();
    // A line still being written may have more white space to come.
    let Some(line) = below.lines().find(|line| !line.trim().is_empty()) else { return false };
    let content = line.trim();
    let is_label = content.ends_with(':') && habit.style == BlockStyle::Braces;
    let is_closer = site.enclosing.iter().any(|open| content.starts_with(&open.close));
    if base == 0 || is_label || is_closer || content.starts_with([')', ']', '}', '#']) {
        return false;
    }
    let indent = habit.written(leading_white_space(line)).len();
    let opener = if first.trim().is_empty() { site.line_prefix.as_str() } else { first };
    if opens_block(site, opener) {
        return indent <= base;
    }
    let is_in_braces = site.enclosing.iter().any(|open| open.open == "{");
    habit.style == BlockStyle::Braces && is_in_braces && indent == 0
}

/// The delimiter before the cursor that this line begins with the closer of, and those around it.
fn closed_by<'a>(
    content: &str,
    enclosing: &'a [Open],
    scanner: &Scanner<'_>,
) -> Option<(&'a [Open], &'a Open)> {
    let (opener, outer) = enclosing.split_last()?;
    let is_closer = scanner.stack().is_empty() && content.starts_with(opener.close.as_str());
    let ends_word = || {
        let rest = &content[opener.close.len()..];
        !opener.close.ends_with(char::is_alphanumeric) || !rest.starts_with(char::is_alphanumeric)
    };
    (is_closer && ends_word()).then_some((outer, opener))
}

/// The white space before the first character of the line around `offset`.
fn indent_of_line(site: &Site, offset: usize) -> String {
    let rope = &site.document.rope;
    let line = text::line_range(rope, offset);
    let begun = text::head_after(rope, line.start, line.len().min(HABIT_BYTES));
    leading_white_space(&begun).to_owned()
}

fn opens_block(site: &Site, line: &str) -> bool {
    let lexical = &site.document.language.lexical;
    let line = line.trim_end();
    !line.is_empty() && lexical.block_openers.iter().any(|opener| line.ends_with(opener.as_str()))
}

/// How the document is indented round the cursor.
struct Habit {
    has_tabs: bool,
    /// Bytes of one step.
    step: usize,
    style: BlockStyle,
}

impl Habit {
    fn of(site: &Site) -> Self {
        let language = &site.document.language;
        let rope = &site.document.rope;
        let around = text::tail_before(rope, site.offset, HABIT_BYTES)
            + &text::head_after(rope, site.offset, HABIT_BYTES);
        let indents = || {
            let lines = around.lines().skip(1).filter(|line| !line.trim().is_empty());
            lines.map(leading_white_space)
        };
        let tabs = indents().filter(|indent| indent.starts_with('\t')).count();
        let spaces = indents().filter(|indent| indent.starts_with("  ")).count();
        let has_tabs = match tabs.cmp(&spaces) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => language.indent.starts_with('\t'),
        };
        let steps = indents().zip(indents().skip(1));
        let smallest = steps.filter_map(|(a, b)| b.len().checked_sub(a.len())).filter(|s| *s > 1);
        let own = if language.indent.starts_with(' ') { language.indent.len() } else { STEP };
        let step = if has_tabs { 1 } else { smallest.min().unwrap_or(own).min(2 * STEP) };
        Self { has_tabs, step, style: language.lexical.block_style }
    }

    /// A model's indentation in the document's kind of white space.
    fn written<'a>(&self, indent: &'a str) -> Cow<'a, str> {
        let spaces = indent.bytes().filter(|byte| *byte == b' ').count();
        let tabs = indent.len() - spaces;
        if self.has_tabs && spaces > 1 && tabs == 0 {
            // Models write steps of four, in some languages of two. Spaces behind tabs line up a
            // continued line and stay.
            let step = if spaces % STEP == 0 { STEP } else { 2 };
            Cow::Owned("\t".repeat(spaces / step) + &" ".repeat(spaces % step))
        } else if !self.has_tabs && tabs > 0 {
            Cow::Owned(" ".repeat(tabs * self.step + spaces))
        } else {
            Cow::Borrowed(indent)
        }
    }
}
