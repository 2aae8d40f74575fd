//! Takes a block of thinking off the beginning of an answer.
//!
//! Servers that know their model put what it thinks into a field of its own, which no protocol here
//! reads. Others stream it as text between tags, and it would end up in the user's code. Only a block
//! at the very beginning is taken off: later a tag is what the model wrote.

/// The tags that models put round what they think.
const TAGS: [(&str, &str); 3] =
    [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>")];

/// Reads an answer piece by piece.
#[derive(Debug)]
pub(super) struct Filter {
    state: State,
    /// Text that may be the beginning of a tag.
    held: String,
}

#[derive(Debug)]
enum State {
    /// Nothing but white space so far.
    Start,
    /// Inside a block that ends with this tag.
    Inside(&'static str),
    /// Between a block and the text: line breaks there belong to the block.
    After,
    /// The rest is text.
    Text,
}

impl Filter {
    /// A filter that takes blocks off where `is_needed`, and passes everything on where not.
    pub(super) fn new(is_needed: bool) -> Self {
        let state = if is_needed { State::Start } else { State::Text };
        Self { state, held: String::new() }
    }

    /// The text in the next piece of an answer, as far as it can be told yet.
    pub(super) fn next(&mut self, piece: String) -> String {
        if let State::Text = self.state {
            return piece;
        }
        self.held.push_str(&piece);
        if let State::Start = self.state {
            let begun = self.held.trim_start();
            let block =
                TAGS.iter().find_map(|(open, close)| Some((begun.strip_prefix(open)?, *close)));
            match block {
                Some((inside, close)) => {
                    self.held = inside.to_owned();
                    self.state = State::Inside(close);
                }
                None if TAGS.iter().any(|(open, _)| open.starts_with(begun)) => {}
                None => self.state = State::Text,
            }
        }
        if let State::Inside(close) = self.state {
            if let Some(at) = self.held.find(close) {
                self.held.drain(..at + close.len());
                self.state = State::After;
            } else {
                // Only the beginning of the closing tag can still matter.
                let kept = self.held.len().saturating_sub(close.len() - 1);
                let kept = (kept..=self.held.len()).find(|at| self.held.is_char_boundary(*at));
                self.held.drain(..kept.unwrap_or_default());
            }
        }
        if let State::After = self.state {
            let text = self.held.trim_start_matches(['\n', '\r']);
            if text.is_empty() {
                self.held.clear();
            } else {
                self.held = text.to_owned();
                self.state = State::Text;
            }
        }
        match self.state {
            State::Text => std::mem::take(&mut self.held),
            _ => String::new(),
        }
    }

    /// What was held back and is text after all, now that the answer has ended.
    pub(super) fn end(&mut self) -> String {
        match std::mem::replace(&mut self.state, State::Text) {
            State::Start => std::mem::take(&mut self.held),
            State::Inside(_) | State::After | State::Text => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of an answer that arrives in pieces of `step` characters.
    fn text(answer: &str, step: usize) -> String {
        let mut filter = Filter::new(true);
        let chars: Vec<char> = answer.chars().collect();
        let mut text: String =
            chars.chunks(step).map(|piece| filter.next(piece.iter().collect())).collect();
        text.push_str(&filter.end());
        text
    }

    fn check(answer: &str, expected: &str) {
        for step in 1..=answer.chars().count().max(1) {
            assert_eq!(text(answer, step), expected, "{answer:?} in pieces of {step}");
        }
    }

    #[test]
    fn a_block_at_the_beginning_goes_and_its_line_breaks_with_it() {
        check("<think>hm</think>\n\n    a + b", "    a + b");
        check("\n<think>\n\n</think>\n\na", "a");
        check("<thinking>é</ thinking></thinking>x", "x");
        check("<thought>a</think></thought>b", "b");
        check("<think>never ends", "");
        check("<think>a</think>", "");
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in ["", " ", "\n    a < b", "<", "<th", "<thead>", "a<think>b</think>", "<T>"] {
            check(text, text);
        }
    }

    #[test]
    fn a_filter_that_is_not_needed_passes_everything_on() {
        let mut filter = Filter::new(false);
        assert_eq!(filter.next("<think>".to_owned()), "<think>");
    }
}
