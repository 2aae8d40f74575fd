//! What the client can do, resolved once at the handshake, and what we offer it.

use std::time::Duration;

use serde_json::Value;
use tower_lsp::ls_types::notification::Notification as _;
use tower_lsp::ls_types::{
    CompletionOptions, ExecuteCommandOptions, InitializeParams, InlineCompletionOptions, OneOf,
    PositionEncodingKind, SaveOptions, ServerCapabilities, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

use super::commands::Command;
use super::ext::{Late, Status};
use crate::config::CompletionMenu;
use crate::domain::text::PositionEncoding;

/// The member of the initialization options that lists which of our own notifications the client
/// understands. It is no setting.
const NOTIFICATIONS: &str = "notifications";

/// What we need to know about the client.
#[expect(clippy::struct_excessive_bools, reason = "a client has any of these without the others")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Client {
    /// What columns count.
    pub(super) encoding: PositionEncoding,
    /// Whether it asks for inline completion.
    pub(super) has_inline_completion: bool,
    /// Whether completion items may be snippets.
    pub(super) has_snippets: bool,
    /// Whether it answers `workspace/configuration`.
    pub(super) has_configuration: bool,
    /// Whether it says what changes on disk, when asked to.
    pub(super) has_watching: bool,
    /// Whether it shows the progress of work nobody asked for.
    pub(super) has_progress: bool,
    /// Whether it wants to be told what `tabtier/status` says.
    pub(super) wants_status: bool,
    /// Whether it wants to be told of answers that came late.
    pub(super) wants_late: bool,
    /// How long it keeps an automatic request open before it goes on without us.
    pub(super) open_max: Option<Duration>,
}

/// Clients that stop waiting, by a part of the name they give themselves. VS Code 1.139 cancels an
/// inline request 750 ms after the last key and opens its menu instead.
const IMPATIENT: &[(&str, Duration)] = &[
    ("visual studio code", Duration::from_millis(650)),
    ("code-server", Duration::from_millis(650)),
    ("vscodium", Duration::from_millis(650)),
    ("cursor", Duration::from_millis(650)),
];

/// Reads what a client declares.
pub(super) fn client(params: &InitializeParams) -> Client {
    let capabilities = &params.capabilities;
    let encodings = capabilities.general.as_ref().and_then(|g| g.position_encodings.as_ref());
    let offers =
        |kind: &PositionEncodingKind| encodings.is_some_and(|offered| offered.contains(kind));
    let encoding = if offers(&PositionEncodingKind::UTF8) {
        PositionEncoding::Utf8
    } else if encodings.is_none() || offers(&PositionEncodingKind::UTF16) {
        PositionEncoding::Utf16
    } else if offers(&PositionEncodingKind::UTF32) {
        PositionEncoding::Utf32
    } else {
        PositionEncoding::Utf16
    };
    let text_document = capabilities.text_document.as_ref();
    let item = text_document
        .and_then(|t| t.completion.as_ref())
        .and_then(|completion| completion.completion_item.as_ref());
    let wanted = params.initialization_options.as_ref().map(|options| &options[NOTIFICATIONS]);
    let wants = |method: &str| {
        let mut methods = wanted.and_then(Value::as_array).into_iter().flatten();
        methods.any(|wanted| wanted == method)
    };
    let name = params.client_info.as_ref().map(|info| info.name.to_lowercase()).unwrap_or_default();
    Client {
        encoding,
        has_inline_completion: text_document.is_some_and(|t| t.inline_completion.is_some()),
        has_snippets: item.and_then(|item| item.snippet_support).unwrap_or(false),
        has_configuration: capabilities
            .workspace
            .as_ref()
            .and_then(|workspace| workspace.configuration)
            .unwrap_or(false),
        has_watching: capabilities
            .workspace
            .as_ref()
            .and_then(|workspace| workspace.did_change_watched_files.as_ref())
            .and_then(|watching| watching.dynamic_registration)
            .unwrap_or(false),
        has_progress: capabilities
            .window
            .as_ref()
            .and_then(|window| window.work_done_progress)
            .unwrap_or(false),
        wants_status: wants(Status::METHOD),
        wants_late: wants(Late::METHOD),
        open_max: IMPATIENT.iter().find(|(part, _)| name.contains(part)).map(|(_, max)| *max),
    }
}

