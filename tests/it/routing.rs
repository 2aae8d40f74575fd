//! Where requests go at places that are clear to a person, in languages with and without training
//! data. How good the router is on real code is measured in `benches/routing`; this shows at once when
//! something plain has gone wrong.

use std::io::Write;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

/// How many of the places have to be decided as expected: one less than are.
const RIGHT_MIN: usize = 42;

/// `tests/data/routing/places.toml`.
#[derive(Deserialize)]
struct Places {
    place: Vec<Place>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    path: String,
    class: String,
    text: String,
}

impl Place {
    /// The text before and after the cursor.
    fn sides(&self) -> (&str, &str) {
        self.text.split_once('▏').unwrap_or_else(|| panic!("{}: no cursor", self.path))
    }
}

fn places() -> Vec<Place> {
    let data = include_str!("../data/routing/places.toml");
    toml::from_str::<Places>(data).expect("the places are read").place
}

/// The answers of the program, with its default settings.
fn answers(places: &[Place]) -> Vec<Value> {
    let home = tempfile::tempdir().expect("a folder");
    let settings = home.path().join("config.toml");
    std::fs::write(&settings, "").expect("a settings file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tabtier"))
        .args(["explain", "--batch", "--config"])
        .arg(settings)
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let rows = places.iter().enumerate().map(|(id, place)| {
        let (prefix, suffix) = place.sides();
        json!({ "id": id, "path": place.path, "prefix": prefix, "suffix": suffix }).to_string()
    });
    let lines = rows.collect::<Vec<_>>().join("\n");
    let mut stdin = child.stdin.take().expect("stdin");
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("an end");
    writer.join().expect("no panic").expect("everything is read");
    let stdout = String::from_utf8(output.stdout).expect("text");
    stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn clear_places_are_decided_as_a_person_would() {
    let places = places();
    let answers = answers(&places);
    assert_eq!(answers.len(), places.len());
    let mut wrong = Vec::new();
    for (place, answer) in places.iter().zip(&answers) {
        if answer["class"] != place.class.as_str() {
            let (before, _) = place.sides();
            let line = before.lines().next_back().unwrap_or_default().trim_start();
            let Place { path, class, .. } = place;
            let (found, reasons) = (&answer["class"], &answer["reasons"]);
            wrong.push(format!("{path} `{line}▏`: {class} expected, {found} found: {reasons}"));
        }
    }
    let right = places.len() - wrong.len();
    println!("{right} of {} right; wrong:\n{}", places.len(), wrong.join("\n"));
    assert!(right >= RIGHT_MIN, "{right} right, at least {RIGHT_MIN} expected; see above");
}

/// The places are worth something only if they are many and different.
#[test]
fn the_places_cover_languages_and_classes() {
    let places = places();
    let count_of = |key: fn(&Place) -> &str| {
        places.iter().map(key).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert!(places.len() >= 40);
    assert_eq!(count_of(|place| &place.class), 6, "all classes but refactor");
    let endings = count_of(|place| place.path.rsplit('.').next().unwrap_or_default());
    assert!(endings >= 11, "{endings} endings");
    for place in &places {
        assert_eq!(place.text.matches('▏').count(), 1, "{}", place.path);
    }
}
