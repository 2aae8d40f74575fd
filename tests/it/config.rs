//! Settings as a user meets them: the exact words for each mistake, what survives a broken file, and
//! what a workspace can do.

mod generated;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tabtier::config::loader::Loader;
use tabtier::config::place::{NamedBy, UserFile, WORKSPACE_FILE};
use tabtier::domain::class::RequestClass;
use tempfile::TempDir;

/// A user's folder and one workspace.
struct Home {
    folder: TempDir,
    loader: Loader,
}

impl Home {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("clone")).expect("a workspace");
        fs::write(folder.path().join("config.toml"), text).expect("a user file");
        let path = folder.path().join("config.toml");
        let loader = Loader::new(Some(UserFile { path, named_by: NamedBy::System }));
        Self { folder, loader }
    }

    fn user(&mut self, text: &str) {
        fs::write(self.folder.path().join("config.toml"), text).expect("a user file");
        self.loader.reread();
    }

    fn workspace(&mut self, text: &str) {
        let root: PathBuf = self.folder.path().join("clone");
        fs::write(root.join(WORKSPACE_FILE), text).expect("a workspace file");
        self.loader.set_workspaces(&[root]);
    }

    fn problems(&self) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        let problems = self.loader.load().problems;
        problems.iter().map(|problem| problem.to_string().replace(&folder, "")).collect()
    }

    fn deadline_ms(&self) -> u128 {
        let settings = self.loader.load().settings;
        settings.policy.row(RequestClass::Line).deadline.as_millis()
    }
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(Home::new(text).problems(), expected, "{text}");
}

#[test]
fn misspelt_keys() {
    check(
        "polcy.override = 'local'",
        &["config.toml:1:7: polcy.override = \"local\": no such setting; did you mean \
           policy.override?"],
    );
    check(
        "[policy.line]\ndeadline = 300\n",
        &["config.toml:2:1: policy.line.deadline = 300: no such setting; did you mean \
           policy.line.deadline_ms?"],
    );
    check(
        "[policy.lines]\ndeadline_ms = 300\n",
        &["config.toml:2:1: policy.lines.deadline_ms = 300: no such setting; did you mean \
           policy.line.deadline_ms?"],
    );
    check(
        "[policy]\ncolour = 'red'\n",
        &["config.toml:2:1: policy.colour = \"red\": no such setting; valid in policy are \
           override, cloud_failover, hedge_share, gate, <class>"],
    );
    check(
        "cache = 5\n",
        &["config.toml:1:1: cache = 5: this is a table, not a setting; valid in cache are \
           entries_max, bytes_max"],
    );
    check(
        "api_key = 'sk-123'\n",
        &["config.toml:1:1: api_key = (hidden): no such setting; valid at the top are enabled, \
           policy, tiers, models, network, context, caps, ledger, cache, local, index, feedback, privacy, editor, languages, paths"],
    );
}

#[test]
fn values_of_the_wrong_kind() {
    check(
        "enabled = 'yes'\n",
        &["config.toml:1:1: enabled = \"yes\": this is text; valid is true or false"],
    );
    check(
        "[policy.line]\n  deadline_ms = 5\n",
        &[
            "config.toml:2:3: policy.line.deadline_ms = 5: too small; valid is an integer from 10 to \
           60000 ms",
        ],
    );
    check(
        "policy.override = 'best'\n",
        &["config.toml:1:8: policy.override = \"best\": no such choice; valid is one of auto, \
           local, fast, mid, flagship"],
    );
    check(
        "policy.line.tiers = ['fast', 'slow']\n",
        &["config.toml:1:13: policy.line.tiers = [\"fast\", \"slow\"]: item 2: no such choice; \
           valid is a list of local, fast, mid, flagship"],
    );
    check(
        "policy.line.local_confidence_min = nan\n",
        &["config.toml:1:13: policy.line.local_confidence_min = NaN: not a number; valid is a \
           number from 0 to 1"],
    );
    check(
        "cache.bytes_max = 2026-01-01\n",
        &[
            "config.toml:1:7: cache.bytes_max = 2026-01-01: this is a value no setting takes; valid \
           is an integer from 0 to 1073741824 bytes",
        ],
    );
}

