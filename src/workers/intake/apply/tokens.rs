//! Buttons of a decision: each gets its row and its random token before it is shown.

use super::Application;
use crate::domain::customer::Customer;
use crate::domain::engine::effect::{ButtonAction, ButtonSpec, StaffButton};
use crate::domain::ids::ButtonToken;
use crate::domain::lang::Lang;
use crate::domain::outgoing::{Button, Press};
use crate::domain::phrase::Phrase;
use crate::store::buttons::ButtonRow;
use crate::store::{StoreError, Tx, buttons};
use crate::workers::intake::render::{Renderer, shortened};

/// The most characters of a form's heading and of what stands above its field.
const FORM_CHARS_MAX: usize = 45;

impl Application<'_> {
    /// Gives each button its row and its token.
    pub(super) async fn buttons(
        &self,
        tx: &mut Tx,
        rows: &[Vec<ButtonSpec>],
        lang: Lang,
    ) -> Result<Vec<Vec<Button>>, StoreError> {
        let family = self.intake.ids.id();
        let renderer = self.renderer(lang);
        let mut shown = Vec::new();
        for row in rows {
            let mut shown_row = Vec::new();
            for spec in row {
                let token = ButtonToken(self.intake.ids.secret(12));
                let form = form(&spec.action, &renderer, &self.customer);
                let stored = ButtonRow {
                    token: token.clone(),
                    conversation: self.conversation.id.clone(),
                    family: family.clone(),
                    action: spec.action.clone(),
                    made_for: self.conversation.state.turn_of_desk,
                    reusable: form.is_some(),
                    used: false,
                };
                buttons::add(tx, &stored, self.now).await?;
                let press = match form {
                    Some((title, field)) => Press::Form {
                        token,
                        title,
                        field,
                    },
                    None => Press::Token { token },
                };
                shown_row.push(Button {
                    label: renderer.label(&spec.label),
                    press,
                    look: spec.look,
                });
            }
            shown.push(shown_row);
        }
        Ok(shown)
    }
}

/// The heading and the field of a button that opens a form.
fn form(
    action: &ButtonAction,
    renderer: &Renderer<'_>,
    customer: &Customer,
) -> Option<(String, String)> {
    let (title, field) = match action {
        ButtonAction::Staff {
            act: StaffButton::Reply,
        } => ("desk-form-reply", "desk-form-reply-field"),
        ButtonAction::Staff {
            act: StaffButton::Note,
        } => ("desk-form-note", "desk-form-note-field"),
        ButtonAction::Staff { .. } | ButtonAction::Customer(_) => return None,
    };
    let say =
        |phrase: &Phrase| shortened(&renderer.wording.say(renderer.lang, phrase), FORM_CHARS_MAX);
    Some((
        say(&Phrase::new(title).text("name", &customer.name)),
        say(&Phrase::new(field)),
    ))
}
