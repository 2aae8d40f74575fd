//! A site: the frozen document, the cursor, and what the text and the tree say about the place.
//!
//! Everything later stages ask about the surroundings is computed here once, from bounded windows,
//! so that the cost does not grow with the file. The windows begin at a node of the tree where one
//! is known, which makes the lexical scan start from certain ground.

use std::ops::Range;

use super::document::Document;
use super::language::{BlockStyle, Role};
use super::lexical::{Mode, Open, Scanner, Unclosed};
use super::syntax::roles::roles_at;
use super::text;

mod definitions;

/// Bound: bytes scanned before the cursor. At some 190 MB/s this is under 0.2 ms.
const SCAN_BEFORE_MAX: usize = 32 << 10;
/// Bound: bytes scanned after the cursor for closers that already stand there.
const SCAN_AFTER_MAX: usize = 8 << 10;
/// Bound: bytes of the cursor's own line looked at on either side.
const LINE_MAX: usize = 4 << 10;
/// Bound: lines searched for the nearest line with text on it.
const BLANK_LINES_MAX: usize = 20;

/// Why the editor asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The user typed or moved.
    Automatic,
    /// The user pressed a key to get a completion; `repeats` counts how often in a row at this
    /// place before.
    Invoked {
        /// Earlier invocations at the same place.
        repeats: u8,
    },
}

/// Something around the cursor, from the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// What it is.
    pub role: Role,
    /// Its bytes.
    pub range: Range<usize>,
}

/// A line near the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NearLine {
    /// Its text without leading and trailing white space.
    pub text: String,
    /// Columns of leading white space.
    pub indent: usize,
    /// How many blank lines lie between it and the cursor's line.
    pub distance: usize,
}

/// The immutable surroundings of one request.
#[derive(Clone, Debug)]
pub struct Site {
    /// The document as it was when the request arrived.
    pub document: Document,
    /// The cursor as a byte offset, at a character boundary.
    pub offset: usize,
    /// Why the editor asks.
    pub trigger: Trigger,
    /// The cursor's line up to the cursor.
    pub line_prefix: String,
    /// The cursor's line from the cursor on, without its line break.
    pub line_suffix: String,
    /// White space at the beginning of the cursor's line.
    pub indent: String,
    /// The word that ends at the cursor; empty when none does.
    pub word: String,
    /// Whether a word goes on right after the cursor.
    pub is_mid_word: bool,
    /// What the cursor is inside of.
    pub mode: Mode,
    /// Delimiters opened before the cursor and not closed after it, outermost first. Their
    /// `start` is an offset into the document.
    pub unclosed: Vec<Open>,
    /// The string or comment the cursor is inside of, where nothing after the cursor closes it.
    pub unclosed_text: Option<Open>,
    /// Every delimiter the cursor is inside of, closed later or not, outermost first.
    pub enclosing: Vec<Open>,
    /// Nodes with a role around the cursor, innermost first.
    pub scopes: Vec<Scope>,
    /// The nearest line above with text on it.
    pub above: NearLine,
    /// The nearest line below with text on it.
    pub below: NearLine,
}

impl Site {
    /// Looks around. `offset` is clamped into the text.
    pub fn new(document: Document, offset: usize, trigger: Trigger) -> Self {
        let offset = text::floor_char(&document.rope, offset);
        let line = text::line_range(&document.rope, offset);
        let cursor_in_line = offset.min(line.end);
        let line_prefix = text::tail_before(
            &document.rope,
            cursor_in_line,
            LINE_MAX.min(cursor_in_line - line.start),
        );
        let line_suffix = text::head_after(
            &document.rope,
            cursor_in_line,
            LINE_MAX.min(line.end - cursor_in_line),
        );
        let indent = leading_white_space(&line_prefix).to_owned();
        let lexical = &document.language.lexical;
        let word_start = line_prefix
            .char_indices()
            .rev()
            .take_while(|(_, c)| lexical.is_word(*c))
            .last()
            .map_or(line_prefix.len(), |(index, _)| index);
        let word = line_prefix[word_start..].to_owned();
        let is_mid_word = line_suffix.chars().next().is_some_and(|c| lexical.is_word(c));
        let scopes = scopes_at(&document, offset);
        let (mode, enclosing, unclosed) = scan(&document, offset, &scopes);
        let line_index = document.rope.byte_to_line(offset);
        let above = near_line(&document, line_index, Direction::Up);
        let below = near_line(&document, line_index, Direction::Down);
        Self {
            document,
            offset,
            trigger,
            line_prefix,
            line_suffix,
            indent,
            word,
            is_mid_word,
            mode,
            unclosed: unclosed.delimiters,
            unclosed_text: unclosed.text,
            enclosing,
            scopes,
            above,
            below,
        }
    }

    /// The line up to the cursor without leading white space.
    pub fn code_before(&self) -> &str {
        &self.line_prefix[self.indent.len()..]
    }

    /// The line up to the half-typed word.
    pub fn before_word(&self) -> &str {
        &self.line_prefix[..self.line_prefix.len() - self.word.len()]
    }

    /// The operator after which a member name follows, when one stands before the word.
    pub fn member_operator(&self) -> Option<&str> {
        let before = self.before_word();
        let operators = &self.document.language.lexical.member_operators;
        operators.iter().map(String::as_str).find(|operator| before.ends_with(operator))
    }

    /// Whether nothing but closers and separators follows on the line.
    pub fn is_line_end(&self) -> bool {
        self.line_suffix.chars().all(|c| c.is_whitespace() || ")]}>;,\"'`:{".contains(c))
    }

