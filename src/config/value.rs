//! Keys and values as people wrote them, whatever they were written in.
//!
//! TOML and the editor's JSON meet here, so that everything after this point is checked once and
//! shown in one notation. The tree is our own because neither side fits the other: JSON has nulls
//! and no dates, TOML has dates and numbers JSON cannot hold.

use std::collections::BTreeMap;
use std::fmt;

/// A dotted key, segment by segment. Segments may themselves hold dots (`models."qwen2.5".url`).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub Vec<String>);

impl Key {
    /// A key made of these segments.
    pub fn of(segments: &[&str]) -> Self {
        Self(segments.iter().map(|&segment| segment.to_owned()).collect())
    }

    /// This key with one more segment.
    #[must_use]
    pub fn child(&self, segment: &str) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment.to_owned());
        Self(segments)
    }

    /// The segments as string slices.
    pub fn segments(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            write_segment(f, segment)?;
        }
        Ok(())
    }
}

fn write_segment(f: &mut fmt::Formatter<'_>, segment: &str) -> fmt::Result {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_-<>".contains(c);
    if !segment.is_empty() && segment.chars().all(is_bare) {
        f.write_str(segment)
    } else {
        write_quoted(f, segment)
    }
}

/// Writes a TOML basic string; control characters are escaped, so a message stays on one line.
fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\u{:04X}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

/// A value with no opinion on what it is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number, infinities and NaN included.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// A table.
    Map(BTreeMap<String, Value>),
    /// Something no setting takes, such as a date; kept as written for the message.
    Foreign(String),
}

impl Value {
    /// A list of strings.
    pub fn texts(items: &[&str]) -> Self {
        Self::List(items.iter().map(|&item| Self::Text(item.to_owned())).collect())
    }

    /// The word for this kind of value, with its article.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a table",
            Self::Foreign(_) => "a value no setting takes",
        }
    }

    /// The same value as JSON; `None` where JSON has no such value.
    pub fn to_json(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Bool(value) => (*value).into(),
            Self::Integer(value) => (*value).into(),
            Self::Number(value) => serde_json::Number::from_f64(*value)?.into(),
            Self::Text(value) => value.as_str().into(),
            Self::List(items) => {
                items.iter().map(Self::to_json).collect::<Option<Vec<_>>>()?.into()
            }
            Self::Map(items) => {
                let pair =
                    |(key, value): (&String, &Self)| value.to_json().map(|v| (key.clone(), v));
                serde_json::Value::Object(items.iter().map(pair).collect::<Option<_>>()?)
            }
            Self::Foreign(_) => return None,
        })
    }

    /// The value as shown in a message: TOML notation on one line, cut to a readable length.
    pub fn shown(&self) -> String {
        const CHARS_MAX: usize = 60;
        let text = self.to_string();
        match text.char_indices().nth(CHARS_MAX) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value:?}"),
            Self::Text(value) => write_quoted(f, value),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Map(items) if items.is_empty() => f.write_str("{}"),
            Self::Map(items) => {
                f.write_str("{ ")?;
                for (index, (key, value)) in items.iter().enumerate() {
                    f.write_str(if index > 0 { ", " } else { "" })?;
                    write_segment(f, key)?;
                    write!(f, " = {value}")?;
                }
                f.write_str(" }")
            }
            Self::Foreign(written) => f.write_str(written),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_quote_what_toml_would_quote() {
        assert_eq!(Key::of(&["models", "qwen2.5", "url"]).to_string(), "models.\"qwen2.5\".url");
        assert_eq!(Key::of(&["a-b_c", ""]).to_string(), "a-b_c.\"\"");
    }

    #[test]
    fn shown_values_are_short_and_on_one_line() {
        let long = Value::Text(format!("a\nb{}", "é".repeat(100)));
        let shown = long.shown();
        assert!(shown.starts_with("\"a\\nbé") && shown.ends_with('…'));
        assert_eq!(shown.chars().count(), 61);
    }

    #[test]
    fn what_json_cannot_hold_is_not_invented() {
        assert_eq!(Value::Number(f64::NAN).to_json(), None);
        assert_eq!(Value::List(vec![Value::Foreign("1979-05-27".into())]).to_json(), None);
        let map = Value::Map([("a".to_owned(), Value::Integer(1))].into());
        assert_eq!(map.to_json(), Some(serde_json::json!({"a": 1})));
        assert_eq!(map.to_string(), "{ a = 1 }");
    }
}
