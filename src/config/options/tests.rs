//! The table checks itself: what it promises about its own rows is true of every row.

use std::collections::BTreeSet;

use super::*;

#[test]
fn keys_are_unique_and_groups_stay_together() {
    let keys: BTreeSet<_> = TABLE.iter().map(|row| row.key).collect();
    assert_eq!(keys.len(), TABLE.len());
    let mut groups: Vec<_> = TABLE.iter().map(|row| row.segments().next()).collect();
    groups.dedup();
    let distinct: BTreeSet<_> = groups.iter().collect();
    assert_eq!(distinct.len(), groups.len(), "a group is split: {groups:?}");
}

#[test]
fn no_key_is_also_a_table() {
    for row in TABLE {
        for key in row.fixed_keys() {
            assert_eq!(below(&key).count(), 0, "{key} is a setting and a table");
        }
    }
}

#[test]
fn docs_are_paragraphs_of_whole_sentences() {
    for Row { key, doc, .. } in TABLE {
        assert!(doc.starts_with(char::is_uppercase), "{key}: {doc}");
        assert!(doc.ends_with('.'), "{key}: {doc}");
        assert!(!doc.contains("  ") && !doc.contains('\n'), "{key}: {doc}");
    }
}

#[test]
fn defaults_are_valid_under_their_own_kind() {
    for (key, value) in defaults() {
        let row = find(&key).expect("a row");
        assert_eq!(row.kind.check(&value), Ok(value), "{key}");
    }
    for row in TABLE {
        if let Some(value) = row.default_of(&row.key_for("x")) {
            assert_eq!(row.kind.check(&value), Ok(value), "{}", row.key);
        }
    }
}

#[test]
fn every_class_and_tier_has_its_defaults() {
    for row in TABLE.iter().filter(|row| !matches!(row.default, Preset::Unset)) {
        for key in row.fixed_keys() {
            assert!(row.default_of(&key).is_some(), "{key}");
        }
    }
}

#[test]
fn scopes_fit_kinds() {
    let is_number = |kind| matches!(kind, Kind::Integer { .. } | Kind::Number { .. });
    for Row { key, kind, scope, .. } in TABLE {
        let fits = match scope {
            Scope::Never => true,
            Scope::Only("true" | "false") => *kind == Kind::Bool,
            Scope::Only(word) => kind.check(&Value::Text((*word).to_owned())).is_ok(),
            Scope::Lower => *kind == TIERS || is_number(*kind),
            Scope::Raise => is_number(*kind),
            Scope::Append | Scope::Subset => matches!(kind, Kind::List(_)),
        };
        assert!(fits, "{key}");
    }
}

#[test]
fn a_workspace_never_names_a_model() {
    let models = TABLE.iter().filter(|row| row.key.starts_with("models."));
    assert!(models.into_iter().all(|row| row.scope == Scope::Never));
}

#[test]
fn choices_of_tiers_are_the_tiers() {
    let names: Vec<_> = Tier::ALL.iter().map(|tier| tier.name()).collect();
    assert_eq!(TIERS, Kind::Choice(["local", "fast", "mid", "flagship"].as_slice()));
    assert_eq!(names, ["local", "fast", "mid", "flagship"]);
}
