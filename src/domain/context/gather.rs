//! Chooses what a model may see of a site and of the other open files, within a budget.

use std::ops::Range;
use std::sync::Arc;

use ropey::Rope;

use super::redact::Redactor;
use super::{
    Context, Kind, Part, Piece, Wanted, definitions, edits, head, shares, similar, window,
};
use crate::domain::class::Extent;
use crate::domain::excerpts::{Excerpts, names_in};
use crate::domain::route::Tier;
use crate::domain::ruler::{Ruler, STEP, stepped};
use crate::domain::site::Site;
use crate::domain::text;
use crate::domain::tokens::hash;
use crate::domain::units::Tokens;
use crate::domain::workspace::Neighbour;

/// Bytes beyond what is shown that are searched for secrets, so that none is cut in half and missed.
const SECRET_MARGIN: usize = 4 << 10;
/// Bytes before and after the cursor whose names say what is like it.
const LIKE_BEFORE: usize = 2 << 10;
const LIKE_AFTER: usize = 512;
/// An excerpt cut to fewer lines says too little.
const EXCERPT_LINES_MIN: usize = 5;
/// The most other places shown for having been edited.
const EDITS_MAX: usize = 3;

/// What bounds a context.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// Tokens of everything together.
    pub input_tokens_max: Tokens,
    /// The tier that is asked, which says how they are shared.
    pub tier: Tier,
    /// The most tokens before and after the cursor, where a server takes no more.
    pub around_max: Option<(Tokens, Tokens)>,
    /// The kinds of text besides that around the cursor.
    pub kinds: &'a [Kind],
    /// Measures for the model.
    pub ruler: Ruler<'a>,
    /// Whether secrets are replaced.
    pub redacts: bool,
    /// Keys of configured models, replaced wherever they stand.
    pub own_keys: &'a [String],
}

/// The context of a site within a budget. `neighbours` are the other open files whose text may be
/// sent.
pub fn gather(
    site: &Site,
    extent: Extent,
    budget: &Budget<'_>,
    neighbours: &[Neighbour],
) -> Context {
    let document = &site.document;
    let mut gathering = Gathering {
        site,
        budget,
        redactor: Redactor::new(budget.redacts.then_some(budget.own_keys)),
        context: Context {
            language: document.language.id.clone(),
            comment: document.language.lexical.line_comments.first().cloned().unwrap_or_default(),
            filename: document.filename.to_string(),
            wanted: match extent {
                Extent::Token => Wanted::Token,
                Extent::Line => Wanted::Line,
                Extent::Block | Extent::Edit => Wanted::Block,
            },
            ..Context::default()
        },
    };
    let window = gathering.around(neighbours);
    gathering.head(window.start);
    let files = Files::new(site, neighbours, &window);
    gathering.similar(&files);
    gathering.definitions(&files);
    gathering.edits(&files);
    let Gathering { redactor, mut context, .. } = gathering;
    context.pieces.sort_by_key(|piece| piece.kind);
    context.redactions = redactor.count();
    context.parts.sort_by_key(|part| part.kind);
    context
}

struct Gathering<'a> {
    site: &'a Site,
    budget: &'a Budget<'a>,
    redactor: Redactor<'a>,
    context: Context,
}

