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
use crate::domain::tokens::{ByHash, hash, hash_of_written};

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
    /// Sorted by their texts.
    names: Vec<Name>,
    /// Where each stands among these, by its hash.
    places: ByHash<u16>,
    /// By the hash of one or two tokens: where in `followers` the names stand that follow them.
    after: ByHash<Range<usize>>,
    /// Places in `names` with how rare each name is there.
    followers: Vec<(u16, u8)>,
    /// Of all families.
    words: Arc<Words>,
}

/// A usual name.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) text: Box<str>,
    pub(super) hash: u32,
    pub(super) used: Use,
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
                usual.names.extend(entries.map(|(digits, name)| Name::read(digits, name)));
            }
            _ => {}
        });
        words.sort();
        let words = Arc::new(words);
        for usual in all.values_mut() {
            usual.names.sort_by(|a, b| a.text.cmp(&b.text));
            let hashes = usual.names.iter().map(|name| name.hash);
            usual.places = hashes.zip(0..=u16::MAX).collect();
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
            let place = self.places.get(&hash(name)).copied();
            self.followers.extend(place.zip(rarity.parse().ok()));
        }
        self.after.insert(context, from..self.followers.len());
    }

    /// How the name with this hash is used.
    pub(super) fn of(&self, name: u32) -> Option<Use> {
        let place = self.places.get(&name)?;
        self.names.get(usize::from(*place)).map(|name| name.used)
    }

    /// The names that begin so.
    pub(super) fn beginning_with(&self, prefix: &str) -> &[Name] {
        beginning_with(&self.names, prefix, |name| &name.text)
    }

    /// The names that follow one or two tokens, by the hash of these, with how rare each is there: of so
    /// many places, as a power of two, one has it.
    pub(super) fn after(&self, context: u32) -> impl Iterator<Item = (&Name, u8)> {
        let range = self.after.get(&context).cloned().unwrap_or_default();
        let followers = self.followers[range].iter();
        followers
            .filter_map(|(place, rarity)| Some((self.names.get(usize::from(*place))?, *rarity)))
    }

    /// The words that begin so, with how frequent each is.
    pub(super) fn words_beginning_with(&self, prefix: &str) -> &[(Box<str>, u8)] {
        beginning_with(&self.words, prefix, |(word, _)| word)
    }

    /// How frequent a word is.
    pub(super) fn word(&self, word: &str) -> Option<u8> {
        let place = self.words.binary_search_by(|(known, _)| (**known).cmp(word)).ok()?;
        Some(self.words[place].1)
    }
}

impl Name {
    fn read(digits: &str, text: &str) -> Self {
        Self { text: text.into(), hash: hash(text), used: Use::read(digits) }
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
fn beginning_with<'l, T>(sorted: &'l [T], prefix: &str, text: fn(&T) -> &str) -> &'l [T] {
    let from = sorted.partition_point(|entry| text(entry) < prefix);
    let length = sorted[from..].partition_point(|entry| text(entry).starts_with(prefix));
    &sorted[from..from + length]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Lexical;
    use crate::domain::tokens::contexts::{Before, TWO};
    use crate::domain::tokens::for_each_token;

    fn followers(usual: &Usual, context: u32) -> Vec<(&str, u8)> {
        usual.after(context).map(|(name, rarity)| (&*name.text, rarity)).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let source = "# made by hand\nwords 3 size self 5 set\nfamily x\nnames 930 self other 299 unwrap\n\
                      names 100 size\nbehind = 2 size\nafter ( ¶ 1 size 2 gone\nafter = 0 3 self\n\
                      family y\nnames 000 z\n";
        let all = Usual::read_all(source);
        let x = &all["x"];
        let names: Vec<&str> = x.beginning_with("s").iter().map(|name| &*name.text).collect();
        assert_eq!(names, ["self", "size"]);
        let of = |name| x.of(hash(name));
        assert_eq!(of("unwrap"), Some(Use { frequency: 2, member: 9, called: 9 }));
        assert_eq!(of("other"), of("self"));
        assert_eq!((of("z"), all["y"].of(hash("z")).is_some()), (None, true));
        for (code, expected) in [("f(\n", ("size", 1)), ("x = 17 ", ("self", 3))] {
            let (lexical, mut before) = (Lexical::default(), Before::default());
            for_each_token(code, &lexical, |token| before.push(&token));
            if code.ends_with('\n') {
                before.break_line();
            }
            let found = followers(x, before.contexts()[TWO]);
            assert_eq!(found, [expected], "{code:?}");
        }
        assert_eq!(followers(x, follows_one(hash_of_written("="))), [("size", 2)]);
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
