//! What the commands print, word for word.

use std::fs;

use super::*;

const EXAMPLE: &str = "\
[models.qwen]
protocol = 'llama_cpp_infill'
url = 'http://127.0.0.1:8080'

[models.best]
url = 'https://api.openai.com/v1'
key = 's3cret'

[tiers]
fast.models = ['qwen']
flagship.models = ['best']
";

#[test]
fn check_prints_problems_and_tiers() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    fs::write(&path, EXAMPLE).expect("a file");
    let (report, code) = check(Some(&path));
    let expected = format!(
        "\
file: {0}

warning: {0}:7:1: models.best.key = (hidden): a key written here is copied wherever this text goes; \
put it in an environment variable and name that in key_env

tiers
  local       on this machine, no model needed
  fast        qwen (self-hosted, http://127.0.0.1:8080)
  mid         no model
  flagship    best (cloud, https://api.openai.com/v1)
classes
  closer      local, fast within 150 ms
  identifier  local, fast within 150 ms
  line        fast, local within 200 ms
  prose       fast within 200 ms
  boilerplate fast within 300 ms
  logic       flagship within 2000 ms
  refactor    flagship within 3000 ms
",
        path.display()
    );
    assert_eq!((report.as_str(), code), (expected.as_str(), 0));
    fs::write(&path, "enabled = 1\n").expect("a file");
    assert_eq!(check(Some(&path)).1, 1);
    fs::write(&path, "languages.go.override = 'local'\n").expect("a file");
    assert!(
        check(Some(&path))
            .0
            .ends_with("\nfor some files it differs: see `tabtier explain --policy FILE`\n")
    );
    fs::write(&path, "").expect("a file");
    let (report, code) = check(Some(&path));
    assert!(report.contains("\nno problems\n") && code == 0, "{report}");
}

#[test]
fn show_names_the_origin_and_hides_keys() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    fs::write(&path, EXAMPLE).expect("a file");
    let shown = show(Some(&path));
    let place = path.display();
    assert!(shown.contains("\nenabled = true  # default\n"), "{shown}");
    assert!(shown.contains(&format!("\nmodels.best.key = (hidden)  # {place}:7:1\n")), "{shown}");
    assert!(shown.contains(&format!("\ntiers.fast.models = [\"qwen\"]  # {place}:10:6\n")));
    assert!(!shown.contains("s3cret"));
    assert_eq!(super::path(Some(&path)), format!("{place}\n"));
}
