//! What staff, and those who only stand about in the staff rooms, do in a run.

use careline::clock::IdSource;
use careline::domain::desk::act::{ConsoleClick, StaffAct};
use careline::domain::ids::{ArrivalId, OutboxId};
use careline::domain::lang::Lang;
use careline::domain::message::Part;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::staff::{Role, Staff};
use careline::store::inbox::NewArrival;
use careline::store::{staff, views};

use super::arrivals::Seat;
use super::ground::taint::Taint;
use super::ground::{By, What};
use super::inspector::Open;
use super::options::Fault;
use super::world::{Agent, World};

/// The account of somebody in the staff rooms who is not listed.
const OUTSIDER: &str = "999";

/// Everybody who may be at the desk: a lead first, then agents.
pub fn everybody() -> Vec<Staff> {
    let names = ["Mai Lead", "Ben", "Lan", "Wei"];
    let member = |(index, name): (usize, &str)| Staff {
        id: format!("staff-{index}").as_str().into(),
        name: name.to_owned(),
        role: match index {
            0 => Role::Lead,
            _ => Role::Agent,
        },
        lang: Lang::En,
    };
    names.into_iter().enumerate().map(member).collect()
}

/// The lead and so many agents.
pub fn present(agents: usize) -> Vec<Agent> {
    let here = everybody().into_iter().take(agents + 1);
    let agent = |staff| Agent {
        staff,
        removed_at: None,
    };
    here.map(agent).collect()
}

/// The account of a member of staff, on both platforms.
pub fn account_of(staff: &str) -> String {
    format!("8{}", staff.trim_start_matches("staff-"))
}

impl World {
    /// Somebody at the desk does something.
    pub fn desk_acts(&mut self, open: &[Open]) {
        let odd = self.options.has(Fault::Staff);
        let agent = self.chance.below(self.agents.len());
        match self.chance.below(100) {
            0..=64 => self.acts_in_room(agent),
            65..=89 => self.clicks_somewhere(agent, open),
            90..=93 if odd => self.agent_is_removed(agent),
            94..=96 if odd => self.outsider_acts(),
            97..=99 if odd => self.two_claim_at_once(open),
            _ => self.clicks_somewhere(agent, open),
        }
    }

    fn seat_in(&self, room: &Place, account: &str, name: &str) -> Seat {
        Seat {
            place: room.clone(),
            at_desk: true,
            account: account.to_owned(),
            name: name.to_owned(),
            lang: None,
        }
    }

    fn some_room(&mut self) -> Option<(Place, Option<Taint>)> {
        let desk = *self
            .chance
            .pick(&[ChannelKind::Telegram, ChannelKind::Discord]);
        let rooms = self.ground().rooms(desk);
        if rooms.is_empty() {
            return None;
        }
        let room = self.chance.pick(&rooms).clone();
        let owner = self.ground().chats.get(&room).and_then(|chat| chat.owner);
        Some((room, owner))
    }

    fn acts_in_room(&mut self, agent: usize) {
        let account = account_of(&self.agents[agent].staff.id.0);
        let name = self.agents[agent].staff.name.clone();
        self.acts_as(&account, &name);
    }

    fn outsider_acts(&mut self) {
        self.acts_as(OUTSIDER, "Passer-by");
    }

    fn acts_as(&mut self, account: &str, name: &str) {
        let Some((room, owner)) = self.some_room() else {
            return;
        };
        let (seat, now) = (self.seat_in(&room, account, name), self.now());
        let mark = self.desk_mark(owner);
        let id = self.ground().fresh_id(room.channel, now);
        let is_discord = room.channel == ChannelKind::Discord;
        let heard = self.ground().discord.is_heard();
        match self.chance.below(10) {
            0..=4 => {
                let Some((token, under)) = self.some_button(&room) else {
                    return;
                };
                if is_discord && !heard {
                    return;
                }
                let form = is_discord.then(|| format!("form {mark}"));
                let arrival = seat.pressed(&token, under, id, form, now);
                self.platform_takes(arrival, id, None, What::Else);
            }
            5..=6 => {
                let Some(said) = self.some_mirror(&room) else {
                    return;
                };
                let text = format!("reply {mark}");
                self.ground().hears(&room, id, &text, now);
                let arrival = seat.wrote(id, &text, Some(said), now);
                self.platform_takes(arrival, id, None, What::Message);
            }
            7 => {
                let text = format!("among us {mark}");
                self.ground().hears(&room, id, &text, now);
                let arrival = seat.wrote(id, &text, None, now);
                self.platform_takes(arrival, id, None, What::Message);
            }
            _ => {
                if is_discord && !heard {
                    return;
                }
                let names = ["r", "claim", "release", "resolve", "note", "sing"];
                let name = *self.chance.pick(&names);
                let arrival = seat.command(id, name, &format!("words {mark}"), now);
                self.platform_takes(arrival, id, None, What::Else);
            }
        }
    }

