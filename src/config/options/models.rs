//! Rows of the settings table: what is said about one model.

use super::{Preset, Row, Scope};
use crate::config::kind::Kind;
use crate::config::{Protocol, dialects};

const PRICE: Kind = Kind::Number { min: 0.0, max: 10_000.0, unit: "USD per million tokens" };

pub(super) const ROWS: &[Row] = &[
    Row {
        key: "models.<name>.protocol",
        kind: Kind::Choice(Protocol::NAMES),
        default: Preset::Text("openai_chat"),
        scope: Scope::Never,
        doc: "What the server speaks: `openai_chat` posts to `URL/chat/completions`, \
              `openai_completions` to `URL/completions`, `anthropic_messages` to \
              `URL/v1/messages`, `gemini` to `URL/v1beta/models/MODEL:streamGenerateContent`, \
              `mistral_fim` to `URL/v1/fim/completions`, `llama_cpp_infill` to `URL/infill`, \
              `ollama_generate` to `URL/api/generate`. A version that the address ends in, such as \
              `/v1`, takes the place of the one here. `docs/providers.md` has an example for each \
              vendor.",
    },
    Row {
        key: "models.<name>.dialect",
        kind: Kind::Choice(dialects::NAMES),
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "Which server it is, of those that speak OpenAI's protocols and differ in details: \
              which fields they take, what they make of a suffix, how a model is kept from thinking. \
              When not set it follows from the host where that is known, and is `plain` otherwise.",
    },
    Row {
        key: "models.<name>.url",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "The server's base address, such as `http://127.0.0.1:8080` or \
              `https://api.openai.com/v1`. It must be given for every model.",
    },
    Row {
        key: "models.<name>.model",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "What the model is called on its server. A server with a single model needs none.",
    },
    Row {
        key: "models.<name>.form",
        kind: Kind::Choice(&["infill", "fim", "chat"]),
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "How the model is asked: `infill` sends the text before and after the cursor as two \
              fields, `fim` one string with the model's own fill-in-the-middle tokens, `chat` \
              instructions. When not set it follows from the protocol: `chat` for `openai_chat`, \
              `anthropic_messages` and `gemini`; `infill` for `mistral_fim`, `llama_cpp_infill` and \
              `ollama_generate`; for `openai_completions` it is `infill` where the dialect is known \
              to honor a suffix, else `fim`.",
    },
    Row {
        key: "models.<name>.thinking",
        kind: Kind::Choice(&["auto", "off", "server"]),
        default: Preset::Text("auto"),
        scope: Scope::Never,
        doc: "Whether the model is told not to think before it answers, or as little as it can: \
              thinking takes seconds and uses up the tokens of the answer. `auto` says so where the \
              model would think unasked and the server is known to understand, `off` wherever it is \
              known how, `server` never. What a model thinks is never inserted.",
    },
    Row {
        key: "models.<name>.api_version",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "The version of the protocol to ask for, with `anthropic_messages` alone: \
              `2023-06-01`, which is used when not set, or `2026-10-21`.",
    },
    Row {
        key: "models.<name>.fim_template",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "Whose fill-in-the-middle tokens the model was trained with; needed for the form \
              `fim`. The names are at the end of `docs/configuration.md`.",
    },
    Row {
        key: "models.<name>.key_env",
        kind: Kind::Variable,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "The environment variable that holds the key for this server.",
    },
    Row {
        key: "models.<name>.key",
        kind: Kind::Secret,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "The key itself. It works, but a key in a file is easily copied along with the file, \
              so `key_env` is preferred where both are given and a warning is shown.",
    },
    Row {
        key: "models.<name>.context_tokens",
        kind: Kind::Integer { min: 256, max: 10_000_000, unit: "tokens" },
        default: Preset::Integer(8_192),
        scope: Scope::Never,
        doc: "How many tokens prompt and answer may have together.",
    },
    Row {
        key: "models.<name>.tokenizer",
        kind: Kind::Choice(&[
            "auto",
            "estimate",
            "o200k_base",
            "cl100k_base",
            "mistral_v3",
            "qwen2",
            "deepseek_v3",
        ]),
        default: Preset::Text("auto"),
        scope: Scope::Never,
        doc: "What the tokens of a prompt are counted with before it is sent. `auto` goes by the \
              model's name; where that says nothing, and with `estimate`, they are estimated from \
              bytes, the better the more often the server has reported what it counted. A vocabulary \
              is loaded in the background and takes some twenty megabytes of memory.",
    },
    Row {
        key: "models.<name>.price_input",
        kind: PRICE,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "What an input token costs. When not set, the built-in price table is asked, see \
              `price_as`; a price that is not known counts as unknown, never as free.",
    },
    Row {
        key: "models.<name>.price_cache_read",
        kind: PRICE,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "What an input token costs that the server had in its prompt cache. When not set it \
              costs as much as any other.",
    },
    Row {
        key: "models.<name>.price_cache_write",
        kind: PRICE,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "What an input token costs that the server writes to its prompt cache for some \
              minutes. When not set it costs as much as any other.",
    },
    Row {
        key: "models.<name>.price_output",
        kind: PRICE,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "What a generated token costs. It must be given with `price_input` or not at all.",
    },
    Row {
        key: "models.<name>.price_as",
        kind: Kind::Text,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "The model of the built-in price table that this one is charged as, such as \
              `mistral/codestral-2508`. When not set, it is the one with the name in `model` at the \
              vendor whose address `url` is; there is no guessing. `price_input` and \
              `price_output` win over the table.",
    },
    Row {
        key: "models.<name>.place",
        kind: Kind::Choice(&["self_hosted", "cloud"]),
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "Whose computer the model runs on. When not set, a loopback or private address and \
              the name `localhost` count as `self_hosted`, anything else as `cloud`.",
    },
    Row {
        key: "models.<name>.timeout_ms",
        kind: Kind::Integer { min: 100, max: 600_000, unit: "ms" },
        default: Preset::Integer(10_000),
        scope: Scope::Never,
        doc: "How long a call may take in all. Answers that come after a request's deadline are \
              kept for the next keystroke, so this may be longer than any deadline.",
    },
    Row {
        key: "models.<name>.first_text_ms",
        kind: Kind::Integer { min: 10, max: 600_000, unit: "ms" },
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "How long the model may be silent before the next one of the plan is asked instead, if \
              there is one. When not set it follows from the time left to the deadline and from how \
              quick the model has been, see `docs/deadlines.md`.",
    },
    Row {
        key: "models.<name>.idle_ms",
        kind: Kind::Integer { min: 10, max: 600_000, unit: "ms" },
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "How long the model may pause in the middle of an answer before the call is ended. When \
              not set it follows from the deadline and from how long the model's pauses usually are.",
    },
    Row {
        key: "models.<name>.extra",
        kind: Kind::Map,
        default: Preset::Unset,
        scope: Scope::Never,
        doc: "Further fields for the body of each call, such as `{ temperature = 0.2 }`. Fields \
              that carry the prompt, the model or the streaming switch cannot be set.",
    },
];
