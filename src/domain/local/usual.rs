//! What is usual in a language: frequent names, and names that often follow one or two tokens; and the
//! words that names of all languages are put together of.
//!
//! It is what is known where neither the file nor the workspace has a name, and was counted by
//! `benches/routing/usual.py` in packages apart from those that are for the test. A family of languages
//! has one list. Names stand there only if several packages have them, so nothing of one project is
//! passed on.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::domain::tokens::contexts::follows_two;
use crate::domain::tokens::hash_of_written;

/// The words of all families.
const WORDS: &str = include_str!("weights/usual/words.txt");

/// The lists that come with the program, each of one family.
static LISTS: [List; 6] = [
    List::new(include_str!("weights/usual/c.txt")),
    List::new(include_str!("weights/usual/go.txt")),
    List::new(include_str!("weights/usual/java.txt")),
    List::new(include_str!("weights/usual/python.txt")),
    List::new(include_str!("weights/usual/rust.txt")),
    List::new(include_str!("weights/usual/typescript.txt")),
];

/// A list that is read when it is first needed, which takes some milliseconds.
struct List {
    source: &'static str,
    usual: OnceLock<Usual>,
}

/// What is usual in one family of languages.
#[derive(Debug, Default)]
pub struct Usual {
    /// Sorted by name.
    names: Vec<(Box<str>, Use)>,
    /// By the hash of one or two tokens: where in `followers` the names stand that follow them.
    after: HashMap<u32, Range<usize>>,
    /// Places in `names` with how rare each name is there.
    followers: Vec<(u16, u8)>,
    /// Of all families.
    words: Arc<Words>,
}

/// How a name is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// In how many files it is, as a logarithm: from 0 to 9.
    pub frequency: u8,
    /// How many of ten uses follow a member operator.
    pub member: u8,
    /// How many of ten uses precede an opening parenthesis.
    pub called: u8,
}

/// Words that names are put together of, in small letters and sorted, with how frequent each is: from 0
/// to 9, as a logarithm.
type Words = Vec<(Box<str>, u8)>;

/// The context of a name behind one token.
pub(super) fn follows_one(last: u32) -> u32 {
    follows_two(0, last)
}

impl List {
    const fn new(source: &'static str) -> Self {
        Self { source, usual: OnceLock::new() }
    }

    fn family(&self) -> Option<&'static str> {
        self.source.lines().find_map(|line| line.strip_prefix("family "))
    }

    fn usual(&self) -> &Usual {
        self.usual.get_or_init(|| {
            let lists = Usual::read_all(&[WORDS, self.source].concat());
            lists.into_values().next().unwrap_or_default()
        })
    }
}

impl Usual {
    /// What is known of a family; nothing of most.
    pub fn of_family(family: &str) -> Option<&'static Self> {
        LISTS.iter().find(|list| list.family() == Some(family)).map(List::usual)
    }

    /// Reads lists as `usual.py` writes them, by family. Lines that cannot be read are left out.
    pub fn read_all(source: &str) -> HashMap<String, Self> {
        let mut all: HashMap<String, Self> = HashMap::new();
        let mut words = Words::new();
        for_each_line(source, |family, kind, entries| match kind {
            "words" => words.extend(entries.map(|(digits, word)| (word.into(), digit(digits, 0)))),
            "names" => {
                let usual = all.entry(family.to_owned()).or_default();
                usual.names.extend(entries.map(|(digits, name)| (name.into(), Use::read(digits))));
            }
            _ => {}
        });
        words.sort();
        let words = Arc::new(words);
        for usual in all.values_mut() {
            usual.names.sort_by(|a, b| a.0.cmp(&b.0));
            usual.words = Arc::clone(&words);
        }
        // These name places in the sorted list.
        for_each_line(source, |family, kind, mut entries| {
            let contexts = ["behind", "after"].iter().position(|known| *known == kind);
            let Some((tokens, usual)) = contexts.zip(all.get_mut(family)) else { return };
            let mut next = || entries.next_token().map(hash_of_written);
            let context = match tokens {
                0 => next().map(follows_one),
                _ => next().zip(next()).map(|(before, last)| follows_two(before, last)),
            };
            if let Some(context) = context {
                usual.add_followers(context, entries);
            }
        });
        all
    }

    fn add_followers(&mut self, context: u32, entries: Entries<'_>) {
        let from = self.followers.len();
        for (rarity, name) in entries {
            let place = self.place(name).and_then(|place| u16::try_from(place).ok());
            self.followers.extend(place.zip(rarity.parse().ok()));
        }
        self.after.insert(context, from..self.followers.len());
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names.binary_search_by(|(known, _)| (**known).cmp(name)).ok()
    }

    /// How a name is used.
    pub(super) fn of(&self, name: &str) -> Option<Use> {
        self.place(name).map(|place| self.names[place].1)
    }

    /// The names that begin so.
    pub(super) fn beginning_with(&self, prefix: &str) -> &[(Box<str>, Use)] {
        beginning_with(&self.names, prefix)
    }

    /// The names that follow one or two tokens, by the hash of these, with how rare each is there: of so
    /// many places, as a power of two, one has it.
    pub(super) fn after(&self, context: u32) -> impl Iterator<Item = (&str, u8)> {
        let range = self.after.get(&context).cloned().unwrap_or_default();
        self.followers[range]
            .iter()
            .filter_map(|(place, rarity)| Some((&*self.names.get(usize::from(*place))?.0, *rarity)))
    }

    /// The words that begin so, with how frequent each is.
    pub(super) fn words_beginning_with(&self, prefix: &str) -> &[(Box<str>, u8)] {
        beginning_with(&self.words, prefix)
    }

    /// How frequent a word is.
    pub(super) fn word(&self, word: &str) -> Option<u8> {
        let place = self.words.binary_search_by(|(known, _)| (**known).cmp(word)).ok()?;
        Some(self.words[place].1)
    }
}

