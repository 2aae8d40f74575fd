//! The folders of the workspace, and hearing of what changes in them.

use std::path::PathBuf;

use serde_json::json;
use tower_lsp::Client;
use tower_lsp::ls_types::{InitializeParams, Registration, WorkspaceFoldersChangeEvent};

use super::session::path_of;
use crate::engine::{Event, Keeper};

/// The folders that are open at the handshake. Clients from before there could be several name one
/// root.
#[expect(deprecated, reason = "such clients send nothing else")]
pub(super) fn of(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params.workspace_folders.iter().flatten().map(|folder| &folder.uri);
    let root = params.root_uri.as_ref().filter(|_| params.workspace_folders.is_none());
    folders.chain(root).filter_map(|uri| path(uri.as_str())).collect()
}

/// Takes in which folders were opened and closed.
pub(super) fn change(folders: &mut Vec<PathBuf>, event: &WorkspaceFoldersChangeEvent) {
    let gone: Vec<_> = event.removed.iter().filter_map(|gone| path(gone.uri.as_str())).collect();
    folders.retain(|known| !gone.contains(known));
    folders.extend(event.added.iter().filter_map(|new| path(new.uri.as_str())));
}

/// The path of a folder, as the paths of the files in it begin.
fn path(uri: &str) -> Option<PathBuf> {
    let path = uri.starts_with("file:").then(|| path_of(uri))?;
    let bare = path.trim_end_matches('/');
    Some(if bare.is_empty() { path.into() } else { bare.into() })
}

/// Asks the client to say what changes on disk. Which files matter is decided by the keeper:
/// patterns by ending would hide that a whole folder has gone.
pub(super) async fn watch(client: &Client, keeper: &Keeper) {
    let registration = Registration {
        id: "tabtier/watch".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(json!({ "watchers": [{ "globPattern": "**/*" }] })),
    };
    if client.register_capability(vec![registration]).await.is_ok() {
        keeper.tell(Event::Watched(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_have_no_slash_at_their_end_and_only_files_have_folders() {
        let check = |uri, expected: Option<&str>| {
            assert_eq!(path(uri), expected.map(PathBuf::from), "{uri}");
        };
        check("file:///p/a%20b/", Some("/p/a b"));
        check("file:///p", Some("/p"));
        check("file:///", Some("/"));
        check("untitled:x", None);
    }
}
