//! How the platform says no: a status, a sentence, and sometimes a parameter.

use serde_json::{Map, Value, json};

/// A refused call, as the platform words it.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub code: u16,
    pub description: String,
    pub parameters: Map<String, Value>,
}

impl Refusal {
    pub fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            parameters: Map::new(),
        }
    }

    pub fn bad_request(why: impl std::fmt::Display) -> Self {
        Self::new(400, format!("Bad Request: {why}"))
    }

    pub fn forbidden(why: impl std::fmt::Display) -> Self {
        Self::new(403, format!("Forbidden: {why}"))
    }

    pub fn conflict(why: impl std::fmt::Display) -> Self {
        Self::new(409, format!("Conflict: {why}"))
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    pub fn too_many(retry_after: i64) -> Self {
        let mut refusal = Self::new(429, format!("Too Many Requests: retry after {retry_after}"));
        refusal
            .parameters
            .insert("retry_after".into(), json!(retry_after));
        refusal
    }

    pub fn migrated(to: i64) -> Self {
        let mut refusal = Self::bad_request("group chat was upgraded to a supergroup chat");
        refusal
            .parameters
            .insert("migrate_to_chat_id".into(), json!(to));
        refusal
    }

    /// The body of the answer.
    pub fn body(&self) -> Value {
        let mut body = json!({
            "ok": false,
            "error_code": self.code,
            "description": self.description,
        });
        if !self.parameters.is_empty() {
            body["parameters"] = Value::Object(self.parameters.clone());
        }
        body
    }
}
