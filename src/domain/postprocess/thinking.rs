//! Takes off what a reasoning model writes before its answer, where a server passes it on as text.

/// What such text stands between. The first pair is that of Qwen 3 and DeepSeek R1.
const MARKS: [(&str, &str); 3] =
    [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>")];
/// So much of an opening mark tells it from code that begins with `<`.
const TELLING: usize = 3;

/// What follows the thoughts; nothing while they go on.
pub(super) fn strip(text: &str) -> &str {
    let start = text.trim_start();
    for (open, close) in MARKS {
        if let Some(thoughts) = start.strip_prefix(open) {
            return thoughts.split_once(close).map_or("", |(_, answer)| after(answer));
        }
        if start.len() >= TELLING && open.starts_with(start) {
            return "";
        }
        // Some chat templates write the opening mark into the prompt.
        if let Some((_, answer)) = text.split_once(close) {
            return after(answer);
        }
    }
    text
}

/// An answer without the blank lines that set it apart from the thoughts.
fn after(answer: &str) -> &str {
    answer.trim_start_matches('\n')
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn nothing_is_said_before_the_thoughts_end() {
        for text in ["<th", "<think>", "<think>\nlet me see", "<think>\na</thi"] {
            assert_eq!(strip(text), "", "{text}");
        }
        assert_eq!(strip("<think>\na\n</think>\n\n    return b"), "    return b");
        assert_eq!(strip("let me see</think>x"), "x");
        assert_eq!(strip("<T>(a: T)"), "<T>(a: T)");
    }
}
