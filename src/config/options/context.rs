//! Rows of the settings table: what goes into a prompt.

use super::{Preset, Row, Scope};
use crate::config::kind::Kind;

/// What may stand in a prompt besides the text around the cursor.
const KINDS: &[&str] = &["similar", "definitions", "edits", "imports", "signatures"];

pub(super) const ROWS: &[Row] = &[
    Row {
        key: "context.include",
        kind: Kind::List(&Kind::Choice(KINDS)),
        default: Preset::Texts(KINDS),
        scope: Scope::Subset,
        doc: "What a prompt holds besides the text around the cursor. `similar`: excerpts of open \
              files that are like it. `definitions`: first lines of what is named near the cursor and \
              defined elsewhere in this file or in open ones. `edits`: what you edited in the last ten \
              minutes elsewhere. `imports` and `signatures`: the imports of the file, and the first \
              lines of the functions and types around the cursor, where the text around it does not \
              hold them. With an empty list nothing of other files is sent.",
    },
    Row {
        key: "context.<tier>.input_tokens_max",
        kind: Kind::Integer { min: 100, max: 200_000, unit: "tokens" },
        default: Preset::PerTier([
            &Preset::Integer(1_200),
            &Preset::Integer(3_000),
            &Preset::Integer(6_000),
        ]),
        scope: Scope::Lower,
        doc: "The most tokens of a prompt for a model of this tier. A fast model under a deadline \
              reads some 10,000 tokens a second, so more text than the default would be all it had \
              time for. The model's `context_tokens` less the answer is a bound as well.",
    },
];
