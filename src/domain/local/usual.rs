//! What is usual in a language: frequent names, and names that often follow two tokens.
//!
//! It is what is known where neither the file nor the workspace has a name, and was counted in the
//! packages of the tuning half by `benches/routing/usual.py`. A family of languages has one list. Names
//! stand there only if several packages have them, so nothing of one project is passed on.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::tokens::contexts::follows_two;
use crate::domain::tokens::hash_of_written;

/// The lists that come with the program.
const SOURCE: &str = include_str!("weights/usual.txt");

static ALL: LazyLock<HashMap<String, Usual>> = LazyLock::new(|| Usual::read_all(SOURCE));

/// What is usual in one family of languages.
#[derive(Debug, Default)]
pub struct Usual {
    /// Sorted by name.
    names: Vec<(Box<str>, Use)>,
    /// By the hash of two tokens: places in `names` with how rare each is there.
    after: HashMap<u32, Vec<(u16, u8)>>,
}

/// How a name is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// How frequent it is, as a logarithm: from 0 to 9.
    pub frequency: u8,
    /// How many of ten uses follow a member operator.
    pub member: u8,
    /// How many of ten uses precede an opening parenthesis.
    pub called: u8,
}

impl Usual {
    /// What is known of a family; nothing of most.
    pub fn of_family(family: &str) -> Option<&'static Self> {
        ALL.get(family)
    }

    /// Reads the lists, which takes some milliseconds.
    pub(super) fn warm() {
        LazyLock::force(&ALL);
    }

    /// Reads lists as `usual.py` writes them, by family. Lines that cannot be read are left out.
    pub fn read_all(source: &str) -> HashMap<String, Self> {
        let mut all = HashMap::new();
        let mut family = String::new();
        for line in source.lines() {
            let mut words = line.split(' ');
            match words.next() {
                Some("family") => words.next().unwrap_or_default().clone_into(&mut family),
                Some("names") => all.entry(family.clone()).or_insert_with(Self::default).add(words),
                Some("after") => {
                    if let Some(usual) = all.get_mut(&family) {
                        usual.add_after(words);
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// `names USE NAME USE NAME …`, where a use is three digits.
    fn add<'t>(&mut self, mut words: impl Iterator<Item = &'t str>) {
        while let (Some(digits), Some(name)) = (words.next(), words.next()) {
            let digit = |at: usize| digits.as_bytes().get(at).map_or(0, |d| d.wrapping_sub(b'0'));
            let found = Use { frequency: digit(0), member: digit(1), called: digit(2) };
            self.names.push((name.into(), found));
        }
        self.names.sort_by(|a, b| a.0.cmp(&b.0));
    }

    /// `after TOKEN TOKEN RARITY NAME RARITY NAME …`
    fn add_after<'t>(&mut self, mut words: impl Iterator<Item = &'t str>) {
        let (Some(before), Some(last)) = (words.next(), words.next()) else { return };
        let context = follows_two(hash_of_written(before), hash_of_written(last));
        while let (Some(rarity), Some(name)) = (words.next(), words.next()) {
            let place = self.place(name).and_then(|place| u16::try_from(place).ok());
            if let Some((place, rarity)) = place.zip(rarity.parse().ok()) {
                self.after.entry(context).or_default().push((place, rarity));
            }
        }
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
        let from = self.names.partition_point(|(name, _)| **name < *prefix);
        let length = self.names[from..].partition_point(|(name, _)| name.starts_with(prefix));
        &self.names[from..from + length]
    }

    /// The names that follow two tokens, by the hash of these, with how rare each is there: of so many
    /// places, as a power of two, one has it.
    pub(super) fn after(&self, context: u32) -> impl Iterator<Item = (&str, u8)> {
        let found = self.after.get(&context).map_or(&[][..], Vec::as_slice);
        found
            .iter()
            .filter_map(|(place, rarity)| Some((&*self.names.get(usize::from(*place))?.0, *rarity)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Lexical;
    use crate::domain::tokens::contexts::{Before, TWO};
    use crate::domain::tokens::for_each_token;

    #[test]
    fn what_is_written_is_read() {
        let source = "# made by hand\nfamily x\nnames 930 self 299 unwrap\nnames 100 size\n\
                      after ( ¶ 1 size 2 gone\nafter = 0 3 self\nfamily y\nnames 000 z\n";
        let all = Usual::read_all(source);
        let x = &all["x"];
        let names: Vec<&str> = x.beginning_with("s").iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["self", "size"]);
        assert_eq!(x.of("unwrap"), Some(Use { frequency: 2, member: 9, called: 9 }));
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
    }

    #[test]
    fn the_lists_that_come_with_the_program_can_be_read() {
        for family in ["rust", "c"] {
            let usual = Usual::of_family(family).expect("a list");
            assert!(usual.names.len() > 500 && usual.after.len() > 100, "{family}");
        }
        assert!(Usual::of_family("none").is_none());
    }
}
