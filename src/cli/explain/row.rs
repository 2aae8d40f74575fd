//! One line of a batch: a place to decide for, read member by member so that a mistake can be named.

use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::domain::site::Trigger;

/// A place to decide for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Names the language; the file need not exist.
    pub(super) path: PathBuf,
    /// The text before the cursor.
    pub(super) prefix: String,
    /// The text after the cursor.
    pub(super) suffix: String,
    /// Why the editor would ask.
    pub(super) trigger: Trigger,
    /// The first line of the file, where `prefix` does not begin with it.
    pub(super) first_line: Option<String>,
    /// Whether the editor shows a problem at the cursor.
    pub(super) has_diagnostic: bool,
    /// The first line a model answered with, for deciding again whether a block is wanted.
    pub(super) streamed_line: Option<String>,
    /// The folder whose other files are known.
    pub(super) workspace: Option<PathBuf>,
}

/// Reads a line: its `id`, null where it has none that can be read, and the place or what is wrong.
/// Members with other names are left to the caller's own use.
pub(super) fn read(line: &[u8]) -> (Value, Result<Row, String>) {
    let mut members = match serde_json::from_slice(line) {
        Ok(Value::Object(members)) => members,
        Ok(other) => {
            let what = format!("this is {}, not an object; {VALID}", noun(&other));
            return (Value::Null, Err(what));
        }
        Err(error) => {
            let text = error.to_string();
            let what = text.split(" at line ").next().unwrap_or_default();
            let what = format!("not JSON at column {}: {what}; {VALID}", error.column());
            return (Value::Null, Err(what));
        }
    };
    let id = members.remove("id").unwrap_or_default();
    (id, row(&mut members))
}

const VALID: &str =
    "valid is {\"id\": …, \"path\": \"a.rs\", \"prefix\": \"…\", \"suffix\": \"…\"}";

fn row(members: &mut Map<String, Value>) -> Result<Row, String> {
    let path = required(members, "path", "the name of a file, such as \"src/main.rs\"")?;
    if path.is_empty() {
        return Err("path is empty; valid is the name of a file, such as \"src/main.rs\"".into());
    }
    Ok(Row {
        path: path.into(),
        prefix: required(members, "prefix", "the text before the cursor")?,
        suffix: required(members, "suffix", "the text after the cursor, \"\" where there is none")?,
        trigger: trigger(members)?,
        first_line: optional(members, "first_line", "the first line of the file, as text")?,
        has_diagnostic: match members.remove("diagnostic") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(there_is_one)) => there_is_one,
            Some(other) => return Err(wrong("diagnostic", &other, "true or false")),
        },
        streamed_line: optional(members, "streamed_line", "the first line of an answer, as text")?,
        workspace: optional(members, "workspace", "the path of a folder")?.map(PathBuf::from),
    })
}

fn required(members: &mut Map<String, Value>, name: &str, valid: &str) -> Result<String, String> {
    match members.remove(name) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(wrong(name, &other, valid)),
        None => Err(format!("{name} is missing; valid is {valid}")),
    }
}

fn optional(
    members: &mut Map<String, Value>,
    name: &str,
    valid: &str,
) -> Result<Option<String>, String> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong(name, &other, valid)),
    }
}

fn wrong(name: &str, found: &Value, valid: &str) -> String {
    format!("{name} is {}; valid is {valid}", noun(found))
}

/// `"automatic"`, `"invoked"` or `{"invoked": repeats}`; `repeats` may also stand beside it.
fn trigger(members: &mut Map<String, Value>) -> Result<Trigger, String> {
    const VALID: &str = "\"automatic\", \"invoked\" or {\"invoked\": 1}";
    const COUNT: &str = "a whole number from 0 to 255";
    let count = |name: &str, value: &Value| {
        let count = value.as_u64().and_then(|count| u8::try_from(count).ok());
        count.ok_or_else(|| format!("{name} is {value}; valid is {COUNT}"))
    };
    let repeats = match members.remove("repeats") {
        None | Some(Value::Null) => None,
        Some(value) => Some(count("repeats", &value)?),
    };
    match members.remove("trigger") {
        None | Some(Value::Null) => automatic(repeats),
        Some(Value::String(word)) if word == "automatic" => automatic(repeats),
        Some(Value::String(word)) if word == "invoked" => {
            Ok(Trigger::Invoked { repeats: repeats.unwrap_or(0) })
        }
        Some(Value::String(word)) => Err(format!("trigger is {word:?}; valid is {VALID}")),
        Some(Value::Object(inner)) if inner.len() == 1 && inner.contains_key("invoked") => {
            let repeats = count("the count of trigger", &inner["invoked"])?;
            Ok(Trigger::Invoked { repeats })
        }
        Some(other) => Err(wrong("trigger", &other, VALID)),
    }
}

fn automatic(repeats: Option<u8>) -> Result<Trigger, String> {
    match repeats {
        None | Some(0) => Ok(Trigger::Automatic),
        Some(_) => Err("repeats counts key presses; valid is \"trigger\": \"invoked\" \
                        beside it, or no repeats"
            .to_owned()),
    }
}

fn noun(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger_of(members: &str) -> Result<Trigger, String> {
        let line = format!(r#"{{"path": "a", "prefix": "", "suffix": ""{members}}}"#);
        read(line.as_bytes()).1.map(|row| row.trigger)
    }

    #[test]
    fn triggers_have_several_spellings() {
        let check = |members, trigger| assert_eq!(trigger_of(members), Ok(trigger), "{members}");
        check("", Trigger::Automatic);
        check(r#", "trigger": null"#, Trigger::Automatic);
        check(r#", "trigger": "automatic", "repeats": 0"#, Trigger::Automatic);
        check(r#", "trigger": "invoked""#, Trigger::Invoked { repeats: 0 });
        check(r#", "trigger": "invoked", "repeats": 2"#, Trigger::Invoked { repeats: 2 });
        check(r#", "trigger": {"invoked": 255}"#, Trigger::Invoked { repeats: 255 });
    }

    #[test]
    fn wrong_triggers_are_named() {
        let check = |members, what: &str| {
            let error = trigger_of(members).expect_err(members);
            assert!(error.starts_with(what), "{members}: {error}");
        };
        check(r#", "trigger": "manual""#, "trigger is \"manual\"; valid is \"automatic\"");
        check(r#", "trigger": 1"#, "trigger is a number; valid is");
        check(r#", "trigger": {"invoked": 256}"#, "the count of trigger is 256; valid is a whole");
        check(r#", "trigger": {"invoked": 1, "more": 1}"#, "trigger is an object; valid is");
        check(r#", "repeats": 1"#, "repeats counts key presses; valid is");
        check(r#", "trigger": "invoked", "repeats": -1"#, "repeats is -1; valid is");
    }

    #[test]
    fn the_id_comes_back_even_from_a_bad_line() {
        let (id, row) = read(br#"{"id": {"a": [1]}, "path": "a.rs", "prefix": "x"}"#);
        assert_eq!(id, serde_json::json!({"a": [1]}));
        let error = row.expect_err("no suffix");
        assert!(error.starts_with("suffix is missing; valid is the text after"), "{error}");
    }
}
