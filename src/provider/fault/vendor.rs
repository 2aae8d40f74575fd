//! Vendors' error objects: the parts that decide anything, out of every shape that was seen.
//!
//! `{"error":{…}}` is OpenAI's, Anthropic's, Gemini's and llama.cpp's, `{"error":"text"}` Ollama's,
//! `{"object":"error",…}` Mistral's; any of them may be the only element of an array, as with
//! Gemini. Only named fields are read: some objects also hold the request, which is not ours to
//! show.

use serde_json::Value;

/// The parts of a vendor's error object that decide anything.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct VendorError {
    /// For the user's eyes.
    pub(super) message: String,
    /// `type`, `code`, `status` and reasons as far as they are words, joined by spaces, in lower
    /// case.
    pub(super) words: String,
    /// `code` where it is an HTTP status.
    pub(super) status: Option<u16>,
    /// How long to wait, such as `22s`.
    pub(super) retry_delay: Option<String>,
    /// A limit of a whole day was reached.
    pub(super) is_daily: bool,
    /// The text was judged, not the request.
    pub(super) is_moderation: bool,
}

impl VendorError {
    fn of_message(message: &str) -> Self {
        Self { message: message.to_owned(), ..Self::default() }
    }
}

/// The error in an event of a stream, or in a whole answer.
pub(super) fn in_event(value: &Value) -> Option<VendorError> {
    let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    let error = match value.get("error") {
        Some(Value::String(message)) => return Some(VendorError::of_message(message)),
        Some(error @ Value::Object(_)) => error,
        _ if value["object"] == "error" => value,
        // Mistral says in the reason to stop that it could not go on.
        _ if value["choices"][0]["finish_reason"] == "error" => {
            return Some(VendorError::of_message("the server stopped with an error"));
        }
        _ => return None,
    };
    Some(read(error))
}

/// The same for the body of an unsuccessful answer, where a bare message is an error as well.
pub(super) fn in_body(body: &[u8]) -> Option<VendorError> {
    let body: Value = serde_json::from_slice(body).ok()?;
    in_event(&body).or_else(|| {
        let message = match &body["detail"] {
            Value::String(text) => text.clone(),
            // FastAPI's list of fields that were not valid; `input` beside them is the request.
            Value::Array(list) => list.iter().map(invalid_field).collect::<Vec<_>>().join("; "),
            _ => body["message"].as_str()?.to_owned(),
        };
        Some(VendorError { message, ..VendorError::default() })
    })
}

fn read(error: &Value) -> VendorError {
    let details = error["details"].as_array().map(Vec::as_slice).unwrap_or_default();
    let reasons = details.iter().filter_map(|detail| detail["reason"].as_str());
    let words: Vec<&str> = ["type", "code", "status"]
        .iter()
        .filter_map(|name| error[name].as_str())
        .chain(error["details"]["error_code"].as_str())
        .chain(reasons)
        .collect();
    // LiteLLM writes the status as text; Mistral's codes are numbers of its own.
    let code = error["code"].as_u64().or_else(|| error["code"].as_str()?.parse().ok());
    let violations = details.iter().filter_map(|detail| detail["violations"].as_array()).flatten();
    let delay = details.iter().find_map(|detail| detail["retryDelay"].as_str());
    VendorError {
        message: error["message"].as_str().unwrap_or_default().to_owned(),
        words: words.join(" ").to_lowercase(),
        status: code.and_then(|code| code.try_into().ok()).filter(|code| (100..600).contains(code)),
        retry_delay: delay.map(str::to_owned),
        is_daily: violations
            .filter_map(|violation| violation["quotaId"].as_str())
            .any(|quota| quota.contains("PerDay")),
        is_moderation: error["metadata"]["reasons"].is_array(),
    }
}

/// `body.temperature: Input should be a valid number`.
fn invalid_field(item: &Value) -> String {
    let path = item["loc"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let path: Vec<&str> = path.filter_map(Value::as_str).collect();
    format!("{}: {}", path.join("."), item["msg"].as_str().unwrap_or("not valid"))
}
