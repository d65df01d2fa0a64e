//! What processes and platforms do to each other: fetching, listening, calls and their answers.
//! The fetching and listening follow the adapters' rules.

use careline::channels::telegram::next_offset;
use careline::channels::{Arrival, DeliveryError};
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::Millis;

use super::ground::call::{Answer, Call};
use super::ground::discord::Heard;
use super::ground::limits::{scope, weight};
use super::options::Fault;
use super::world::World;

/// The most events that are read from the gateway at once.
const EVENTS_MAX: usize = 20;

impl World {
    /// A process fetches Telegram's updates and makes them durable; only then it asks for the
    /// next ones. Says whether there were any.
    pub fn fetches(&mut self, number: usize) -> bool {
        let now = self.now();
        let Some(process) = &self.processes[number] else {
            return false;
        };
        let updates = self.ground().telegram.fetch(process.offset, now);
        let lost = !self.is_healed && self.options.has(Fault::Telegram);
        if updates.is_empty() || (lost && self.chance.permille(80)) {
            // Nothing came, or it was lost on the way.
            return false;
        }
        let ids: Vec<i64> = updates.iter().map(|update| update.id).collect();
        let arrivals = updates.into_iter().map(|update| update.arrival).collect();
        self.may_be_cut(number);
        let mut taken = false;
        if let Some(process) = &mut self.processes[number] {
            taken = process.takes(arrivals);
            if taken {
                process.offset = next_offset(ids.iter().copied()).or(process.offset);
            }
        }
        self.note(format!("process {number} fetches {ids:?}: {taken}"));
        self.is_whole_again(number);
        self.ends_if_dead(number);
        true
    }

    /// A process reads Discord's gateway; after a gap the history first. Says whether there was
    /// anything.
    pub fn listens(&mut self, number: usize) -> bool {
        let now = self.now();
        let Some(life) = self.processes[number].as_ref().map(|process| process.life) else {
            return false;
        };
        let had = self.ground().discord.waits(life);
        let heard = self.ground().discord.read(life, EVENTS_MAX, now);
        let Some(process) = &mut self.processes[number] else {
            return false;
        };
        match heard {
            Heard::Ready => process.catches_up = true,
            Heard::Events(events) => process.heard.extend(events),
        }
        self.may_be_cut(number);
        let caught_up = self.catches_up(number);
        if caught_up {
            self.takes_what_was_heard(number);
        }
        self.is_whole_again(number);
        self.ends_if_dead(number);
        had
    }

    fn takes_what_was_heard(&mut self, number: usize) {
        let again = !self.is_healed && self.options.has(Fault::Discord);
        let Some(process) = &mut self.processes[number] else {
            return;
        };
        if process.heard.is_empty() {
            return;
        }
        let count = process.heard.len();
        let taken = process.takes(process.heard.clone());
        // An event that comes twice changes nothing.
        if taken && !(again && self.chance.permille(50)) {
            process.heard.clear();
        }
        self.note(format!("process {number} hears {count} events: {taken}"));
    }

    /// Reads the history of every known place; `false` where it has to be tried again.
    fn catches_up(&mut self, number: usize) -> bool {
        let Some(process) = &self.processes[number] else {
            return false;
        };
        if !process.catches_up {
            return true;
        }
        let Some(marks) = process.watermarks() else {
            return false;
        };
        let mut after: Vec<(Place, i64)> = marks
            .into_iter()
            .map(|mark| (mark.place, mark.last.0.parse().unwrap_or(0)))
            .collect();
        for room in self.ground().rooms(ChannelKind::Discord) {
            if after.iter().all(|(place, _)| *place != room) {
                after.push((room, 0));
            }
        }
        for (place, last) in after {
            let missed: Vec<Arrival> = self.ground().discord.after(&place, last);
            if missed.is_empty() {
                continue;
            }
            let Some(process) = &self.processes[number] else {
                return false;
            };
            let count = missed.len();
            let taken = process.takes(missed);
            self.note(format!(
                "process {number} reads {count} of {place} after {last}: {taken}"
            ));
            if !taken {
                return false;
            }
        }
        if let Some(process) = &mut self.processes[number] {
            process.catches_up = false;
        }
        true
    }