#[test]
fn broken_text() {
    check(
        "enabled = fals\ncache.bytes_max = -1\n",
        &[
            "config.toml:1:11: not TOML: invalid boolean, expected `false`",
            "config.toml:2:7: cache.bytes_max = -1: too small; valid is an integer from 0 to \
             1073741824 bytes",
        ],
    );
    check(
        "[cache]\nbytes_max = 1\n[local\nnames = false\n[editor]\ncompletion_menu = 'no'\n",
        &[
            "config.toml:3:7: not TOML: unclosed table, expected `]`",
            "config.toml:6:1: editor.completion_menu = \"no\": no such choice; valid is one of \
             auto, always, never",
        ],
    );
}

#[test]
fn models_that_cannot_work() {
    let example = "such as \"http://127.0.0.1:8080\"; the model is left out";
    check(
        "[models.a]\nmodel = 'x'\n[tiers]\nfast.models = ['a']\n",
        &[&format!("models.a.url: missing; give the server's address, {example}")],
    );
    check(
        "models.a.url = 'ftp://h'\n",
        &[&format!(
            "config.toml:1:10: models.a.url = \"ftp://h\": neither http nor https; valid is an \
             address {example}"
        )],
    );
    check(
        "models.a.url = 'https://me:s3cret@h'\n",
        &[&format!(
            "config.toml:1:10: models.a.url = (hidden): a name or password does not belong in an \
             address: use key_env; valid is an address {example}"
        )],
    );
    check(
        "models.a.url = '127.0.0.1:8080'\n",
        &[&format!(
            "config.toml:1:10: models.a.url = \"127.0.0.1:8080\": not an address: relative URL \
             without a base; valid is an address {example}"
        )],
    );
    let templates = "the templates are codegemma, codellama, codestral, deepseek, glm, granite, \
                     granite-4, mellum, qwen, seed-coder, stable-code, starcoder, starcoder2; the model is left out";
    let completions = "[models.a]\nurl = 'http://h'\nprotocol = 'openai_completions'\n";
    check(completions, &[&format!("models.a.fim_template: missing for the form fim; {templates}")]);
    check(
        &format!("{completions}fim_template = 'quen'\n"),
        &[&format!(
            "config.toml:4:1: models.a.fim_template = \"quen\": no such template; {templates}"
        )],
    );
    check(
        "[models.a]\nurl = 'http://h'\nform = 'infill'\n",
        &[
            "config.toml:3:1: models.a.form = \"infill\": the protocol openai_chat has no such form; \
           valid is chat; the model is left out",
        ],
    );
}

#[test]
fn things_that_do_not_fit_together() {
    let qwen = "[models.qwen]\nurl = 'http://localhost'\n";
    check(
        &format!("{qwen}[tiers]\nfast.models = ['qwen', 'qwem']\nmid.models = ['other']\n"),
        &[
            "config.toml:4:6: tiers.fast.models = [\"qwen\", \"qwem\"]: there is no model \
             \"qwem\"; did you mean qwen?",
            "config.toml:5:5: tiers.mid.models = [\"other\"]: there is no model \"other\"; the \
             models are qwen",
        ],
    );
    check(
        "tiers.fast.models = ['qwen']\n",
        &["config.toml:1:12: tiers.fast.models = [\"qwen\"]: there is no model \"qwen\"; add a \
           table [models.qwen]"],
    );
    check(
        qwen,
        &["config.toml:2:1: models.qwen.url = \"http://localhost\": this model is in no tier, so \
           it is never asked; name it in tiers.fast.models, tiers.mid.models or \
           tiers.flagship.models"],
    );
    check(
        "policy.override = 'flagship'\n",
        &["config.toml:1:8: policy.override = \"flagship\": this tier has no model, so none is \
           asked; name one in tiers.flagship.models"],
    );
    check(
        "policy.line.floor = 'mid'\n",
        &[
            "config.toml:1:13: policy.line.floor = \"mid\": no tier of this class reaches the floor, \
           so no model is asked; its tiers are fast, local",
        ],
    );
    check(
        "[models.a]\nurl = 'http://h.test'\nkey_env = 'K'\nprice_input = 1\n[tiers]\n\
         mid.models = ['a']\n",
        &[
            "config.toml:2:1: models.a.url = \"http://h.test\": the key and your code travel \
             unencrypted; use https if the server has it",
            "models.a.price_output: missing; the price counts as unknown until both are given",
        ],
    );
}

