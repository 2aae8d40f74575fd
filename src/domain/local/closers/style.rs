//! How the file is written: where it puts what ends statements and what opens blocks.

use super::habits::{Before, LineEnd};
use crate::domain::class::features::{Sheet, UNKNOWN};
use crate::domain::site::Site;

/// How the file ends statements and blocks, and where it puts the opening brackets of blocks.
pub(super) fn style_numbers(ends: &[LineEnd<'_>], site: &Site, sheet: &mut Sheet<'static>) {
    let lexical = &site.document.language.lexical;
    let (mut statements, mut blocks, mut openers) =
        (Share::default(), Share::default(), Share::default());
    for end in ends {
        let is_alone = end.kind == Before::Nothing;
        let opens = |opener: &String| end.signs.ends_with(opener.as_str());
        let is_end =
            !lexical.statement_end.is_empty() && end.signs.ends_with(&lexical.statement_end);
        if lexical.block_openers.iter().any(opens) {
            openers.add(is_alone);
        } else if is_alone {
            blocks.add(is_end);
        } else {
            statements.add(is_end);
        }
    }
    sheet.number("statements_ended", statements.value());
    sheet.number("blocks_ended", blocks.value());
    sheet.number("openers_alone", openers.value());
}

/// How many of some things are so.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    so: f32,
    all: f32,
}

impl Share {
    fn add(&mut self, is_so: bool) {
        self.so += f32::from(u8::from(is_so));
        self.all += 1.0;
    }

    fn value(self) -> f32 {
        if self.all == 0.0 { UNKNOWN } else { self.so / self.all }
    }
}
