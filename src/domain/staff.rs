//! Those who work at the desk. Being in a staff room gives no right; being listed does.

use serde::{Deserialize, Serialize};

use crate::domain::ids::StaffId;
use crate::domain::lang::Lang;

/// What a member of staff may do; each role may all that the one before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Claims and answers.
    Agent,
    /// Also assigns, sees everybody's figures and is told of breaches.
    Lead,
    /// Also edits the knowledge base, staff and settings.
    Admin,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Role; 3] = [Role::Agent, Role::Lead, Role::Admin];
    /// The least role that writes entries of the knowledge base, wherever it is done.
    pub const TO_CHANGE_KNOWLEDGE: Role = Role::Admin;

    /// The role's name in the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Agent => "agent",
            Role::Lead => "lead",
            Role::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A listed member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// The name that customers and colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language of their console.
    pub lang: Lang,
}