#[test]
fn a_floor_above_its_ceiling() {
    check(
        "[policy.line]\nceiling = 'fast'\n\n[languages.go.line]\nfloor = 'mid'\n\
         tiers = ['flagship']\n",
        &["config.toml:5:1: languages.go.line.floor = \"mid\": above policy.line.ceiling = \
           \"fast\" (config.toml:2:1), so no model is asked; valid is a floor of at most fast"],
    );
    let mut home = Home::new("policy.logic.floor = 'flagship'\n");
    home.workspace("policy.logic.ceiling = 'mid'\n");
    let file = Path::new("clone").join(WORKSPACE_FILE);
    assert_eq!(
        home.problems(),
        [format!(
            "config.toml:1:14: policy.logic.floor = \"flagship\": above policy.logic.ceiling = \
             \"mid\" ({}:1:14), so no model is asked; valid is a floor of at most mid",
            file.display()
        )]
    );
}

#[test]
fn settings_for_some_files_that_cannot_be_used() {
    check(
        "[languages.pyhton.line]\ntiers = ['fast']\n",
        &["config.toml:2:1: languages.pyhton.line.tiers = [\"fast\"]: no such language as \
           \"pyhton\"; did you mean languages.python?"],
    );
    check(
        "languages.go.line.deadline = 100\n",
        &["config.toml:1:19: languages.go.line.deadline = 100: no such setting; did you mean \
           languages.go.line.deadline_ms?"],
    );
    check(
        "languages.go.line.deadline_ms = 5\n",
        &[
            "config.toml:1:19: languages.go.line.deadline_ms = 5: too small; valid is an integer from \
           10 to 60000 ms",
        ],
    );
    check(
        "languages.go = 'local'\n",
        &["config.toml:1:11: languages.go = \"local\": this is a table, not a setting; valid in \
           languages.go are override, <class>"],
    );
    check(
        "[paths.'a[']\noverride = 'local'\n",
        &["config.toml:2:1: paths.\"a[\".override = \"local\": the pattern \"a[\" is not \
           valid: unclosed character class; missing ']'; valid is one such as \"tests/**\" or \
           \"*.sql\""],
    );
    check(
        "[paths.'*.rs']\noverride = 'fast'\n",
        &["config.toml:2:1: paths.\"*.rs\".override = \"fast\": this tier has no model, so \
           none is asked; name one in tiers.fast.models"],
    );
    let many = (0..102).map(|n| format!("paths.'{n:03}'.override = 'local'\n"));
    let problems = Home::new(&many.collect::<String>()).problems();
    assert_eq!(problems.len(), 2);
    assert!(problems[0].ends_with("more than 100 patterns in [paths]; this pattern is not used"));
}

#[test]
fn a_file_that_breaks_keeps_what_was_good() {
    let mut home = Home::new("policy.line.deadline_ms = 300\n");
    assert_eq!(home.deadline_ms(), 300);
    home.user("policy.line.deadline_ms = 'soon'\n");
    assert_eq!((home.deadline_ms(), home.problems().len()), (300, 1));
    home.user("policy.line.deadline_ms = \n");
    assert_eq!((home.deadline_ms(), home.problems().len()), (300, 1));
    home.user("policy.line.deadline_ms = 400\n");
    assert_eq!((home.deadline_ms(), home.problems().len()), (400, 0));
    home.user("");
    assert_eq!((home.deadline_ms(), home.problems().len()), (200, 0));
}