impl Gathering<'_> {
    /// The text around the cursor. Returns the bytes that are shown.
    fn around(&mut self, neighbours: &[Neighbour]) -> Range<usize> {
        let Self { site, budget, .. } = *self;
        let rope = &site.document.rope;
        let (before, after) = self.room_around(neighbours, rope.len_bytes());
        let cut = |bytes_max| window::before(rope, site.offset, bytes_max);
        let prefix = fitting(rope, budget.ruler, before, cut);
        let cut = |bytes_max| window::after(rope, site.offset, bytes_max);
        let suffix = fitting(rope, budget.ruler, after, cut);
        let shown = prefix.bytes.start..suffix.bytes.end;
        let settled = window::settled(rope, &prefix.bytes, prefix.bytes_max);
        let [before, after] = self.redactor.cut(
            rope,
            SECRET_MARGIN,
            [shown.start..site.offset, site.offset..shown.end],
        );
        // Where secrets were replaced the bytes do not say any more what has settled.
        self.context.settled = if before.len() == prefix.bytes.len() { settled } else { 0 };
        self.part(Kind::Prefix, prefix.tokens);
        self.part(Kind::Suffix, suffix.tokens);
        (self.context.prefix, self.context.suffix) = (before, after);
        shown
    }

    /// Tokens before and after the cursor. What cannot apply leaves its share to them: there are no
    /// other files, or nothing of this one is left out.
    fn room_around(&self, neighbours: &[Neighbour], length: usize) -> (Tokens, Tokens) {
        let Budget { input_tokens_max: all, tier, kinds, ruler, around_max, .. } = *self.budget;
        let is_cut = length > ruler.bytes(all);
        let applies = |kind: &&Kind| match kind {
            Kind::Imports | Kind::Signatures => is_cut,
            _ => is_cut || !neighbours.is_empty(),
        };
        let others: Vec<Kind> = kinds.iter().filter(applies).copied().collect();
        let (before, after) = shares::around(&others, tier, all);
        let (before_max, after_max) = around_max.unwrap_or((all, all));
        (before.min(before_max), after.min(after_max))
    }

    /// What stands above the window.
    fn head(&mut self, window_start: usize) {
        let site = self.site;
        if window_start == 0 {
            return;
        }
        let imports = head::imports(site, window_start);
        let signatures = head::signatures(site, window_start);
        for (kind, lines) in [(Kind::Imports, imports), (Kind::Signatures, signatures)] {
            let mut room = self.room(kind);
            let mut text = String::new();
            if room.0 == 0 {
                continue;
            }
            self.redactor.look_ahead(&site.document.rope, SECRET_MARGIN, &lines);
            for range in lines {
                let [lines] = self.redactor.cut(&site.document.rope, SECRET_MARGIN, [range]);
                let tokens = self.budget.ruler.tokens(&lines);
                if tokens > room {
                    break;
                }
                room = Tokens(room.0 - tokens.0);
                text.push_str(lines.trim_end_matches(['\r', '\n']));
                text.push('\n');
            }
            if !text.is_empty() {
                self.part(kind, self.budget.ruler.tokens(&text));
                self.context.head.push_str(&text);
            }
        }
    }

    fn similar(&mut self, files: &Files<'_>) {
        let room = self.room(Kind::Similar);
        if room.0 == 0 || files.excerpts.is_empty() {
            return;
        }
        let site = self.site;
        let rope = &site.document.rope;
        let lexical = &site.document.language.lexical;
        let line = text::line_range(rope, site.offset);
        let near = text::tail_before(rope, line.start, LIKE_BEFORE)
            + &text::head_after(rope, line.end, LIKE_AFTER);
        let chosen = similar::choose(&names_in(&near, lexical), &files.excerpts);
        let bytes_max = self.budget.ruler.bytes(room);
        let wanted = chosen.iter().filter_map(|choice| {
            let excerpts = files.excerpts[choice.file];
            let bytes = &excerpts.windows[choice.window].bytes;
            let cut = first_lines(&excerpts.rope, bytes, bytes_max)?;
            Some((choice.file, vec![cut]))
        });
        self.pieces(Kind::Similar, files, wanted, room);
    }

    fn definitions(&mut self, files: &Files<'_>) {
        let room = self.room(Kind::Definitions);
        if room.0 == 0 || files.excerpts.is_empty() {
            return;
        }
        let site = self.site;
        // All that is shown counts, not only what is nearest: then what is found changes only when
        // something new is named or the window moves.
        let shown = site.offset - site.word.len() - files.window.start.min(site.offset);
        let end = site.offset - site.word.len();
        let near = text::tail_before(&site.document.rope, end, shown);
        let lexical = &site.document.language.lexical;
        let mut names = Vec::new();
        for word in near.rsplit(|c| !lexical.is_word(c)).filter(|word| word.len() > 2) {
            let name = hash(word);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let found = definitions::find(&names, &files.excerpts);
        let wanted = found.into_iter().map(|lines| (lines.file, lines.bytes));
        self.pieces(Kind::Definitions, files, wanted, room);
    }

    fn edits(&mut self, files: &Files<'_>) {
        let room = self.room(Kind::Edits);
        let document = &self.site.document;
        if room.0 == 0 {
            return;
        }
        let mut wanted = Vec::new();
        let places = document.trail.places();
        let outside = places.filter(|p| p.end < files.window.start || files.window.end < p.start);
        for place in outside {
            wanted.push((None, edits::lines_around(&document.rope, place)));
        }
        let newest = files.neighbours.iter().filter_map(|other| other.changed_at).max();
        let now = document.changed_at.max(newest);
        let mut others: Vec<(usize, &Neighbour)> = files.neighbours.iter().enumerate().collect();
        others.retain(|(_, other)| edits::is_recent(other.changed_at, now));
        others.sort_by_key(|(_, other)| std::cmp::Reverse(other.changed_at));
        for (file, other) in others {
            let place = other.last_edit..other.last_edit;
            wanted.push((Some(file), edits::lines_around(&other.rope, &place)));
        }
        let mut room = room;
        for (file, range) in wanted.into_iter().take(EDITS_MAX) {
            let (rope, name) = match file {
                None => (&document.rope, &document.filename),
                Some(file) => (&files.neighbours[file].rope, &files.neighbours[file].filename),
            };
            let [text] = self.redactor.cut(rope, SECRET_MARGIN, [range]);
            self.piece(Kind::Edits, name, &text, &mut room);
        }
    }

    /// Adds lines of other files while there is room, those of one file together and in the order of
    /// the files, so that a prompt says the same in the same order.
    fn pieces(
        &mut self,
        kind: Kind,
        files: &Files<'_>,
        wanted: impl Iterator<Item = (usize, Vec<Range<usize>>)>,
        mut room: Tokens,
    ) {
        let first = self.context.pieces.len();
        for (file, ranges) in wanted {
            let excerpts = files.excerpts[file];
            let mut text = String::new();
            self.redactor.look_ahead(&excerpts.rope, SECRET_MARGIN, &ranges);
            for range in ranges {
                let [lines] = self.redactor.cut(&excerpts.rope, SECRET_MARGIN, [range]);
                text.push_str(lines.trim_end_matches(['\r', '\n']));
                text.push('\n');
            }
            self.piece(kind, &files.names[file], &text, &mut room);
        }
        self.context.pieces[first..]
            .sort_by(|a, b| (&a.filename, &a.text).cmp(&(&b.filename, &b.text)));
    }

    /// Adds a piece if there is room for it and the prompt does not hold it already.
    fn piece(&mut self, kind: Kind, filename: &str, text: &str, room: &mut Tokens) {
        let text = text.trim_matches('\n');
        let Context { pieces, head, prefix, suffix, .. } = &self.context;
        let is_there = [head, prefix, suffix].into_iter().any(|known| known.contains(text))
            || pieces.iter().any(|piece| piece.text.contains(text));
        let tokens = self.budget.ruler.tokens(text);
        if text.trim().is_empty() || is_there || tokens > *room {
            return;
        }
        *room = Tokens(room.0 - tokens.0);
        self.part(kind, tokens);
        let (filename, text) = (filename.to_owned(), text.to_owned());
        self.context.pieces.push(Piece { kind, filename, text });
    }

    fn room(&self, kind: Kind) -> Tokens {
        let Budget { kinds, tier, input_tokens_max, .. } = *self.budget;
        if kinds.contains(&kind) { shares::of(kind, tier, input_tokens_max) } else { Tokens(0) }
    }

    fn part(&mut self, kind: Kind, tokens: Tokens) {
        let parts = &mut self.context.parts;
        match parts.iter_mut().find(|part| part.kind == kind) {
            Some(part) => part.tokens += tokens,
            None if tokens.0 > 0 => {
                let is_estimate = self.budget.ruler.is_estimate();
                parts.push(Part { kind, tokens, is_estimate });
            }
            None => {}
        }
    }
}

