//! What customers do in a run.

use careline::channels::Arrival;
use careline::domain::ids::ButtonToken;
use careline::domain::place::{ChannelKind, Place};

use super::ground::{By, Typed, What};
use super::options::Fault;
use super::world::World;

impl World {
    /// A platform takes what a person did.
    pub fn platform_takes(&mut self, arrival: Arrival, id: i64, by: Option<usize>, what: What) {
        let now = self.now();
        let (key, place) = (arrival.natural_key.clone(), arrival.place.clone());
        self.note(format!("{place}: {key} {:?}", short(&arrival.raw)));
        let mut ground = self.setting.ground.lock().expect("nobody panicked");
        let reachable = match (place.channel, what) {
            (ChannelKind::Telegram, _) => {
                ground.telegram.push(arrival, now);
                true
            }
            (_, What::Message) => {
                ground.discord.message(&place, id, arrival);
                true
            }
            (_, What::Else) => {
                ground.discord.event(arrival);
                false
            }
        };
        ground.typed.push(Typed {
            key,
            customer: by,
            reachable,
            what,
            place,
            id,
        });
    }

    /// A customer does something.
    pub fn customer_acts(&mut self) {
        let number = self.chance.below(self.customers.len());
        let odd = self.options.has(Fault::Customers);
        match self.chance.below(100) {
            0..=54 => self.customer_writes(number),
            55..=61 if odd => {
                for _ in 0..self.chance.below(12) + 3 {
                    self.customer_writes(number);
                }
            }
            55..=66 => self.customer_edits(number),
            67..=86 => self.customer_presses(number),
            87..=89 if self.options.has(Fault::Telegram) => self.customer_presses_again(number),
            87..=95 => self.customer_commands(number),
            _ if odd => self.customer_blocks(number),
            _ => self.customer_writes(number),
        }
    }

    /// They write.
    pub fn customer_writes(&mut self, number: usize) {
        let odd = self.options.has(Fault::Customers);
        let shop = self.shop;
        let text = self.customers[number].words(shop, odd, &mut self.chance);
        let seat = self.customers[number].seat();
        let now = self.now();
        if self.customers[number].blocks {
            self.customer_blocks(number);
        }
        let id = self.ground().fresh_id(seat.place.channel, now);
        self.ground().hears(&seat.place, id, &text, now);
        let arrival = seat.wrote(id, &text, None, now);
        self.customers[number].wrote.push(id);
        self.platform_takes(arrival, id, Some(number), What::Message);
    }

    fn customer_edits(&mut self, number: usize) {
        let wrote = self.customers[number].wrote.clone();
        if wrote.is_empty() {
            return;
        }
        let id = *self.chance.pick(&wrote);
        let shop = self.shop;
        let text = self.customers[number].words(shop, false, &mut self.chance);
        let (seat, now) = (self.customers[number].seat(), self.now());
        let arrival = seat.edited(id, &text, self.customers[number].said, now);
        self.ground().changes(&seat.place, id, &text);
        self.platform_takes(arrival, id, Some(number), What::Else);
    }

    fn customer_presses(&mut self, number: usize) {
        let place = self.place_of(number);
        let Some((token, under)) = self.some_button(&place) else {
            return self.customer_writes(number);
        };
        self.customers[number].pressed = Some((token.clone(), under));
        self.customer_press(number, &token, under);
    }

    /// The app replays a press whose answer it never saw: under new ids.
    fn customer_presses_again(&mut self, number: usize) {
        if let Some((token, under)) = self.customers[number].pressed.clone() {
            self.customer_press(number, &token, under);
        }
    }

    fn customer_press(&mut self, number: usize, token: &ButtonToken, under: i64) {
        let (seat, now) = (self.customers[number].seat(), self.now());
        if seat.place.channel == ChannelKind::Discord && !self.ground().discord.is_heard() {
            // Discord refuses it before the presser's eyes.
            return;
        }
        let press = self.ground().fresh_id(seat.place.channel, now);
        let arrival = seat.pressed(token, under, press, None, now);
        self.platform_takes(arrival, press, Some(number), What::Else);
    }

    /// A button that is to be seen in a place; most often one of the last message's.
    pub fn some_button(&mut self, place: &Place) -> Option<(ButtonToken, i64)> {
        let shown: Vec<(ButtonToken, i64)> = {
            let ground = self.ground();
            let chat = ground.chats.get(place)?;
            let lines = chat.lines.iter().filter(|line| line.by != By::Person);
            let buttons =
                lines.flat_map(|line| line.buttons.iter().map(|token| (token.clone(), line.id)));
            buttons.collect()
        };
        if shown.is_empty() {
            return None;
        }
        let recent = shown.len().saturating_sub(4);
        let from = match self.chance.permille(700) {
            true => recent,
            false => 0,
        };
        Some(self.chance.pick(&shown[from..]).clone())
    }

    fn customer_commands(&mut self, number: usize) {
        let (seat, now) = (self.customers[number].seat(), self.now());
        let commands = [
            ("human", ""),
            ("status", ""),
            ("language", "vi"),
            ("language", ""),
            ("preferences", ""),
            ("start", ""),
        ];
        let (name, rest) = *self.chance.pick(&commands);
        if seat.place.channel == ChannelKind::Discord && !self.ground().discord.is_heard() {
            return;
        }
        let id = self.ground().fresh_id(seat.place.channel, now);
        let arrival = seat.command(id, name, rest, now);
        self.platform_takes(arrival, id, Some(number), What::Else);
    }

    fn customer_blocks(&mut self, number: usize) {
        let (seat, now) = (self.customers[number].seat(), self.now());
        if seat.place.channel != ChannelKind::Telegram {
            return;
        }
        let blocks = !self.customers[number].blocks;
        self.customers[number].blocks = blocks;
        let id = self.ground().fresh_id(seat.place.channel, now);
        if let Some(chat) = self.ground().chats.get_mut(&seat.place) {
            chat.blocked = blocks;
        }
        let arrival = seat.blocked(blocks, id, now);
        self.platform_takes(arrival, id, Some(number), What::Else);
    }

    /// Everybody lets the bot in again.
    pub fn customers_unblock(&mut self) {
        for number in 0..self.customers.len() {
            if self.customers[number].blocks {
                self.customer_blocks(number);
            }
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(120).collect()
}
