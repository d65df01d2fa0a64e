//! The customers: what they say, press, change and shut out, and in which words.

use careline::domain::lang::Lang;
use careline::domain::place::{ChannelKind, Place};

use super::arrivals::Seat;
use super::chance::Chance;
use super::ground::taint::Taint;
use super::shop::Shop;

/// A customer.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Their number, and how often they were erased.
    pub taint: Taint,
    /// Where they write.
    pub channel: ChannelKind,
    /// The language that they write in.
    pub lang: Lang,
    /// How much they have said.
    pub said: usize,
    /// The messages that they have written, with their ids.
    pub wrote: Vec<i64>,
    /// Whether the bot is shut out.
    pub blocks: bool,
    /// The last press, to be replayed: the token and the message under which it stood.
    pub pressed: Option<(careline::domain::ids::ButtonToken, i64)>,
}

/// What is a greeting, thanks, a call for a person, and what nobody can answer.
const OTHERS: [(Lang, [&str; 5]); 3] = [
    (
        Lang::En,
        [
            "hello",
            "thanks",
            "I want to talk to a person",
            "my blue one came bent and the neighbour says it was the other firm",
            "and what about tomorrow?",
        ],
    ),
    (
        Lang::Vi,
        [
            "xin chào",
            "cảm ơn",
            "Tôi muốn gặp nhân viên",
            "cái màu xanh bị cong và hàng xóm nói do công ty kia",
            "còn ngày mai thì sao?",
        ],
    ),
    (
        Lang::Zh,
        [
            "你好",
            "谢谢",
            "我要人工客服",
            "蓝色的那个弯了邻居说是另一家公司的事",
            "那明天呢？",
        ],
    ),
];

impl Customer {
    /// The customer of that number.
    pub fn new(number: usize, channel: ChannelKind, chance: &mut Chance) -> Customer {
        Customer {
            taint: Taint {
                customer: number,
                era: 0,
            },
            channel,
            lang: *chance.pick(&Lang::ALL),
            said: 0,
            wrote: Vec::new(),
            blocks: false,
            pressed: None,
        }
    }

    /// Where they write.
    pub fn place(&self) -> Place {
        Place::chat(self.channel, (3_000 + self.taint.customer).to_string())
    }

    /// They, where they write.
    pub fn seat(&self) -> Seat {
        Seat {
            place: self.place(),
            at_desk: false,
            account: self.account(),
            name: format!("Kim {}", self.taint.mark(0)),
            lang: Some(self.lang),
        }
    }

    /// Their account.
    pub fn account(&self) -> String {
        match self.channel {
            // The chat with a person has the person's id there.
            ChannelKind::Telegram => (3_000 + self.taint.customer).to_string(),
            ChannelKind::Discord | ChannelKind::Web => (5_000 + self.taint.customer).to_string(),
        }
    }

    /// Something to say, with the mark of whose it is.
    pub fn words(&mut self, shop: &Shop, odd: bool, chance: &mut Chance) -> String {
        self.said += 1;
        let mark = self.taint.mark(self.said);
        let text = match chance.below(10) {
            0..=4 => shop.question(self.lang, chance),
            5..=8 => of(&OTHERS, self.lang, chance),
            _ if odd => odd_words(chance),
            _ => shop.question(self.lang, chance),
        };
        format!("{text} {mark}")
    }
}

fn of<const N: usize>(table: &[(Lang, [&str; N])], lang: Lang, chance: &mut Chance) -> String {
    let row = table.iter().find(|(of, _)| *of == lang);
    let texts = row.map(|(_, texts)| texts).unwrap_or(&table[0].1);
    (*chance.pick(texts)).to_owned()
}

fn odd_words(chance: &mut Chance) -> String {
    match chance.below(4) {
        0 => "long ".repeat(chance.below(800) + 1),
        1 => "\u{202e}txet sdrawkcab\u{202c} \u{200b}\u{200d}".to_owned(),
        2 => "🤷🏽‍♀️ 𝒹𝑜𝓊𝒷𝓁𝑒 <b>&amp;</b> @everyone *_[x](y)".to_owned(),
        _ => "עברית وعربية mixed".to_owned(),
    }
}
