//! Several servers over one file, a disk that fails, and the switch.

use super::*;
use crate::domain::route::Tier;

fn outcome() -> Outcome {
    Outcome {
        class: RequestClass::Line,
        language: "x".to_owned(),
        tier: Tier::Fast,
        bounds: None,
        taken: Taken::Rejected,
    }
}

/// A server's feedback without its thread: the test says when it writes.
fn server() -> Feedback {
    let (wake, inbox) = channel();
    // Nobody listens, and nobody minds.
    drop(inbox);
    let feedback = Feedback { wake: Some(wake), ..Feedback::default() };
    feedback.enable(true);
    feedback
}

fn heard(feedback: &Feedback) -> u64 {
    let live = feedback.live.lock();
    live.stats.group(RequestClass::Line, "x").map_or(0, |group| group.heard)
}

fn file(folder: &tempfile::TempDir) -> StatsFile {
    StatsFile::at(folder.path().join("feedback.json"))
}

#[test]
fn servers_add_up_and_learn_from_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, two) = (server(), server());
    for (server, count) in [(&one, 3), (&two, 4)] {
        server.note((0..count).map(|_| outcome()));
        synchronize(&file(&folder), &server.live).expect("a file");
    }
    assert_eq!((heard(&one), heard(&two)), (3, 7));
    one.note([outcome()]);
    assert_eq!(heard(&one), 4, "noted at once");
    synchronize(&file(&folder), &one.live).expect("a file");
    assert_eq!(heard(&one), 8);
    synchronize(&file(&folder), &one.live).expect("a file");
    assert_eq!(heard(&one), 8, "and not twice");
}

#[test]
fn a_disk_that_fails_costs_the_keeping_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let blocked = StatsFile::at(folder.path().join("file/feedback.json"));
    std::fs::write(folder.path().join("file"), "not a folder").expect("a file");
    let server = server();
    server.note((0..UNSAVED_MAX + 5).map(|_| outcome()));
    assert!(synchronize(&blocked, &server.live).is_err());
    assert_eq!(heard(&server), UNSAVED_MAX as u64 + 5);
    synchronize(&file(&folder), &server.live).expect("a file");
    assert_eq!(heard(&server), UNSAVED_MAX as u64, "what waited is written later");
}

#[test]
fn switched_off_nothing_is_noted_read_or_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server();
    server.note([outcome()]);
    synchronize(&file(&folder), &server.live).expect("a file");
    server.note([outcome()]);
    server.enable(false);
    server.note([outcome()]);
    synchronize(&file(&folder), &server.live).expect("nothing to do");
    assert_eq!(heard(&server), 0);
    server.enable(true);
    synchronize(&file(&folder), &server.live).expect("a file");
    assert_eq!(heard(&server), 1);
}

#[test]
fn closing_writes_at_once_and_the_next_process_goes_on_from_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Feedback::kept_in(file(&folder));
    first.enable(true);
    first.note([outcome(), outcome()]);
    first.close(Duration::from_secs(20));
    let kept = file(&folder).read().expect("statistics");
    assert_eq!(kept.group(RequestClass::Line, "x").map(|group| group.heard), Some(2));
    let second = Feedback::kept_in(file(&folder));
    second.enable(true);
    second.note([outcome()]);
    second.close(Duration::from_secs(20));
    assert_eq!(heard(&second), 3);
}
