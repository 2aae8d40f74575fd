//! The index of the workspace through the real server: what is read, what is not, and that it keeps
//! up with what happens on disk and in the editor.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::lsp::{PATIENCE, Server};

/// The settings of a user who does not care for the processor's rest. Closers would take places in
/// the menu, which is short.
const FAST: &str = "[local]\nclosers = false\n[index]\ncpu_share = 1.0\n";

/// A workspace on disk.
struct Project(TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Self(tempfile::tempdir().expect("a folder"));
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(path, text).expect("it is written");
    }
}

fn open_folder(mut server: Server, folder: &Path, capabilities: &Value) -> Server {
    let uri = format!("file://{}", folder.display());
    let folders = json!([{"uri": uri, "name": "p"}]);
    let params = json!({"processId": null, "rootUri": uri, "workspaceFolders": folders,
        "capabilities": capabilities});
    let id = server.request("initialize", &params);
    server.expect_reply(&id);
    server.notify("initialized", &json!({}));
    server
}

fn start(project: &Project, settings: &str) -> Server {
    let watching = json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}});
    open_folder(Server::configured(settings), project.0.path(), &watching)
}

fn status(server: &mut Server) -> Value {
    let params = json!({"command": "tabtier.status", "arguments": []});
    let id = server.request("workspace/executeCommand", &params);
    server.expect_reply(&id)["result"]["index"].clone()
}

