//! `tabtier serve`: the language server on standard input and output.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::config::languages::Languages;
use crate::config::{Protocol, Settings};
use crate::domain::context::redact;
use crate::domain::prompt::PromptForm;
use crate::domain::route::Place;
use crate::engine::checkup::{server_name, suffix};
use crate::engine::{Engine, Equipment, Feedback};
use crate::provider::registry::Registry;
use crate::report::checkup::suffix_word;
use crate::server::{self, Backend, Configurator, Equip};
use crate::store::servers::ServersFile;
use crate::store::stats::StatsFile;

/// Bound: how long the end of the program waits for the disk.
const CLOSE_MAX: Duration = Duration::from_millis(500);

pub(super) fn run(file: Option<&Path>) -> anyhow::Result<i32> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(super::STACK_BYTES)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let ending = runtime.block_on(serve(file))?;
    runtime.shutdown_background();
    Ok(ending.exit_code())
}

async fn serve(file: Option<&Path>) -> anyhow::Result<server::Ending> {
    // Reading the table of languages and resolving the settings take a millisecond each.
    let languages = std::thread::spawn(Languages::load);
    let equip: Equip = Arc::new(equip_and_connect);
    let configurator = Configurator::new(super::loader(file), equip);
    // Problems are said once the client listens; the settings are good without the bad keys.
    let feedback = StatsFile::usual().map(Feedback::kept_in).unwrap_or_default();
    let configured = configurator.load();
    let books = super::books(&configured.equipment.settings);
    let engine = Engine::with(configured.equipment, feedback, books);
    let languages = Arc::new(languages.join().unwrap_or_else(|_| Languages::load()));
    let (service, socket) = Backend::service(Arc::clone(&engine), languages, configurator)
        .context("cannot start the analysis thread")?;
    std::thread::spawn(redact::warm);
    let ending = server::serve(service, socket, std::io::stdin(), std::io::stdout()).await;
    engine.stop().await;
    engine.feedback().close(CLOSE_MAX);
    engine.books().close(CLOSE_MAX);
    ending.context("cannot start the threads that read and write")
}

/// Connections to configured models are opened ahead, so that the first key pressed does not wait
/// for TCP and TLS. Nothing is sent before a request but a `GET` without any text.
fn equip_and_connect(settings: Arc<Settings>) -> Equipment {
    let equipment = super::equip(settings);
    if !equipment.settings.models.is_empty() {
        let providers = Arc::clone(&equipment.providers);
        let settings = Arc::clone(&equipment.settings);
        tokio::spawn(async move {
            providers.connect().await;
            learn(&settings, &providers).await;
        });
    }
    equipment
}

/// Finds out, once for each server, whether the text after the cursor reaches the model: some
/// servers take the field and leave it out. Only models that cost nothing are asked unbidden;
/// `tabtier doctor` asks the others.
async fn learn(settings: &Settings, providers: &Registry) {
    let Some(file) = ServersFile::usual() else { return };
    let known = file.read();
    for (name, model) in &settings.models {
        let is_free = model.spec.place == Place::SelfHosted && model.spec.price.is_none();
        let is_doubtful = model.endpoint.protocol == Protocol::OpenAiCompletions
            && model.spec.form == PromptForm::Infill;
        let server = server_name(&model.endpoint);
        let Some(provider) = providers.get(name).filter(|_| is_free && is_doubtful) else {
            continue;
        };
        let word = if let Some(known) = known.get(&server) {
            known.suffix.clone()
        } else {
            let suffix = suffix(&*provider, &model.spec.form).await;
            super::doctor::remember(model, &suffix);
            suffix_word(&suffix).to_owned()
        };
        if matches!(word.as_str(), "ignored" | "refused") {
            tracing::warn!(model = name, suffix = word, "see `tabtier doctor`");
        }
    }
}