    /// Whether nothing but white space stands before the cursor on its line.
    pub fn is_line_start(&self) -> bool {
        self.code_before().is_empty()
    }

    /// The innermost node with a role.
    pub fn innermost(&self) -> Option<Role> {
        self.scopes.first().map(|scope| scope.role)
    }

    /// Whether the line above opened a block in which nothing stands yet.
    pub fn is_empty_body(&self) -> bool {
        let lexical = &self.document.language.lexical;
        let opens = |line: &str| {
            let line = line.trim_end();
            lexical.block_openers.iter().any(|opener| {
                line.ends_with(opener.as_str())
                    && (!opener.ends_with(char::is_alphanumeric)
                        || !line[..line.len() - opener.len()].ends_with(|c| lexical.is_word(c)))
            })
        };
        if self.code_before().is_empty() {
            let is_deeper_below = self.below.indent > self.above.indent
                && !self.below.text.is_empty()
                && !self.below.text.starts_with([')', ']', '}']);
            return opens(&self.above.text) && !is_deeper_below && !self.above.text.is_empty();
        }
        // `fn f() {|}`: the block was opened on this very line.
        opens(&self.line_prefix)
            && self.line_suffix.trim_start().starts_with(['}', ']', ')'])
            && lexical.block_style == BlockStyle::Braces
    }

    /// What stands between the last comment marker and the end of the line above, when that line
    /// is a comment: perhaps an instruction.
    pub fn comment_above(&self) -> Option<&str> {
        let lexical = &self.document.language.lexical;
        let marker = lexical.line_comments.iter().find(|m| self.above.text.starts_with(*m))?;
        (self.above.distance == 0).then(|| self.above.text[marker.len()..].trim())
    }
}

/// The white space a line begins with.
pub fn leading_white_space(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn scopes_at(document: &Document, offset: usize) -> Vec<Scope> {
    let Some(Some(query)) = document.language.site_query.get() else { return Vec::new() };
    let from = |tree: Option<&tree_sitter::Tree>| -> Vec<Scope> {
        let Some(tree) = tree else { return Vec::new() };
        roles_at(tree, &document.rope, query, offset)
            .into_iter()
            .map(|(role, range)| Scope { role, range })
            .collect()
    };
    let fresh = from(document.syntax.latest());
    let is_enough = |scopes: &[Scope]| {
        scopes.iter().any(|s| matches!(s.role, Role::FunctionBody | Role::TypeBody | Role::Block))
    };
    if is_enough(&fresh) {
        return fresh;
    }
    let good = from(document.syntax.good());
    if is_enough(&good) { good } else { fresh }
}

/// Where the scan begins: at a node the tree is sure of, or some way up.
fn anchor(document: &Document, offset: usize, scopes: &[Scope]) -> usize {
    let lowest = offset.saturating_sub(SCAN_BEFORE_MAX);
    let tree = document.syntax.good().or(document.syntax.latest());
    // Where the tree is broken, the beginning of the text is surer than any node.
    let is_broken = tree.is_none_or(|tree| tree.root_node().has_error());
    if is_broken && lowest == 0 {
        return 0;
    }
    let top = tree.and_then(|tree| {
        let mut cursor = tree.root_node().walk();
        cursor.goto_first_child_for_byte(offset)?;
        let node = cursor.node();
        (node.start_byte() <= offset && !node.is_error()).then(|| node.start_byte())
    });
    let enclosing = scopes.iter().rev().map(|scope| scope.range.start);
    let mut starts = top.into_iter().chain(enclosing);
    let start = starts.find(|start| (lowest..=offset).contains(start)).unwrap_or(lowest);
    // From the beginning of a line, so that indentation is seen.
    text::line_range(&document.rope, start.min(document.rope.len_bytes())).start
}

fn scan(document: &Document, offset: usize, scopes: &[Scope]) -> (Mode, Vec<Open>, Unclosed) {
    let lexical = &document.language.lexical;
    let start =
        anchor(document, offset, scopes).min(offset).max(offset.saturating_sub(SCAN_BEFORE_MAX));
    let start = text::floor_char(&document.rope, start);
    let before = document.rope.byte_slice(start..offset).to_string();
    let mut scanner = Scanner::new(lexical);
    scanner.feed(&before);
    scanner.settle();
    let mut mode = scanner.mode().clone();
    if let Mode::String { start: relative, .. } = &mut mode {
        *relative += start;
    }
    let after = text::head_after(&document.rope, offset, SCAN_AFTER_MAX);
    let mut unclosed = scanner.unclosed(&after);
    let mut enclosing = scanner.stack().to_vec();
    let missing = unclosed.delimiters.iter_mut().chain(&mut unclosed.text);
    for open in missing.chain(&mut enclosing) {
        open.start += start;
    }
    (mode, enclosing, unclosed)
}

#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down,
}

fn near_line(document: &Document, line_index: usize, direction: Direction) -> NearLine {
    let rope = &document.rope;
    for distance in 0..BLANK_LINES_MAX {
        let index = match direction {
            Direction::Up => line_index.checked_sub(distance + 1),
            Direction::Down => {
                Some(line_index + distance + 1).filter(|index| *index < rope.len_lines())
            }
        };
        let Some(index) = index else { break };
        let start = rope.line_to_byte(index);
        let line = text::head_after(
            rope,
            start,
            LINE_MAX.min(text::line_content(rope, index).len_bytes()),
        );
        if !line.trim().is_empty() {
            let indent = leading_white_space(&line).len();
            return NearLine { text: line.trim().to_owned(), indent, distance };
        }
    }
    NearLine::default()
}
