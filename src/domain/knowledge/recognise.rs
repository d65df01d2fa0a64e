//! What a message is when it is no question: a greeting, a courtesy, the wish for a person.
//!
//! Invariant: a message that says anything beside greeting, thanks and politeness is neither a
//! greeting nor a courtesy; the wish for a person counts wherever it stands.

use super::phrases::{PHRASES, comparable};
use crate::domain::lang::Lang;

/// What a message is besides a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SmallTalk {
    /// "Hello", and nothing else.
    Greeting,
    /// Thanks, agreement, a goodbye, a thumb: needs no answer.
    Courtesy,
    /// The wish for a person, possibly within a longer text.
    WantsPerson,
}

/// Emoji that agree, thank or laugh; a message of only these is a courtesy.
const COURTEOUS_EMOJI: [char; 20] = [
    '👍', '👌', '🙏', '❤', '♥', '😊', '🙂', '😀', '😁', '😄', '😃', '😍', '🥰', '😘', '🎉', '💯',
    '✅', '👏', '💕', '🤝',
];
/// Longest text, in bytes, in which the wish for a person is looked for.
const WISH_BYTES_MAX: usize = 4 * 1024;

/// What a message is besides a question; `None` when it is, or may be, a question.
pub fn small_talk(text: &str) -> Option<SmallTalk> {
    let said = comparable(text);
    if said.is_empty() {
        return text
            .chars()
            .any(|char| COURTEOUS_EMOJI.contains(&char))
            .then_some(SmallTalk::Courtesy);
    }
    let searched = &said[..said.floor_char_boundary(WISH_BYTES_MAX)];
    let wants = |lang| PHRASES.of(lang).person.is_match(searched);
    if Lang::ALL.into_iter().any(wants) || is_only(&said, Part::PersonAlone) {
        return Some(SmallTalk::WantsPerson);
    }
    if is_only(&said, Part::Greeting) {
        return Some(SmallTalk::Greeting);
    }
    is_only(&said, Part::Courtesy).then_some(SmallTalk::Courtesy)
}

#[derive(Clone, Copy)]
enum Part {
    Greeting,
    Courtesy,
    PersonAlone,
}

/// Whether a text is made of phrases of `part` and politeness, with at least one of the former.
fn is_only(said: &str, part: Part) -> bool {
    Lang::ALL.into_iter().any(|lang| {
        let lists = PHRASES.of(lang);
        let wanted = match part {
            Part::Greeting => &lists.greeting,
            Part::Courtesy => &lists.courtesy,
            Part::PersonAlone => &lists.person_alone,
        };
        let mut rest = said;
        let mut found = false;
        while !rest.is_empty() {
            if let Some(behind) = taken(rest, wanted) {
                found = true;
                rest = behind;
            } else if let Some(behind) = taken(rest, &lists.filler) {
                rest = behind;
            } else {
                return false;
            }
        }
        found
    })
}

/// What is left of `rest` behind the longest phrase that it begins with. A phrase in letters ends
/// where a word ends.
fn taken<'a>(rest: &'a str, phrases: &[String]) -> Option<&'a str> {
    phrases.iter().find_map(|phrase| {
        let behind = rest.strip_prefix(phrase.as_str())?;
        let whole = behind.is_empty()
            || behind.starts_with(' ')
            || !phrase.ends_with(|char: char| char.is_ascii_alphanumeric());
        whole.then(|| behind.trim_start())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: Option<SmallTalk>, texts: &[&str]) {
        for text in texts {
            assert_eq!(small_talk(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn greetings_in_three_languages() {
        check(
            Some(SmallTalk::Greeting),
            &[
                "Hi",
                "hello there!",
                "Hey team 👋",
                "shop ơi",
                "Xin chào ạ",
                "cho minh hoi",
                "alo shop oi",
                "你好",
                "在嗎？",
                "亲，在吗",
                "您好，请问",
            ],
        );
    }

    #[test]
    fn courtesies_in_three_languages() {
        check(
            Some(SmallTalk::Courtesy),
            &[
                "thanks",
                "Thank you so much!!",
                "ok",
                "OK thanks",
                "👍",
                "🙏🙏",
                "❤️",
                "cảm ơn shop nhiều ạ",
                "cam on nhe",
                "oke shop",
                "vâng ạ",
                "谢谢",
                "好的谢谢",
                "嗯嗯",
                "知道了",
            ],
        );
    }

    #[test]
    fn the_wish_for_a_person_in_three_languages() {
        check(
            Some(SmallTalk::WantsPerson),
            &[
                "human",
                "I want to talk to a human",
                "can I speak with a real person please?",
                "transfer me to an agent",
                "agent please",
                "my order is late and I need to talk to someone",
                "I don't want to talk to a bot",
                "let me speak to your manager",
                "cho em gặp nhân viên",
                "cho gap nhan vien di",
                "mình muốn nói chuyện với người thật",
                "noi chuyen voi nguoi that",
                "gặp tư vấn viên",
                "khong muon chat voi bot",
                "转人工",
                "我要找人工客服",
                "有没有真人",
                "轉人工客服",
                "请帮我转人工，谢谢",
                "别用机器人回我",
            ],
        );
    }

    #[test]
    fn a_question_is_no_small_talk() {
        check(
            None,
            &[
                "hi, where is my order?",
                "thanks but my refund is still missing",
                "ok how do I pay",
                "cảm ơn shop, cho hỏi bao giờ giao",
                "好的，多久发货",
                "How many people work there",
                "is the agent fee included",
                "does the robot vacuum have a warranty",
                "nhân viên giao hàng chưa gọi",
                "size nào cho người 60kg",
                "客服几点上班",
                "good quality?",
                "",
                "😡",
                "12345",
                "\0",
            ],
        );
    }

    #[test]
    fn long_and_strange_texts_are_no_trouble() {
        check(Some(SmallTalk::Courtesy), &[&"🙂".repeat(4_096)]);
        check(
            None,
            &[&"🦀".repeat(4_096), &"a ".repeat(4_096), "\u{202e}\u{200f}"],
        );
    }
}
