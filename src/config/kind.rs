//! The kinds a setting's value can have, and the check of a value against its kind.
//!
//! Kinds are an enum, not a type name parsed from text: the checker, the reference page and the
//! editor manifests all match on it, so a new kind does not compile until each of them knows it.

use super::problem::Fault;
use super::value::Value;

/// What values a setting takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number within bounds.
    Integer {
        /// The least valid value.
        min: i64,
        /// The greatest valid value.
        max: i64,
        /// What is counted.
        unit: &'static str,
    },
    /// A number within bounds.
    Number {
        /// The least valid value.
        min: f64,
        /// The greatest valid value.
        max: f64,
        /// What is counted; empty for a plain number.
        unit: &'static str,
    },
    /// Any string but an empty one.
    Text,
    /// The name of an environment variable.
    Variable,
    /// A string that is never shown.
    Secret,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A list of values of one kind.
    List(&'static Kind),
    /// A table with keys of the user's choice.
    Map,
}

/// Bound: a list from a stranger's workspace must not take seconds to compile into patterns.
const ITEMS_MAX: usize = 1000;

impl Kind {
    /// What is valid, in words.
    pub fn words(self) -> String {
        let spaced = |unit: &str| if unit.is_empty() { String::new() } else { format!(" {unit}") };
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Integer { min, max, unit } => {
                format!("an integer from {min} to {max}{}", spaced(unit))
            }
            Self::Number { min, max, unit } => {
                format!("a number from {min} to {max}{}", spaced(unit))
            }
            Self::Text | Self::Secret => "text that is not empty".to_owned(),
            Self::Variable => {
                "the name of an environment variable (letters, digits, underscores)".to_owned()
            }
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::List(Self::Choice(words)) => format!("a list of {}", words.join(", ")),
            Self::List(_) => "a list of text".to_owned(),
            Self::Map => "a table".to_owned(),
        }
    }

    /// The greatest valid number; `None` for what is no number.
    pub fn greatest(self) -> Option<Value> {
        match self {
            Self::Integer { max, .. } => Some(Value::Integer(max)),
            Self::Number { max, .. } => Some(Value::Number(max)),
            _ => None,
        }
    }

    /// The value in the form the program uses, or what is wrong with it.
    pub fn check(self, value: &Value) -> Result<Value, Fault> {
        let fault = |what: &str| Fault::new(what, format!("valid is {}", self.words()));
        let unless = |what: Option<&str>| match what {
            Some(what) => Err(fault(what)),
            None => Ok(value.clone()),
        };
        match (self, value) {
            (Self::Bool, Value::Bool(_)) => Ok(value.clone()),
            (Self::Integer { min, max, .. }, Value::Integer(number)) => {
                unless(out_of_bounds(number, &min, &max))
            }
            // Editors send 150 as 150.0 when it passed through a language without integers.
            (Self::Integer { .. }, Value::Number(number))
                if number.fract() == 0.0 && number.abs() < 9e15 =>
            {
                self.check(&Value::Integer(*number as i64))
            }
            (Self::Number { min, max, .. }, Value::Number(number)) => {
                unless(out_of_bounds(number, &min, &max))
            }
            (Self::Number { .. }, Value::Integer(number)) => {
                self.check(&Value::Number(*number as f64))
            }
            (Self::Text | Self::Secret, Value::Text(text)) => {
                unless(text.trim().is_empty().then_some("empty"))
            }
            (Self::Variable, Value::Text(text)) => {
                unless((!is_variable(text)).then_some("not the name of a variable"))
            }
            (Self::Choice(words), Value::Text(text)) => {
                unless((!words.contains(&text.as_str())).then_some("no such choice"))
            }
            (Self::List(_), Value::List(items)) if items.len() > ITEMS_MAX => {
                unless(Some("more than 1000 items"))
            }
            (Self::List(kind), Value::List(items)) => {
                let checked = items.iter().enumerate().map(|(index, item)| {
                    kind.check(item)
                        .map_err(|inner| fault(&format!("item {}: {}", index + 1, inner.what)))
                });
                Ok(Value::List(checked.collect::<Result<_, _>>()?))
            }
            (Self::Map, Value::Map(_)) => {
                unless(value.to_json().is_none().then_some("holds a value JSON has no word for"))
            }
            _ => Err(Fault::kind(value, &self.words())),
        }
    }
}

/// NaN compares with nothing and so is out of bounds.
fn out_of_bounds<T: PartialOrd>(number: &T, min: &T, max: &T) -> Option<&'static str> {
    if number < min {
        Some("too small")
    } else if number > max {
        Some("too large")
    } else if number >= min {
        None
    } else {
        Some("not a number")
    }
}

fn is_variable(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Kind = Kind::Integer { min: 10, max: 60_000, unit: "ms" };

    #[test]
    fn bounds_are_inclusive_and_named() {
        assert!(MS.check(&Value::Integer(10)).is_ok());
        assert!(MS.check(&Value::Integer(60_000)).is_ok());
        let fault = MS.check(&Value::Integer(9)).expect_err("a fault");
        assert_eq!(fault, Fault::new("too small", "valid is an integer from 10 to 60000 ms"));
    }

    #[test]
    fn numbers_take_the_form_the_program_uses() {
        assert_eq!(MS.check(&Value::Number(150.0)), Ok(Value::Integer(150)));
        assert!(MS.check(&Value::Number(150.5)).is_err());
        let share = Kind::Number { min: 0.0, max: 1.0, unit: "" };
        assert_eq!(share.check(&Value::Integer(1)), Ok(Value::Number(1.0)));
        assert!(share.check(&Value::Number(f64::NAN)).is_err());
        assert!(share.check(&Value::Number(f64::INFINITY)).is_err());
    }

    #[test]
    fn a_pasted_key_is_not_a_variable_name() {
        assert!(Kind::Variable.check(&Value::Text("OPENAI_API_KEY".into())).is_ok());
        assert!(Kind::Variable.check(&Value::Text("sk-abc".into())).is_err());
    }

    #[test]
    fn a_list_names_its_bad_item() {
        let kind = Kind::List(&Kind::Choice(&["local", "fast"]));
        let fault = kind.check(&Value::texts(&["local", "quick"])).expect_err("a fault");
        assert_eq!(fault.what, "item 2: no such choice");
    }
}
