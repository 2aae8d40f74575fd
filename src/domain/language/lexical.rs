//! The lexical facts of a language: how its text is cut into comments, strings and delimiters.

use std::borrow::Cow;

/// How blocks of statements are delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockStyle {
    /// `{` and `}`.
    Braces,
    /// A line that ends in an opener such as `:`, then deeper indentation.
    Indentation,
    /// Words such as `do` and `end`.
    Keywords,
    /// The language has no statements (data and markup).
    None,
}

/// A kind of string or comment: what opens it and what ends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Delimited {
    /// The opening text, such as `"` or `/*`; with a free part, what stands before that.
    pub open: String,
    /// The closing text; with a free part, what stands before that.
    pub close: String,
    /// The part of either that the author chooses.
    pub free: Option<Free>,
    /// The character that takes the meaning from the next one, such as `\`.
    pub escape: Option<char>,
    /// Whether the closing text twice stands for itself.
    pub is_doubled: bool,
    /// Whether it may run over line ends.
    pub is_multiline: bool,
    /// Whether the same opener nests, as block comments do in Rust.
    pub nests: bool,
    /// Whether it holds exactly one character or one escape. Where no closing text follows that,
    /// the opener is something else, such as the tick of a Rust lifetime or of a C++ number.
    pub is_char: bool,
    /// What opens and closes code inside it, such as `${` and `}`.
    pub code: Vec<(String, String)>,
    /// Where the opener opens at all.
    pub place: Place,
    /// What opens and closes a part in which the closing text does not close, such as the `[` and
    /// `]` of a regular expression.
    pub class: Option<(char, char)>,
}

/// The part of an opener that the author chooses and the closer repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Free {
    /// Any number of one character, as in `r##"` and `"##`.
    Repeated {
        /// The character.
        unit: char,
        /// What the opener ends with after it.
        open_end: String,
        /// What the closer ends with after it.
        close_end: String,
    },
    /// A name or nothing, as in `R"x(` and `)x"`.
    Named {
        /// What the opener ends with after it.
        open_end: String,
        /// What the closer ends with after it.
        close_end: String,
    },
    /// One of these characters, closed by itself or by its counterpart, as in `%w[` and `]`.
    Quotes(String),
}

/// Where an opener opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Anywhere in code.
    #[default]
    Anywhere,
    /// Where a value is expected: a `/` that begins a regular expression rather than divides.
    Value,
    /// The same, and after a name with white space before the opener and none behind it: an
    /// argument of a call without brackets.
    Argument,
    /// Where a value is expected, and as the first of a line.
    Field,
    /// As the first of a line only.
    Line,
}

/// How a particular string or comment was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening<'a> {
    /// Bytes of the opener.
    pub length: usize,
    /// What closes it.
    pub close: Cow<'a, str>,
    /// What opens another level of the same, where it nests.
    pub nested: Cow<'a, str>,
}

impl Delimited {
    /// Reads the opener that `text` begins with, wherever it may stand.
    pub fn opening(&self, text: &str) -> Option<Opening<'_>> {
        let rest = text.strip_prefix(self.open.as_str())?;
        let (free, open_end, close_end) = match &self.free {
            None => {
                let nested = if self.nests { self.open.as_str() } else { "" };
                let (close, nested) = (Cow::from(&self.close), Cow::from(nested));
                return Some(Opening { length: self.open.len(), close, nested });
            }
            Some(Free::Quotes(quotes)) => {
                let quote = rest.chars().next().filter(|c| quotes.contains(*c))?;
                let close = counterpart(quote);
                let nested = if close == quote { String::new() } else { quote.to_string() };
                let length = self.open.len() + quote.len_utf8();
                let (close, nested) = (Cow::from(close.to_string()), Cow::from(nested));
                return Some(Opening { length, close, nested });
            }
            Some(Free::Repeated { unit, open_end, close_end }) => {
                (rest.len() - rest.trim_start_matches(*unit).len(), open_end, close_end)
            }
            Some(Free::Named { open_end, close_end }) => {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
                (end.unwrap_or(rest.len()), open_end, close_end)
            }
        };
        let (free, after) = rest.split_at(free);
        after.starts_with(open_end.as_str()).then(|| Opening {
            length: self.open.len() + free.len() + open_end.len(),
            close: Cow::from(format!("{}{free}{close_end}", self.close)),
            nested: Cow::from(""),
        })
    }
}

/// What closes a quote of free choice.
fn counterpart(quote: char) -> char {
    match quote {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        other => other,
    }
}

/// Text that begins on the next line and ends with a line that holds its tag, as `<<EOF` does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heredoc {
    /// What stands before the tag, such as `<<-`.
    pub open: String,
    /// Whether the closing line may be indented.
    pub is_indented: bool,
    /// Whether white space may stand before the tag.
    pub may_be_spaced: bool,
    /// Whether a tag without quotes must begin with a capital, since a small letter makes the
    /// opener an operator.
    pub is_capital: bool,
    /// What opens and closes code inside it, unless the tag is in single quotes.
    pub code: Vec<(String, String)>,
}

/// When a `<` opens a list of types rather than compares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Angles {
    /// Words right after which it always does, such as `template`.
    pub words: Vec<String>,
    /// Whether it does right after a name with a capital, or one that was just declared.
    pub after_types: bool,
    /// Whether it does where a value is expected.
    pub at_value: bool,
}