/// Text around the cursor that fits.
struct Fitting {
    bytes: Range<usize>,
    /// What it was cut to.
    bytes_max: usize,
    tokens: Tokens,
}

/// The most text that `cut` gives within so many tokens. Where they can be counted the text is cut by
/// how dense it turns out to be, in steps, so that the same place has the same cut; a window is
/// counted a few times at most, and nothing beyond it.
fn fitting(
    rope: &Rope,
    ruler: Ruler<'_>,
    room: Tokens,
    cut: impl Fn(usize) -> Range<usize>,
) -> Fitting {
    let measured = |bytes_per_token: f64| {
        let bytes_max = Ruler { bytes_per_token, ..ruler }.bytes(room);
        let bytes = cut(bytes_max);
        let tokens = ruler.tokens(&text::head_after(rope, bytes.start, bytes.len()));
        Fitting { bytes, bytes_max, tokens }
    };
    let mut ratio = ruler.bytes_per_token;
    let mut found = measured(ratio);
    if ruler.is_estimate() {
        return found;
    }
    let density = stepped(found.bytes.len() as f64 / f64::from(found.tokens.0.max(1)));
    if found.bytes.len() > found.bytes_max / 2 && (density - ratio).abs() >= STEP {
        ratio = density;
        found = measured(ratio);
    }
    while found.tokens > room && ratio > STEP {
        ratio -= STEP;
        found = measured(ratio);
    }
    found
}

/// The first lines of a range within so many bytes, if they are enough.
fn first_lines(rope: &Rope, range: &Range<usize>, bytes_max: usize) -> Option<Range<usize>> {
    if range.len() <= bytes_max {
        return Some(range.clone());
    }
    let first = rope.byte_to_line(range.start);
    let last = rope.byte_to_line(range.start + bytes_max);
    (last - first >= EXCERPT_LINES_MIN).then(|| range.start..rope.line_to_byte(last))
}

/// The files that pieces come from: the other open ones, and this one outside of the window.
struct Files<'a> {
    neighbours: &'a [Neighbour],
    excerpts: Vec<&'a Excerpts>,
    names: Vec<Arc<str>>,
    window: Range<usize>,
}

impl<'a> Files<'a> {
    fn new(site: &'a Site, neighbours: &'a [Neighbour], window: &Range<usize>) -> Self {
        let document = &site.document;
        let others = neighbours.iter().map(|other| (&*other.excerpts, &other.filename));
        let own = (window.len() < document.rope.len_bytes())
            .then_some((&*document.excerpts, &document.filename));
        let (excerpts, names) =
            others.chain(own).map(|(excerpts, name)| (excerpts, Arc::clone(name))).unzip();
        Self { neighbours, excerpts, names, window: window.clone() }
    }
}
