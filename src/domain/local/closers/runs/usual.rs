//! Runs that are usual in the language: its line ends, empty pairs of brackets, and the ends of heads
//! and bodies on one line.

use super::{CLOSED_MAX, Run, Runs};
use crate::domain::language::BlockStyle;
use crate::domain::lexical::{Kind, Open};

impl Runs<'_> {
    /// What lines of the language often end with, alone, behind one closer, and where half of it
    /// stands before the cursor.
    pub(super) fn line_ends(&mut self) {
        let site = self.site;
        let lexical = &site.document.language.lexical;
        if lexical.block_style == BlockStyle::None {
            return;
        }
        let is_spaced = site.line_prefix.ends_with(' ');
        let closer = self.innermost();
        for end in &lexical.line_ends {
            self.add(if is_spaced { end.trim_start() } else { end }.to_owned(), 0);
            let opens = lexical.brackets.iter().any(|(open, _)| end.starts_with(*open));
            if let Some(closer) = closer.as_ref().filter(|_| !opens) {
                self.add(format!("{closer}{end}"), 1);
            }
            let signs = end.trim_start();
            let half = signs.char_indices().skip(1).map(|(at, _)| signs.split_at(at));
            let rest = half.filter(|(half, _)| !half.ends_with(' ')).find(|(half, _)| {
                let before = site.line_prefix.strip_suffix(half);
                before.is_some_and(|before| !before.ends_with(|c: char| half.starts_with(c)))
            });
            if let Some((_, rest)) = rest {
                self.add(rest.to_owned(), 0);
            }
        }
    }

    /// Pairs of brackets with nothing inside, alone, and behind a name or an opening bracket before
    /// what ends the statement, the row or the head.
    pub(super) fn pairs(&mut self) {
        let site = self.site;
        let lexical = &site.document.language.lexical;
        let is_value = site.line_prefix.ends_with([' ', '(', ',', '[']);
        let is_name = |c: char| lexical.is_word(c) || "]>!".contains(c);
        let is_call = site.line_prefix.trim_end().ends_with(is_name);
        let closer = self.innermost().unwrap_or_default();
        for (open, close) in &lexical.brackets {
            let pair = format!("{open}{close}");
            self.add(pair.clone(), 0);
            let tails: &[&str] = match open {
                '(' if is_call => &["", &lexical.statement_end, ",", " {", ":"],
                '(' => &[],
                _ if is_value => &["", &lexical.statement_end],
                _ => &[],
            };
            let openers = &lexical.block_openers;
            let tails = tails.iter().filter(|tail| {
                let opener = tail.trim_start();
                !matches!(opener, "{" | ":") || openers.iter().any(|other| other == opener)
            });
            for tail in tails {
                self.add(format!("{pair}{tail}"), 0);
                if !closer.is_empty() {
                    self.add(format!("{pair}{closer}{tail}"), 1);
                }
            }
        }
    }

    /// What ends the statement and its body, or a list and the head around it, where all of it was
    /// opened on this line. What closes the body stands below, so that it seems to close these.
    pub(super) fn heads(&mut self) {
        let site = self.site;
        let lexical = &site.document.language.lexical;
        let line_start = site.offset - site.line_prefix.len();
        let brackets = site.enclosing.iter().rev().take_while(|open| open.start >= line_start);
        let brackets: Vec<&Open> = brackets.filter(|open| open.kind == Kind::Bracket).collect();
        let Some(first) = brackets.first().filter(|first| first.close == "}") else { return };
        let is_spaced = first.is_spaced && !site.line_prefix.ends_with(' ');
        let space = if is_spaced { " " } else { "" };
        if !lexical.statement_end.is_empty() {
            let closes = usize::from(site.unclosed.last().is_some_and(|open| open.close == "}"));
            let run = format!("{} {}", lexical.statement_end, first.close);
            self.push(Run::on_line(run, closes));
        }
        let closers: String =
            brackets.iter().take(CLOSED_MAX).map(|open| open.close.as_str()).collect();
        let ends = lexical.line_ends.iter().filter(|end| end.ends_with(" {"));
        let openers = lexical.block_openers.iter().filter(|opener| *opener == "{");
        let openers: Vec<String> =
            openers.map(|opener| format!(" {opener}")).chain(ends.cloned()).collect();
        for opener in openers.iter().filter(|opener| opener.starts_with(' ')) {
            self.add(format!("{space}{closers}{opener}"), 0);
        }
    }

    /// What closes the innermost delimiter on this line, where that is no block.
    pub(super) fn innermost(&self) -> Option<String> {
        let one = self.found.iter().find(|run| run.closes == 1 && !run.is_below && run.head == 0);
        one.map(|run| run.text.clone()).filter(|text| !text.ends_with('}'))
    }
}
