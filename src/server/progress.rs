//! Shows how far the reading of the workspace is, in editors that can.
//!
//! Only work that takes a while is shown: what a saved file causes is over before anyone could look.

use tokio::sync::mpsc::UnboundedReceiver;
use tower_lsp::Client;
use tower_lsp::ls_types::notification::Progress;
use tower_lsp::ls_types::request::WorkDoneProgressCreate;
use tower_lsp::ls_types::{
    NumberOrString, ProgressParams, ProgressParamsValue, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressEnd, WorkDoneProgressReport,
};

use crate::engine::{Phase, Standing};

/// Files that must be missing before their reading is shown.
const SHOWN_FROM: usize = 100;

/// Shows what is heard until nothing more can be.
pub(super) async fn show(client: Client, mut heard: UnboundedReceiver<Standing>) {
    let mut shown: Option<NumberOrString> = None;
    let mut number = 0_u32;
    while let Some(mut standing) = heard.recv().await {
        // Only the newest counts; a slow editor is not sent what is outdated.
        while let Ok(newer) = heard.try_recv() {
            standing = newer;
        }
        let missing = standing.files_wanted.saturating_sub(standing.files_read);
        let is_reading = standing.phase == Phase::Reading;
        let report = match &shown {
            None if !is_reading || missing < SHOWN_FROM => continue,
            None => {
                number += 1;
                let token = NumberOrString::String(format!("tabtier/index/{number}"));
                let create = WorkDoneProgressCreateParams { token: token.clone() };
                if client.send_request::<WorkDoneProgressCreate>(create).await.is_err() {
                    continue;
                }
                shown = Some(token);
                begin(standing)
            }
            Some(_) if is_reading => percent(standing),
            Some(_) => WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(end(standing)) }),
        };
        let is_end = matches!(report, WorkDoneProgress::End(_));
        if let Some(token) = shown.clone() {
            let value = ProgressParamsValue::WorkDone(report);
            client.send_notification::<Progress>(ProgressParams { token, value }).await;
        }
        if is_end {
            shown = None;
        }
    }
}

fn begin(standing: Standing) -> WorkDoneProgress {
    WorkDoneProgress::Begin(WorkDoneProgressBegin {
        title: "Tabtier: reading the workspace".to_owned(),
        cancellable: Some(false),
        message: None,
        percentage: Some(percentage(standing)),
    })
}

fn percent(standing: Standing) -> WorkDoneProgress {
    WorkDoneProgress::Report(WorkDoneProgressReport {
        cancellable: Some(false),
        message: Some(format!("{} of {} files", standing.files_read, standing.files_wanted)),
        percentage: Some(percentage(standing)),
    })
}

fn percentage(standing: Standing) -> u32 {
    let percent = standing.files_read * 100 / standing.files_wanted.max(1);
    u32::try_from(percent.min(100)).unwrap_or(100)
}

fn end(standing: Standing) -> String {
    let Standing { phase, files_read, files_wanted, is_cut, .. } = standing;
    match phase {
        Phase::Full => format!("{files_read} of {files_wanted} files; the memory allows no more"),
        _ if is_cut => format!("{files_read} files; the settings allow no more"),
        _ => format!("{files_read} files"),
    }
}