#[test]
fn a_file_that_becomes_unreadable_keeps_what_was_good() {
    let mut home = Home::new("policy.line.deadline_ms = 300\n");
    let path = home.folder.path().join("config.toml");
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("a folder in its place");
    home.loader.reread();
    assert_eq!(home.deadline_ms(), 300);
    assert_eq!(home.problems(), ["config.toml: not read: this is a folder"]);
    fs::remove_dir(&path).expect("removed");
    home.loader.reread();
    assert_eq!((home.deadline_ms(), home.problems().len()), (200, 0));
}

#[test]
fn each_layer_is_laid_over_the_one_before() {
    let mut home = Home::new("policy.line.deadline_ms = 300\n");
    home.loader.set_initialization(&json!({"policy": {"line": {"deadline_ms": 310}}}));
    assert_eq!(home.deadline_ms(), 310);
    home.loader.set_editor(&json!({"tabtier.policy.line.deadline_ms": 200.0}));
    assert_eq!(home.deadline_ms(), 200);
    home.loader.set_editor(&json!({"policy": {"line": {"deadline_ms": false}}}));
    assert_eq!(home.deadline_ms(), 200);
    assert_eq!(
        home.problems(),
        [
            "editor settings: policy.line.deadline_ms = false: this is a boolean; valid is an integer \
          from 10 to 60000 ms"
        ]
    );
    home.loader.set_editor(&json!({"policy": {"line": {"deadline_ms": null}}}));
    assert_eq!(home.deadline_ms(), 310);
    home.loader.set_initialization(&json!(null));
    assert_eq!((home.deadline_ms(), home.problems().len()), (300, 0));
}

/// Editors forward a workspace's own settings file, such as `.vscode/settings.json`, as theirs.
#[test]
fn editor_settings_cannot_widen_or_redirect() {
    let mut home = Home::new(
        "policy.line.deadline_ms = 300\nmodels.m.url = \"http://127.0.0.1:1\"\n\
         models.m.protocol = \"llama_cpp_infill\"\ntiers.fast.models = [\"m\"]\n",
    );
    home.loader.set_editor(&json!({
        "policy": {"line": {"deadline_ms": 9000}},
        "models": {"m": {"url": "https://elsewhere.example", "key_env": "HOME"}},
    }));
    let settings = home.loader.load().settings;
    assert_eq!(home.deadline_ms(), 300);
    let endpoint = &settings.models["m"].endpoint;
    assert_eq!((endpoint.url.as_str(), &endpoint.key_env), ("http://127.0.0.1:1", &None));
    assert_eq!(home.problems().len(), 3, "{:?}", home.problems());
}

#[test]
fn a_workspace_narrows_and_its_last_good_value_stays() {
    let mut home = Home::new("policy.line.deadline_ms = 300\n");
    home.workspace("policy.line.deadline_ms = 250\n");
    assert_eq!(home.deadline_ms(), 250);
    home.workspace("policy.line.deadline_ms = 350\nmodels.x.url = 'http://evil.test'\n");
    assert_eq!(home.deadline_ms(), 300);
    let file = Path::new("clone").join(WORKSPACE_FILE);
    let file = file.display();
    assert_eq!(
        home.problems(),
        [
            format!(
                "{file}:2:10: models.x.url = \"http://evil.test\": a workspace may not set this; \
                 set it in your own file or in the initialization options"
            ),
            format!(
                "{file}:1:13: policy.line.deadline_ms = 350: a workspace may not raise this; valid \
                 here is at most 300"
            ),
        ]
    );
    assert!(home.loader.load().settings.models.is_empty());
    home.loader.set_workspaces(&[]);
    assert_eq!((home.deadline_ms(), home.problems().len()), (300, 0));
}