    /// The mark that staff's words about a customer carry.
    fn desk_mark(&mut self, owner: Option<Taint>) -> String {
        let Some(owner) = owner else {
            return String::new();
        };
        let number = self.chance.below(100_000) + 100_000;
        owner.mark(number)
    }

    /// A line in a room that shows a customer's words.
    fn some_mirror(&mut self, room: &Place) -> Option<i64> {
        let lines: Vec<i64> = {
            let ground = self.ground();
            let chat = ground.chats.get(room)?;
            let ours = chat.lines.iter().filter(|line| line.by != By::Person);
            ours.map(|line| line.id).collect()
        };
        match lines.is_empty() {
            true => None,
            false => Some(*self.chance.pick(&lines)),
        }
    }

    fn clicks_somewhere(&mut self, agent: usize, open: &[Open]) {
        if open.is_empty() {
            return;
        }
        let at = self.chance.pick(open).clone();
        let owner = self.owner_of(&at);
        let mark = self.desk_mark(owner);
        let act = match self.chance.below(10) {
            0..=2 => StaffAct::Claim,
            3 if self.chance.permille(400) => StaffAct::Snooze,
            3 => StaffAct::Release,
            4..=6 => reply(&format!("from the console {mark}")),
            7 => StaffAct::Note {
                text: format!("note {mark}"),
            },
            8 if self.chance.permille(500) => StaffAct::Resolve,
            _ => {
                let unknown = at.unknown.clone();
                match unknown.is_empty() {
                    true => StaffAct::Claim,
                    false => {
                        let row = self.chance.pick(&unknown).clone();
                        self.settled_by_person(&row)
                    }
                }
            }
        };
        self.clicks(agent, &at.id, act);
    }

    /// A person looks whether it arrived and says so, or has it sent again.
    pub fn settled_by_person(&mut self, row: &str) -> StaffAct {
        let outbox = OutboxId(row.to_owned());
        let arrived = self
            .ground()
            .made
            .get(&outbox)
            .is_some_and(|made| *made > 0);
        match arrived && self.chance.permille(800) {
            true => StaffAct::ItArrived { outbox },
            false => StaffAct::SendAgain { outbox },
        }
    }

    /// Two of the desk take the same conversation from two sides.
    fn two_claim_at_once(&mut self, open: &[Open]) {
        if open.is_empty() {
            return;
        }
        let at = self.chance.pick(open).clone();
        for agent in 0..self.agents.len().min(2) {
            self.clicks(agent, &at.id, StaffAct::Claim);
        }
    }

    /// A click in the console becomes an arrival, as the console makes it.
    pub fn clicks(&mut self, agent: usize, conversation: &str, act: StaffAct) {
        let living = (0..self.processes.len()).find(|number| self.processes[*number].is_some());
        let Some(number) = living else {
            return;
        };
        self.note(format!("agent {agent} clicks in {conversation}: {act:?}"));
        let click = ConsoleClick {
            conversation: conversation.into(),
            staff: self.agents[agent].staff.id.clone(),
            act,
        };
        let id = self.setting.ids.id();
        self.may_be_cut(number);
        if let Some(process) = &self.processes[number] {
            let now = process.now();
            let row = NewArrival {
                natural_key: format!("console:{id}:click"),
                id: ArrivalId(id),
                origin: "console",
                lane: views::lane(&click.conversation),
                position: now.0,
                arrival: serde_json::to_string(&click).expect("a click is JSON"),
                raw: None,
                platform_at: now,
                received_at: now,
            };
            process.with_store(|store| async move { store.take(row).await.is_ok() });
        }
        self.is_whole_again(number);
        self.ends_if_dead(number);
    }

    /// Somebody leaves the desk: from this commit on they may nothing.
    fn agent_is_removed(&mut self, agent: usize) {
        if agent == 0 || self.agents[agent].removed_at.is_some() {
            return;
        }
        let living = (0..self.processes.len()).find(|number| self.processes[*number].is_some());
        let Some(process) = living.and_then(|number| self.processes[number].as_ref()) else {
            return;
        };
        let (id, now) = (self.agents[agent].staff.id.clone(), process.now());
        let removed = process.with_store(|store| async move {
            store
                .write(move |tx| {
                    let id = id.clone();
                    Box::pin(async move { staff::remove(tx, &id, now).await })
                })
                .await
        });
        if let Some(Ok(true)) = removed {
            self.agents[agent].removed_at = Some(now);
            self.note(format!("agent {agent} is removed"));
        }
    }

    /// The customer of an open conversation.
    pub fn owner_of(&self, at: &Open) -> Option<Taint> {
        let mut customers = self.customers.iter();
        let theirs = customers.find(|customer| {
            customer.channel.name() == at.channel && customer.place().chat == at.chat
        });
        theirs.map(|customer| customer.taint)
    }
}

/// A reply with those words.
pub fn reply(text: &str) -> StaffAct {
    StaffAct::Reply {
        parts: vec![Part::Text {
            text: text.to_owned(),
        }],
    }
}
