//! Takes the fence off that a chat model puts around code, with whatever it says before and after.
//!
//! A fence is a line of its own, so one within a comment of the code is not taken for the end.
//! Where a document has fences itself, or the cursor stands in a comment, a fence may be what was
//! asked for: there it counts as a wrapper only where the whole answer is wrapped.

use super::wants_code;
use crate::domain::language::Language;
use crate::domain::site::Site;

/// The least length of a fence.
const LENGTH_MIN: usize = 3;

/// A fence with what stands in it.
struct Fence<'a> {
    /// What was said before it.
    before: &'a str,
    /// What stands behind its opening mark, such as a language.
    info: &'a str,
    /// The text in it.
    body: &'a str,
}

/// The code inside the fence, as far as it has come; `None` where there is no fence to take off.
pub(super) fn inside<'a>(site: &Site, text: &'a str) -> Option<&'a str> {
    let language = &site.document.language;
    let fence = find(text)?;
    let is_wrapper = if has_fences(language) {
        fence.before.trim().is_empty() && names(language, fence.info)
    } else {
        wants_code(site) || fence.before.trim().is_empty()
    };
    is_wrapper.then_some(fence.body)
}

fn has_fences(language: &Language) -> bool {
    language.lexical.strings.iter().any(|string| string.open.starts_with("```"))
}

fn names(language: &Language, info: &str) -> bool {
    let known = [&language.id, &language.name].into_iter().chain(&language.aliases);
    known.into_iter().any(|name| name.eq_ignore_ascii_case(info))
}

/// The first fence: on a line of its own, or behind words that end in a colon.
fn find(text: &str) -> Option<Fence<'_>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let own = line.len() - line.trim_start().len();
        let behind = line.find(['`', '~']).filter(|at| line[..*at].trim_end().ends_with(':'));
        for at in [own].into_iter().chain(behind) {
            if let Some(mark) = mark_of(&line[at..]) {
                return Some(open(text, start + at, mark));
            }
        }
        start += line.len();
    }
    None
}

/// The run of marks that `line` begins with, also one that has just begun at the end of the text.
fn mark_of(line: &str) -> Option<&str> {
    let first = line.chars().next().filter(|c| "`~".contains(*c))?;
    let run = &line[..line.len() - line.trim_start_matches(first).len()];
    let is_arriving = run == line && first == '`';
    (run.len() >= LENGTH_MIN || is_arriving).then_some(run)
}

fn open<'a>(text: &'a str, at: usize, mark: &str) -> Fence<'a> {
    let before = &text[..at];
    let behind = &text[at + mark.len()..];
    let Some((info, body)) = behind.split_once('\n') else {
        // Nothing but the mark yet, or all on one line.
        let inline = behind.strip_suffix(mark).filter(|_| mark.len() >= LENGTH_MIN);
        return Fence { before, info: "", body: inline.unwrap_or_default() };
    };
    let info = info.trim();
    if let Some(code) = info.strip_suffix(mark) {
        return Fence { before, info: "", body: code };
    }
    let mut end = 0;
    for line in body.split_inclusive('\n') {
        let content = line.trim();
        let is_mark = !content.is_empty() && content.chars().all(|c| mark.starts_with(c));
        let is_arriving = !line.ends_with('\n') && !content.is_empty() && mark.starts_with(content);
        if is_mark && (content.len() >= mark.len() || is_arriving) {
            return Fence { before, info, body: body[..end].trim_end_matches('\n') };
        }
        end += line.len();
    }
    Fence { before, info, body }
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    #[test]
    fn every_beginning_of_a_wrapped_answer_shows_a_beginning_of_the_code() {
        let site = site("let x = |");
        let answer = "Here is the code:\n```rust\na + b\n// ``` is no end\nc\n```\nIt adds them.";
        let code = "a + b\n// ``` is no end\nc";
        for end in answer.find('`').expect("a fence") + 1..=answer.len() {
            let found = inside(&site, &answer[..end]).expect("a fence");
            let found = found.trim_end_matches('\n');
            assert!(code.starts_with(found), "{:?} -> {found:?}", &answer[..end]);
        }
        assert_eq!(inside(&site, answer), Some(code));
    }
}