    /// A platform does something about one of the calls: it has its effect, fails, or is answered.
    /// Says whether there was one.
    pub fn platforms_move(&mut self) -> bool {
        let still = self.lives_that_stand_still();
        let movable: Vec<usize> = {
            let ground = self.ground();
            let calls = ground.calls.iter().enumerate();
            let moves = calls.filter(|(_, call)| {
                // The platform acts in any case; its answer waits for the process.
                call.answer.is_none() || !still.contains(&call.life)
            });
            moves.map(|(index, _)| index).collect()
        };
        if movable.is_empty() {
            return false;
        }
        let index = *self.chance.pick(&movable);
        let done = self.ground().calls[index].answer.is_some();
        if !done {
            self.call_has_effect(index);
            // The answer may take its time, and anything may come between.
            if !self.is_healed && self.chance.permille(250) {
                return true;
            }
        }
        if !still.contains(&self.ground().calls[index].life) {
            self.call_is_answered(index);
        }
        true
    }

    fn lives_that_stand_still(&self) -> Vec<u64> {
        let now = self.now();
        let paused = self.paused.iter().filter(|(_, until)| **until > now);
        let processes = paused.filter_map(|(number, _)| self.processes[*number].as_ref());
        processes.map(|process| process.life).collect()
    }

    fn call_has_effect(&mut self, index: usize) {
        let now = self.now();
        let outgoing = self.ground().calls[index].outgoing.clone();
        let channel = outgoing.place.channel;
        let fault = !self.is_healed && self.chance.permille(self.options.call_faults);
        let pushed_back = !self.is_healed
            && weight(&outgoing) > 0
            && self.options.has(Fault::TooMany)
            && self.chance.permille(60);
        let down = self.ground().down.contains(&channel);
        let answer: Answer = if down || (fault && self.chance.permille(300)) {
            match self.chance.below(2) {
                0 => not_sent("refused", None),
                _ => unknown("nothing came back"),
            }
        } else if pushed_back {
            let wait = match self.chance.below(3) {
                0 => None,
                1 => Some(Millis(0)),
                _ => Some(Millis::seconds(self.chance.between(1, 40))),
            };
            not_sent("too many", wait)
        } else {
            let waits = self.ground().limits.count(&outgoing, now);
            match waits {
                Some(wait) => not_sent("too many", Some(wait)),
                None => {
                    let done = self.ground().perform(&outgoing, now);
                    match fault {
                        true => unknown("the answer was lost"),
                        false => done,
                    }
                }
            }
        };
        self.note(format!(
            "{} {} at {}: {}",
            outgoing.id,
            kind_of(&outgoing.act),
            outgoing.place,
            in_a_word(&answer)
        ));
        self.ground().calls[index].answer = Some(answer);
    }

    fn call_is_answered(&mut self, index: usize) {
        let call = self.ground().calls.remove(index);
        let Call {
            life,
            outgoing,
            answer: Some(answer),
            reply: Some(reply),
            ..
        } = call
        else {
            // Whoever asked has ended.
            return;
        };
        let until = match &answer {
            Err(DeliveryError::NotSent {
                retry_after: Some(wait),
                ..
            }) if wait.0 > 0 => Some(self.now() + *wait),
            _ => None,
        };
        if let Some(until) = until {
            let scope = scope(&outgoing.place);
            self.ground().limits.closed.insert(scope, (until, life));
        }
        self.note(format!("{} is answered", outgoing.id));
        let number = self
            .processes
            .iter()
            .position(|process| process.as_ref().is_some_and(|process| process.life == life));
        let Some(number) = number else {
            return;
        };
        self.may_be_cut(number);
        let _ = reply.send(answer);
        self.settles(number);
        self.is_whole_again(number);
    }
}

fn not_sent(why: &str, retry_after: Option<Millis>) -> Answer {
    Err(DeliveryError::NotSent {
        why: why.to_owned(),
        retry_after,
    })
}

fn unknown(why: &str) -> Answer {
    Err(DeliveryError::Unknown {
        why: why.to_owned(),
    })
}

fn in_a_word(answer: &Answer) -> String {
    match answer {
        Ok(receipt) => format!(
            "done as {:?}",
            receipt.message.as_ref().map(|named| &named.0)
        ),
        Err(error) => error.to_string(),
    }
}

fn kind_of(act: &careline::domain::outgoing::Act) -> &'static str {
    use careline::domain::outgoing::Act;
    match act {
        Act::Say { .. } => "says",
        Act::Show { .. } => "shows",
        Act::Edit { .. } => "edits",
        Act::OpenRoom { .. } => "opens a room",
        Act::CloseRoom => "closes the room",
        Act::ReopenRoom => "opens the room again",
        Act::Mark { .. } => "marks",
        Act::AnswerPress { .. } => "answers a press",
    }
}