/// Elements with tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// Whether the whole text is markup. Otherwise an element is a value in code.
    pub is_markup: bool,
    /// Elements that have no content and no closing tag.
    pub void: Vec<String>,
    /// Elements with code inside.
    pub raw: Vec<String>,
    /// What opens code in the text between tags; its closers are the closing brackets.
    pub code: String,
    /// The quotes of attributes.
    pub strings: Vec<Delimited>,
}

/// A pair of words that open and close a block, such as `do` and `end`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordPair {
    /// The opening word.
    pub open: String,
    /// The closing word.
    pub close: String,
    /// Opening words that this one belongs to when it stands on their line, as the `do` of
    /// `while … do` does: then it opens nothing itself.
    pub joins: Vec<String>,
    /// Whether the opener opens only where a statement or a value begins, so that the `if` of
    /// `x if y` opens nothing.
    pub opens_statement: bool,
    /// The same of the closer, so that the `done` of `echo done` closes nothing.
    pub closes_statement: bool,
}

/// The lexical facts of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexical {
    /// What starts a comment that ends with the line.
    pub line_comments: Vec<String>,
    /// Whether these count only behind white space and signs, not inside a word.
    pub are_comments_spaced: bool,
    /// Comments with an end of their own.
    pub block_comments: Vec<Delimited>,
    /// Strings, longest opener first.
    pub strings: Vec<Delimited>,
    /// Strings that begin on the next line, longest opener first.
    pub heredocs: Vec<Heredoc>,
    /// What a line ends in before text that is indented deeper, such as the `|` of YAML.
    pub indented_text: Vec<String>,
    /// Bracket pairs, such as `('(', ')')`.
    pub brackets: Vec<(char, char)>,
    /// When `<` and `>` are brackets.
    pub angles: Option<Angles>,
    /// Elements with tags.
    pub tags: Option<Tags>,
    /// Pairs of words that delimit blocks.
    pub word_pairs: Vec<WordPair>,
    /// How blocks of statements are delimited.
    pub block_style: BlockStyle,
    /// Texts at the end of a line after which a block follows, such as `{`, `:` or `do`.
    pub block_openers: Vec<String>,
    /// Other signs with which a line often ends although more of the statement follows.
    pub line_ends: Vec<String>,
    /// What ends a statement, such as `;`; empty where the line end does.
    pub statement_end: String,
    /// Texts after which a member name follows, such as `.`, `->` and `::`.
    pub member_operators: Vec<String>,
    /// Characters besides letters, digits and `_` that may stand in a name, such as `$` or `-`.
    pub word_extra: Vec<char>,
    /// Reserved words.
    pub keywords: Vec<String>,
    /// Reserved words after which a value or a statement begins, such as `return` or `else`.
    pub value_words: Vec<String>,
    /// Reserved words after which a new name is introduced, such as `let` or `def`.
    pub binding_words: Vec<String>,
    /// First words of lines that `statement_end` does not end, such as `if` or `fn`.
    pub header_words: Vec<String>,
    /// Words of a head whose block is followed by `statement_end`, such as `class` in C++.
    pub ended_words: Vec<String>,
    /// First words of statements behind which a block ends, such as `return` or `break`.
    pub leaving_words: Vec<String>,
    /// First words of lines that are boilerplate, such as `import` or `#include`.
    pub import_words: Vec<String>,
    /// Names of the value whose type the code belongs to, such as `self`.
    pub self_words: Vec<String>,
}

impl Lexical {
    /// Whether `c` may stand inside a name.
    pub fn is_word(&self, c: char) -> bool {
        c.is_alphanumeric() || c == '_' || self.word_extra.contains(&c)
    }
}

impl Default for Lexical {
    /// Plain text: three brackets, two quotes, nothing else. Used for files without a row.
    fn default() -> Self {
        Self {
            line_comments: Vec::new(),
            are_comments_spaced: false,
            block_comments: Vec::new(),
            strings: ["\"", "'", "`"]
                .iter()
                .map(|quote| Delimited {
                    open: (*quote).to_owned(),
                    close: (*quote).to_owned(),
                    escape: Some('\\'),
                    ..Delimited::default()
                })
                .collect(),
            heredocs: Vec::new(),
            indented_text: Vec::new(),
            brackets: vec![('(', ')'), ('[', ']'), ('{', '}')],
            angles: None,
            tags: None,
            word_pairs: Vec::new(),
            block_style: BlockStyle::None,
            block_openers: vec!["{".to_owned(), ":".to_owned()],
            line_ends: ["(", "[", " =", " = {", " &&", " ||", " +"].map(str::to_owned).into(),
            statement_end: String::new(),
            member_operators: vec![".".to_owned(), "->".to_owned(), "::".to_owned()],
            word_extra: Vec::new(),
            keywords: Vec::new(),
            value_words: Vec::new(),
            binding_words: Vec::new(),
            header_words: Vec::new(),
            ended_words: Vec::new(),
            leaving_words: ["return", "break", "continue"].map(str::to_owned).into(),
            import_words: Vec::new(),
            self_words: Vec::new(),
        }
    }
}
