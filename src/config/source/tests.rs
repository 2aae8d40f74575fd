//! Both notations yield the same entries, and an error costs no more than it must.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn keys(source: &Source) -> Vec<String> {
    let mut keys: Vec<_> =
        source.entries.iter().map(|entry| format!("{} = {}", entry.key, entry.value)).collect();
    keys.sort();
    keys
}

fn problems(source: &Source) -> Vec<String> {
    source.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn toml_and_json_meet() {
    let toml = from_toml(
        "a.toml",
        "policy.override = 'local'\n[models.\"q.5\"]\nurl = 'u'\nextra = { a = { b = 1 } }\n",
    );
    let nested = json!({"policy": {"override": "local"},
        "models": {"q.5": {"url": "u", "extra": {"a": {"b": 1}}}}});
    let dotted = json!({"tabtier.policy.override": "local",
        "models.q.5.url": "u", "models.q.5.extra": {"a": {"b": 1}}});
    let wrapped = json!({"tabtier": {"policy.override": "local", "cache": null,
        "models": {"q.5.url": "u", "q.5": {"extra": {"a": {"b": 1}}}}}});
    let half = json!({"policy": {"override": "local"},
        "models.q.5": {"url": "u", "extra": {"a": {"b": 1}}}});
    for json in [nested, dotted, wrapped, half] {
        assert_eq!(keys(&from_json("editor settings", &json)), keys(&toml), "{json}");
    }
}

#[test]
fn places_count_lines_and_characters_from_one() {
    let source = from_toml("a.toml", "\u{feff}a = 1\r\n[t]\r\n  'é' = 1\r\n  b.c = 2\r\n");
    let places: Vec<_> =
        source.entries.iter().map(|e| (e.key.to_string(), e.place.position)).collect();
    assert!(places.contains(&("a".to_owned(), Some((1, 1)))), "{places:?}");
    assert!(places.contains(&("t.\"é\"".to_owned(), Some((3, 3)))), "{places:?}");
    assert!(places.contains(&("t.b.c".to_owned(), Some((4, 5)))), "{places:?}");
}

#[test]
fn an_error_costs_its_line() {
    let source = from_toml("a.toml", "a = \"x\nb = 2\n[t]\nc = tru\nd = 4\n");
    assert_eq!(keys(&source), ["b = 2", "t.d = 4"]);
    assert_eq!(
        problems(&source),
        [
            "a.toml:1:7: not TOML: invalid basic string, expected `\"`",
            "a.toml:4:5: not TOML: invalid boolean, expected `true`",
        ]
    );
    assert!(source.is_partial);
}

#[test]
fn an_unclosed_list_stays_in_its_table() {
    let source = from_toml("a.toml", "[x]\na = [1,\nb = 2\n[y]\nc = 3\n");
    assert_eq!(keys(&source), ["y.c = 3"]);
}

#[test]
fn keys_under_a_broken_header_go_nowhere() {
    let text = "[models.a]\nurl = 'a'\n[models.b\nkey_env = 'B'\n[cache]\nbytes_max = 1\n";
    let source = from_toml("a.toml", text);
    assert_eq!(keys(&source), ["cache.bytes_max = 1", "models.a.url = \"a\""]);
    assert_eq!(problems(&source), ["a.toml:3:10: not TOML: unclosed table, expected `]`"]);
    let source = from_toml("a.toml", &text[text.find("[models.b").expect("it is there")..]);
    assert_eq!(keys(&source), ["cache.bytes_max = 1"]);
}

#[test]
fn a_key_set_twice_keeps_its_first_value() {
    let source = from_toml("a.toml", "a = 1\na = 2\n");
    assert_eq!(keys(&source), ["a = 1"]);
    assert_eq!(problems(&source), ["a.toml:2:1: not TOML: duplicate key"]);
    let source = from_toml("a.toml", "[t]\na = 1\n[t]\na = 2\n");
    assert_eq!(keys(&source), ["t.a = 1"]);
    assert_eq!(problems(&source), ["a.toml:4:1: t.a: set twice: the first value stays"]);
    let source = from_toml("a.toml", "[t]\na = 1\n[t]\nb = 2\n");
    assert_eq!(keys(&source), ["t.a = 1", "t.b = 2"]);
    assert_eq!(problems(&source), ["a.toml:3:2: not TOML: duplicate key"]);
}

#[test]
fn patterns_with_dots_are_one_segment_however_they_are_sent() {
    let check = |settings: serde_json::Value, key: &[&str]| {
        let source = from_json("editor settings", &settings);
        let found: Vec<_> = source.entries.iter().map(|entry| entry.key.segments()).collect();
        assert_eq!(found, [key], "{settings}");
    };
    let tiers = ["paths", "*.sql", "line", "tiers"];
    check(json!({"paths": {"*.sql": {"line": {"tiers": []}}}}), &tiers);
    check(json!({"paths": {"*.sql.line": {"tiers": []}}}), &tiers);
    check(json!({"paths": {"*.sql.line.tiers": []}}), &tiers);
    check(json!({"tabtier.paths.*.sql.line.tiers": []}), &tiers);
    check(json!({"tabtier.paths.*.sql": {"line.tiers": []}}), &tiers);
    check(
        json!({"paths": {"a.b/*.d.ts": {"override": "local"}}}),
        &["paths", "a.b/*.d.ts", "override"],
    );
    check(json!({"paths.a.b.override": "local"}), &["paths", "a.b", "override"]);
    check(json!({"languages.go.override": "local"}), &["languages", "go", "override"]);
}

#[test]
fn what_is_not_an_object_says_so() {
    let source = from_json("editor settings", &json!([1]));
    assert_eq!(problems(&source), ["editor settings: settings must be an object"]);
    assert!(from_json("editor settings", &json!(null)).problems.is_empty());
}

#[test]
fn a_flood_of_errors_is_bounded() {
    let source = from_toml("a.toml", &"[\n".repeat(50_000));
    assert_eq!(source.problems.len(), ERRORS_MAX);
    assert!(source.is_partial);
    let source = from_toml("a.toml", &"a b\n".repeat(50_000));
    assert_eq!(source.problems.len(), ERRORS_MAX);
}

proptest! {
    #[test]
    fn no_text_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let source = from_toml("a.toml", &String::from_utf8_lossy(&bytes));
        prop_assert!(source.problems.len() <= ERRORS_MAX + source.entries.len());
    }

    #[test]
    fn no_text_of_toml_parts_panics(parts in proptest::collection::vec(prop::sample::select(vec![
        "[", "]", "[[", "]]", "a", ".", "\"", "'", "'''", "\"\"\"", "=", "\n", "\r\n", "\r", "1",
        "{", "}", ",", "#", " ", "é", "\u{feff}", "models", "url", "true", "-inf", "\\", "\0",
    ]), 0..40)) {
        from_toml("a.toml", &parts.concat());
    }
}