/// The settings among the initialization options.
pub(super) fn settings(options: Option<Value>) -> Value {
    let mut options = options.unwrap_or(Value::Null);
    if let Some(members) = options.as_object_mut() {
        members.remove(NOTIFICATIONS);
    }
    options
}

/// What we offer this client. The menu is offered only where ghost text is not, or on demand:
/// both at once would race each other in VS Code.
pub(super) fn server(client: &Client, menu: CompletionMenu) -> ServerCapabilities {
    let has_menu = match menu {
        CompletionMenu::Auto => !client.has_inline_completion,
        CompletionMenu::Always => true,
        CompletionMenu::Never => false,
    };
    ServerCapabilities {
        position_encoding: Some(match client.encoding {
            PositionEncoding::Utf8 => PositionEncodingKind::UTF8,
            PositionEncoding::Utf16 => PositionEncodingKind::UTF16,
            PositionEncoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions::default())),
            ..TextDocumentSyncOptions::default()
        })),
        completion_provider: has_menu.then(|| CompletionOptions {
            trigger_characters: Some(
                [".", ":", ">", "(", "[", "{", ",", " ", "=", "\"", "'", "/"]
                    .map(str::to_owned)
                    .to_vec(),
            ),
            ..CompletionOptions::default()
        }),
        inline_completion_provider: Some(OneOf::Right(InlineCompletionOptions::default())),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: Command::ALL.map(|command| command.name().to_owned()).to_vec(),
            ..ExecuteCommandOptions::default()
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            ..WorkspaceServerCapabilities::default()
        }),
        ..ServerCapabilities::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(capabilities: &str, encoding: PositionEncoding, has_menu: bool) {
        let json = format!("{{\"capabilities\":{capabilities}}}");
        let params = serde_json::from_str(&json).expect("parameters");
        let client = client(&params);
        assert_eq!(client.encoding, encoding, "{json}");
        let offered = server(&client, CompletionMenu::Auto);
        assert_eq!(offered.completion_provider.is_some(), has_menu, "{json}");
    }

    #[test]
    fn utf8_is_taken_where_offered_and_utf16_where_nothing_is_said() {
        check("{}", PositionEncoding::Utf16, true);
        let general = |list: &str| format!(r#"{{"general":{{"positionEncodings":{list}}}}}"#);
        check(&general(r#"["utf-16","utf-8"]"#), PositionEncoding::Utf8, true);
        check(&general(r#"["utf-16"]"#), PositionEncoding::Utf16, true);
        check(&general(r#"["utf-32"]"#), PositionEncoding::Utf32, true);
        check(&general(r#"["utf-7"]"#), PositionEncoding::Utf16, true);
    }

    #[test]
    fn the_menu_is_for_clients_without_ghost_text() {
        let inline = r#"{"textDocument":{"inlineCompletion":{"dynamicRegistration":false}}}"#;
        check(inline, PositionEncoding::Utf16, false);
    }

    #[test]
    fn our_own_notifications_are_for_clients_that_ask_for_them() {
        let wants = |options: Value| {
            let params = json!({"capabilities": {}, "initializationOptions": options});
            let client = client(&serde_json::from_value(params).expect("parameters"));
            (client.wants_status, client.wants_late)
        };
        assert_eq!(wants(Value::Null), (false, false));
        assert_eq!(wants(json!({"notifications": true})), (false, false));
        assert_eq!(wants(json!({"notifications": ["tabtier/late", "x/y", 1]})), (false, true));
        let both = json!({"notifications": ["tabtier/status", "tabtier/late"], "enabled": true});
        assert_eq!(settings(Some(both.clone())), json!({"enabled": true}));
        assert_eq!(wants(both), (true, true));
    }
}
