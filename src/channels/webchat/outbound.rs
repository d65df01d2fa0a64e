//! What the outbox gives us, as an entry of the visitor's log.

use super::log::Shown;
use crate::channels::{DeliveryError, Refusal};
use crate::domain::ids::MessageRef;
use crate::domain::outgoing::{Act, Button, Outgoing, Press};

/// The name of what an outbox row wrote.
pub fn said_ref(outgoing: &Outgoing) -> MessageRef {
    MessageRef(format!("o:{}", outgoing.id))
}

/// What the act shows; `None` where it shows nothing and is done.
pub fn shown(act: &Act) -> Result<Option<Shown>, DeliveryError> {
    match act {
        Act::Say {
            text,
            buttons,
            reply_to,
            // A file that another platform keeps cannot be shown here; the text names it.
            files: _,
        } => Ok(Some(Shown::Said {
            text: text.clone(),
            buttons: pressable(buttons),
            reply_to: reply_to.clone(),
        })),
        Act::Edit {
            message,
            text,
            buttons,
        } => Ok(Some(Shown::Changed {
            message: message.clone(),
            text: text.clone(),
            buttons: pressable(buttons),
        })),
        Act::AnswerPress {
            press: _,
            text: None,
            ..
        } => Ok(None),
        Act::AnswerPress {
            press,
            text: Some(text),
            buttons,
            further: _,
        } => {
            // A passing word cannot hold buttons: then it is a message.
            let buttons = pressable(buttons);
            Ok(Some(if buttons.is_empty() {
                Shown::Told {
                    press: press.clone(),
                    text: text.clone(),
                }
            } else {
                Shown::Said {
                    text: text.clone(),
                    buttons,
                    reply_to: None,
                }
            }))
        }
        Act::Show { .. }
        | Act::OpenRoom { .. }
        | Act::CloseRoom
        | Act::ReopenRoom
        | Act::Mark { .. } => Err(DeliveryError::Refused {
            refusal: Refusal::Invalid,
            why: "the web chat has no rooms and no marks".to_owned(),
        }),
    }
}

/// The buttons that the page can show: no forms, and only links that lead to the web.
fn pressable(rows: &[Vec<Button>]) -> Vec<Vec<Button>> {
    rows.iter()
        .map(|row| {
            row.iter()
                .filter(|button| match &button.press {
                    Press::Token { .. } => true,
                    Press::Link { url } => {
                        url.starts_with("https://") || url.starts_with("http://")
                    }
                    Press::Form { .. } => false,
                })
                .cloned()
                .collect::<Vec<_>>()
        })
        .filter(|row| !row.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outgoing::Look;
    use crate::domain::rich::RichText;

    fn button(press: Press) -> Button {
        Button {
            label: "label".to_owned(),
            press,
            look: Look::Plain,
        }
    }

    #[test]
    fn forms_and_links_that_do_not_lead_to_the_web_are_left_out() {
        let token = button(Press::Token { token: "t".into() });
        let form = button(Press::Form {
            token: "t".into(),
            title: String::new(),
            field: String::new(),
        });
        let script = button(Press::Link {
            url: "javascript:alert(1)".to_owned(),
        });
        let act = Act::Say {
            text: RichText::plain("hello"),
            buttons: vec![vec![token.clone(), form], vec![script]],
            reply_to: None,
            files: Vec::new(),
        };
        let Some(Shown::Said { buttons, .. }) = shown(&act).unwrap() else {
            panic!("a message is shown");
        };
        assert_eq!(buttons, vec![vec![token]]);
    }

    #[test]
    fn rooms_are_refused_for_good() {
        assert!(matches!(
            shown(&Act::CloseRoom),
            Err(DeliveryError::Refused { .. })
        ));
    }
}