/// Asks until the answer is as wanted.
fn until<T>(what: &str, mut ask: impl FnMut() -> T, is_wanted: impl Fn(&T) -> bool) -> T
where
    T: std::fmt::Debug,
{
    let begin = Instant::now();
    loop {
        let answer = ask();
        if is_wanted(&answer) {
            return answer;
        }
        assert!(begin.elapsed() < PATIENCE, "{what}: {answer:?}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

fn until_read(server: &mut Server, files: u64) -> Value {
    let what = format!("{files} files");
    until(
        &what,
        || status(server),
        |index| {
            let has_settled = index["state"] == "ready" || index["state"] == "full";
            has_settled && index["files"] == files
        },
    )
}

fn open(server: &Server, uri: &str, text: &str) {
    let document = json!({"uri": uri, "languageId": "rust", "version": 1, "text": text});
    server.notify("textDocument/didOpen", &json!({"textDocument": document}));
}

/// What the menu offers at the end of the second line of a document.
fn offered(server: &mut Server, uri: &str, column: usize) -> Vec<String> {
    let params = json!({"textDocument": {"uri": uri},
        "position": {"line": 1, "character": column}});
    let id = server.request("textDocument/completion", &params);
    let reply = server.expect_reply(&id);
    let items = reply["result"]["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| Some(item["label"].as_str()?.to_owned())).collect()
}

/// Opens a document that is not on disk, in which `typed` has been typed.
fn typing(server: &Server, project: &Project, typed: &str) -> (String, usize) {
    let uri = project.uri("typing.rs");
    open(server, &uri, &format!("fn main() {{\n    {typed}\n}}\n"));
    (uri, 4 + typed.len())
}

fn offers_until(server: &mut Server, (uri, column): &(String, usize), name: &str, is_there: bool) {
    let is_wanted = |names: &Vec<String>| names.iter().any(|found| found == name) == is_there;
    until(name, || offered(server, uri, *column), is_wanted);
}

fn changed(server: &Server, project: &Project, names: &[&str]) {
    let change = |name: &&str| json!({"uri": project.uri(name), "type": 2});
    let changes: Vec<_> = names.iter().map(change).collect();
    server.notify("workspace/didChangeWatchedFiles", &json!({"changes": changes}));
}

#[test]
fn only_files_that_people_write_are_read() {
    let project = Project::new(&[
        ("src/a.rs", "fn zebra_crossing() {}\n"),
        ("src/deep/er/b.rs", "fn zebra_stripes() {}\n"),
        ("target/c.rs", "fn zebra_ignored() {}\n"),
        (".gitignore", "target/\n"),
        (".hidden/d.rs", "fn zebra_hidden() {}\n"),
        ("keys/e.rs", "fn zebra_excluded() {}\n"),
        ("notes.txt", "zebra_prose"),
        ("data.json", "{\"zebra_data\": 1}"),
        ("minified.js", &format!("{}\n", "zebra_minified();".repeat(1000))),
        ("large.rs", &"fn zebra_large() {}\n".repeat(2000)),
    ]);
    project.write("binary.rs", b"fn zebra_binary() {}\0\n");
    project.write("encoding.rs", b"fn zebra_encoding() {} // caf\xe9\n");
    let nested = "(".repeat(20_000).replace("((((((((", "((((((((\n");
    project.write("nested.rs", format!("fn zebra_nested() {{}}\n{nested}"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        symlink(project.path("keys/e.rs"), project.path("src/link.rs")).expect("a link");
        symlink(project.path("src"), project.path("src/deep/again")).expect("a link");
        project.write("unreadable.rs", "fn zebra_unreadable() {}\n");
        let closed = fs::Permissions::from_mode(0o000);
        fs::set_permissions(project.path("unreadable.rs"), closed).expect("it is closed");
    }
    let settings = format!("{FAST}max_file_kib = 32\n[privacy]\nexclude = [\"keys/\"]\n");
    let mut server = start(&project, &settings);
    until("the index is ready", || status(&mut server), |index| index["state"] == "ready");
    let at = typing(&server, &project, "zebra_");
    offers_until(&mut server, &at, "zebra_crossing", true);
    let mut names = offered(&mut server, &at.0, at.1);
    names.sort();
    // Root may read anything.
    names.retain(|name| name != "zebra_unreadable");
    assert_eq!(names, ["zebra_crossing", "zebra_nested", "zebra_stripes"]);
}

#[test]
fn files_that_come_change_and_go_are_followed() {
    let project = Project::new(&[("src/a.rs", "fn zebra_first() {}\n")]);
    let mut server = start(&project, FAST);
    until_read(&mut server, 1);
    let at = typing(&server, &project, "zebra_");
    offers_until(&mut server, &at, "zebra_first", true);
    project.write("src/new/b.rs", "fn zebra_second() {}\n");
    changed(&server, &project, &["src/new/b.rs"]);
    offers_until(&mut server, &at, "zebra_second", true);
    project.write("src/a.rs", "fn zebra_renamed_thing() {}\n");
    changed(&server, &project, &["src/a.rs"]);
    offers_until(&mut server, &at, "zebra_renamed_thing", true);
    assert!(!offered(&mut server, &at.0, at.1).contains(&"zebra_first".to_owned()));
    fs::remove_dir_all(project.path("src/new")).expect("it is gone");
    changed(&server, &project, &["src/new"]);
    offers_until(&mut server, &at, "zebra_second", false);
    project.write(".gitignore", "src/\n");
    changed(&server, &project, &[".gitignore"]);
    offers_until(&mut server, &at, "zebra_renamed_thing", false);
    until_read(&mut server, 0);
}

#[test]
fn an_open_document_is_what_the_editor_says() {
    let project =
        Project::new(&[("a.rs", "fn zebra_on_disk() {}\n"), ("b.rs", "fn zebra_beside() {}\n")]);
    let mut server = start(&project, FAST);
    until_read(&mut server, 2);
    let at = typing(&server, &project, "zebra_");
    offers_until(&mut server, &at, "zebra_on_disk", true);
    open(&server, &project.uri("a.rs"), "fn zebra_in_buffer() {}\n");
    offers_until(&mut server, &at, "zebra_in_buffer", true);
    offers_until(&mut server, &at, "zebra_on_disk", false);
    assert!(offered(&mut server, &at.0, at.1).contains(&"zebra_beside".to_owned()));
    let document = json!({"textDocument": {"uri": project.uri("a.rs")}});
    server.notify("textDocument/didClose", &document);
    offers_until(&mut server, &at, "zebra_on_disk", true);
    offers_until(&mut server, &at, "zebra_in_buffer", false);
}

#[test]
fn folders_come_and_go_and_so_do_their_names() {
    let (one, two) = (
        Project::new(&[("a.rs", "fn zebra_one() {}\n")]),
        Project::new(&[("a.rs", "fn zebra_two() {}\n")]),
    );
    let mut server = start(&one, FAST);
    until_read(&mut server, 1);
    let at = typing(&server, &one, "zebra_");
    let folder = |project: &Project| json!({"uri": project.uri(""), "name": "p"});
    let event = json!({"event": {"added": [folder(&two)], "removed": [folder(&one)]}});
    server.notify("workspace/didChangeWorkspaceFolders", &event);
    offers_until(&mut server, &at, "zebra_two", true);
    offers_until(&mut server, &at, "zebra_one", false);
}

#[test]
fn a_home_folder_is_not_read_and_that_is_said() {
    let server = Server::configured(FAST);
    let home = server.home().to_owned();
    fs::write(home.join("a.rs"), "fn zebra_home() {}\n").expect("a file");
    let mut server = open_folder(server, &home, &json!({}));
    let index = until("a note", || status(&mut server), |index| index["note"].is_string());
    assert_eq!((&index["state"], &index["files"]), (&json!("off"), &json!(0)), "{index}");
}

#[test]
fn bounds_hold_and_the_index_can_be_switched_off() {
    let files: Vec<_> =
        (0..30).map(|n| (format!("f{n:02}.rs"), format!("fn zebra_{n}() {{}}\n"))).collect();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let project = Project::new(&files);
    let mut server = start(&project, &format!("{FAST}max_files = 7\n"));
    let index = until_read(&mut server, 7);
    assert_eq!(index["files_beyond_limit"], true, "{index}");
    let mut server = start(&project, &format!("{FAST}enabled = false\n"));
    let at = typing(&server, &project, "zebra_");
    assert_eq!(offered(&mut server, &at.0, at.1), [] as [&str; 0]);
    assert_eq!(status(&mut server)["state"], "off");
}

#[test]
fn reading_many_files_is_shown() {
    let project = Project::new(&[]);
    for n in 0..300 {
        let text = format!("fn zebra_{n}() {{}}\n").repeat(200);
        project.write(&format!("d{}/f{n}.rs", n % 7), text);
    }
    let capabilities = json!({"window": {"workDoneProgress": true}});
    let mut server = open_folder(Server::configured(FAST), project.0.path(), &capabilities);
    until_read(&mut server, 300);
    let kinds = || {
        let sent = server.notifications("$/progress");
        sent.iter().map(|sent| sent["params"]["value"]["kind"].clone()).collect::<Vec<_>>()
    };
    let kinds = until("an end", kinds, |kinds| kinds.last().is_some_and(|kind| kind == "end"));
    assert_eq!(kinds[0], "begin");
    assert!(kinds[1..kinds.len() - 1].iter().all(|kind| kind == "report"), "{kinds:?}");
    let sent = server.notifications("$/progress");
    let tokens: Vec<_> = sent.iter().map(|sent| &sent["params"]["token"]).collect();
    assert!(tokens.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(server.faults(), [] as [&str; 0]);
}

/// The files below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_second_start_reads_what_the_first_has_kept() {
    let project = Project::new(&[("a.rs", "fn zebra_kept() {}\n")]);
    let folder = project.0.path();
    let first = Server::configured(&format!("{FAST}cache = true\n"));
    let beside = first.beside();
    let home = first.home().to_owned();
    let segments = || {
        let mut files = below(&home);
        files.retain(|path| path.extension().is_some_and(|ending| ending == "segment"));
        files
    };
    let mut first = open_folder(first, folder, &json!({}));
    until_read(&mut first, 1);
    let kept = segments();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let written = fs::metadata(&kept[0]).and_then(|m| m.modified()).expect("a time");
    // Same size and time, other text: who reads the file instead of what was kept is found out.
    let path = project.path("a.rs");
    let stamp = fs::metadata(&path).and_then(|m| m.modified()).expect("a time");
    project.write("a.rs", "fn zebra_else() {}\n");
    fs::File::options().write(true).open(&path).and_then(|f| f.set_modified(stamp)).expect("set");
    let mut second = open_folder(beside, folder, &json!({}));
    until_read(&mut second, 1);
    let at = typing(&second, &project, "zebra_");
    offers_until(&mut second, &at, "zebra_kept", true);
    assert_eq!(segments(), kept);
    assert_eq!(fs::metadata(&kept[0]).and_then(|m| m.modified()).expect("a time"), written);
    // What is damaged is made again.
    fs::write(&kept[0], "damaged").expect("it is written");
    let mut third = open_folder(second.beside(), folder, &json!({}));
    until_read(&mut third, 1);
    let at = typing(&third, &project, "zebra_");
    offers_until(&mut third, &at, "zebra_else", true);
}

#[test]
fn nothing_is_kept_on_disk_unless_asked_for() {
    let project = Project::new(&[("a.rs", "fn zebra_kept() {}\n")]);
    let mut server = start(&project, FAST);
    until_read(&mut server, 1);
    assert!(below(server.home()).iter().all(|path| !path.to_string_lossy().contains("index")));
}
