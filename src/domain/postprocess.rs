//! From a model's raw text to text that may be shown: an ordered list of pure filters.
//!
//! Each filter is one file, takes the text as the filters before it left it, and either passes it
//! on or says why nothing is left. The first half, [`bare`], makes of a model's words the text that
//! is meant for the cursor; it runs on every piece of a stream, and its result is what the cache
//! keeps. The second half, [`clean`], fits that text to what stands around the cursor at the moment
//! it is shown, whether it comes from a stream, from the cache or was cut at a deadline. Golden
//! cases for every filter are in `tests/data/postprocess`.

mod control;
mod fences;
mod indentation;
mod prefix;
mod prose;
mod thinking;

pub mod draft;
pub mod extent;
mod invisible;
mod overlap;
mod parses;
mod placeholder;
mod present;
mod repetition;
mod whole;

use self::indentation::Writer;
use super::class::{Extent, RequestClass};
use super::language::BlockStyle;
use super::lexical::Mode;
use super::prompt::chat::CURSOR;
use super::site::Site;

/// What the filters know about the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The class that was asked for.
    pub class: RequestClass,
    /// How much may be inserted.
    pub extent: Extent,
    /// How far the text has come.
    pub state: TextState,
}

/// How far a text has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextState {
    /// The model has ended.
    Ended,
    /// The model is still writing, so that the end may be cut anywhere.
    Growing,
    /// It was cut to its extent before, at the place it was given for. Once part of it has been
    /// typed, the place says nothing any more about where it ends.
    Kept,
}

/// Text that passed every filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// The text to insert at the cursor.
    pub text: String,
    /// Bytes after the cursor on its line that the text replaces.
    pub replace_after: usize,
}

/// Why a filter left nothing, as a sentence for the user.
pub type Dropped = &'static str;

/// The part of a model's raw text, so far or as a whole, that is meant for the cursor: with one kind
/// of line break, without the model's own marks, indented as the document is and, from a chat
/// model, without what it wraps around code. Everything later works on this text: where it ends,
/// what of it was typed since, what may be shown.
pub fn bare(site: &Site, raw: &str, is_chat: bool) -> String {
    let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
    let text = control::cut(site, &unified);
    if is_chat {
        let code = spoken(site, text);
        return indentation::fit(site, prefix::strip(site, &code), Writer::Chat);
    }
    indentation::fit(site, text, Writer::FillIn)
}

/// The code in what a chat model says.
fn spoken(site: &Site, text: &str) -> String {
    let text = thinking::strip(text);
    let code = match fences::inside(site, text) {
        Some(code) => code,
        None if wants_code(site) => prose::strip(site, text),
        None => text,
    };
    let is_ours = !site.line_prefix.contains(CURSOR) && !site.line_suffix.contains(CURSOR);
    if is_ours { code.replace(CURSOR, "") } else { code.to_owned() }
}

/// Whether the place takes code, so that sentences there are not meant for it.
fn wants_code(site: &Site) -> bool {
    let lexical = &site.document.language.lexical;
    let is_code_language = lexical.block_style != BlockStyle::None || !lexical.keywords.is_empty();
    site.mode == Mode::Code && is_code_language
}

/// The part of a growing text that ends at a whole unit of the extent: what may be shown of it.
pub fn whole_part(extent: Extent, text: &str) -> &str {
    whole::cut(extent, text)
}

/// Runs every filter in order on text that is [`bare`].
pub fn clean(site: &Site, text: &str, origin: Origin) -> Result<Cleaned, Dropped> {
    invisible::check(site, text)?;
    placeholder::check(site, text)?;
    let end_of = |text: &str| extent::end_of(site, origin.class, origin.extent, text);
    let cut = match origin.state {
        TextState::Kept => text,
        // The model has ended, and with it the last line.
        TextState::Ended => {
            end_of(&format!("{text}\n")).map_or(text, |end| &text[..end.min(text.len())])
        }
        TextState::Growing => {
            end_of(text).map_or_else(|| whole::cut(origin.extent, text), |end| &text[..end])
        }
    };
    let cut = repetition::cut(cut)?;
    if cut.trim().is_empty() {
        return Err("the answer is blank");
    }
    let cut = present::cut(site, cut)?;
    let fitted = overlap::fit(site, cut)?;
    let is_part = cut.trim_end().len() < text.trim_end().len();
    parses::check(site, &fitted, is_part)?;
    Ok(fitted)
}

#[cfg(test)]
mod tests;