impl Use {
    /// Three digits.
    fn read(digits: &str) -> Self {
        let [frequency, member, called] = [0, 1, 2].map(|at| digit(digits, at));
        Self { frequency, member, called }
    }
}

fn digit(digits: &str, at: usize) -> u8 {
    digits.as_bytes().get(at).map_or(0, |digit| digit.wrapping_sub(b'0'))
}

/// The entries of a line: texts, each with the number before it, which holds until the next one.
struct Entries<'t> {
    parts: std::str::Split<'t, char>,
    number: &'t str,
}

impl<'t> Entries<'t> {
    /// A token before the first entry.
    fn next_token(&mut self) -> Option<&'t str> {
        self.parts.next()
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let part = self.parts.next()?;
            if !part.starts_with(|first: char| first.is_ascii_digit()) {
                return Some((self.number, part));
            }
            self.number = part;
        }
    }
}

/// Calls `see` with the family, the kind and the entries of every line.
fn for_each_line<'t>(source: &'t str, mut see: impl FnMut(&'t str, &'t str, Entries<'t>)) {
    let mut family = "";
    for line in source.lines() {
        let mut parts = line.split(' ');
        match parts.next().unwrap_or_default() {
            "family" => family = parts.next().unwrap_or_default(),
            kind => see(family, kind, Entries { parts, number: "" }),
        }
    }
}

/// What begins so in a sorted list.
fn beginning_with<'l, T>(sorted: &'l [(Box<str>, T)], prefix: &str) -> &'l [(Box<str>, T)] {
    let from = sorted.partition_point(|(text, _)| **text < *prefix);
    let length = sorted[from..].partition_point(|(text, _)| text.starts_with(prefix));
    &sorted[from..from + length]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Lexical;
    use crate::domain::tokens::contexts::{Before, TWO};
    use crate::domain::tokens::for_each_token;

    #[test]
    fn what_is_written_is_read() {
        let source = "# made by hand\nwords 3 size self 5 set\nfamily x\nnames 930 self other 299 unwrap\n\
                      names 100 size\nbehind = 2 size\nafter ( ¶ 1 size 2 gone\nafter = 0 3 self\n\
                      family y\nnames 000 z\n";
        let all = Usual::read_all(source);
        let x = &all["x"];
        let names: Vec<&str> = x.beginning_with("s").iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["self", "size"]);
        assert_eq!(x.of("unwrap"), Some(Use { frequency: 2, member: 9, called: 9 }));
        assert_eq!(x.of("other"), x.of("self"));
        assert_eq!((x.of("z"), all["y"].of("z").is_some()), (None, true));
        for (code, expected) in [("f(\n", ("size", 1)), ("x = 17 ", ("self", 3))] {
            let (lexical, mut before) = (Lexical::default(), Before::default());
            for_each_token(code, &lexical, |token| before.push(&token));
            if code.ends_with('\n') {
                before.break_line();
            }
            let found: Vec<_> = x.after(before.contexts()[TWO]).collect();
            assert_eq!(found, [expected], "{code:?}");
        }
        let found: Vec<_> = x.after(follows_one(hash_of_written("="))).collect();
        assert_eq!(found, [("size", 2)]);
        assert_eq!(
            (x.word("set"), all["y"].word("self"), x.word("other")),
            (Some(5), Some(3), None)
        );
        assert_eq!(x.words_beginning_with("se").len(), 2);
    }

    #[test]
    fn the_lists_that_come_with_the_program_can_be_read() {
        for list in &LISTS {
            let family = list.family().expect("a list of some family");
            let usual = Usual::of_family(family).expect("its list");
            assert!(usual.names.len() > 500 && usual.after.len() > 100, "{family}");
            assert!(usual.words_beginning_with("ind").iter().any(|(word, _)| **word == *"index"));
        }
        assert!(Usual::of_family("none").is_none());
    }
}
