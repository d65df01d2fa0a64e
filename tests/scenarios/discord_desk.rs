//! Customers on Discord, staff in a Discord forum.

use super::discord_care::Care;

#[tokio::test]
async fn a_person_is_asked_for_claims_answers_by_form_and_resolves() {
    let care = Care::open().await;
    let discord = &care.shop.discord;
    discord.writes_direct(care.ann, "I want to talk to a person");
    care.ann_reads("passing you on").await;
    let post = care.post().await;
    let card = care.in_post(post, "they asked for one").await;
    assert_eq!(card.id, post, "the card stands first");

    let pressed = discord.presses_label(care.ben, post, post, "Claim");
    assert!(care.whisper(pressed).await.contains("It is yours"));
    care.ann_reads("Ben is reading your message").await;
    care.in_post(post, "Ben has it").await;

    discord.writes_direct(care.ann, "My parcel is *wet* @everyone");
    care.in_post(post, "My parcel is \\*wet\\*").await;
    care.fills_in(care.ben, post, "Note", "she is right, it rained")
        .await;
    care.in_post(post, "she is right, it rained").await;
    care.fills_in(care.ben, post, "Reply", "We send you a new one today.")
        .await;
    care.ann_reads("We send you a new one today.").await;
    care.in_post(post, "Sent by Ben").await;

    let pressed = discord.presses_label(care.ben, post, post, "Resolve");
    assert!(care.whisper(pressed).await.contains("Resolved"));
    care.ann_reads("marked this as solved").await;
    care.shop.quiet().await;
    discord.read(|world| {
        assert!(
            world.channels[&post].archived,
            "the post is archived with the matter"
        );
        assert!(world.pinging().is_empty(), "nobody was pinged");
    });
    let told = care.told();
    assert!(
        !told.iter().any(|words| words.contains("it rained")),
        "a note stays inside: {told:?}"
    );
    care.shop.ends_well().await;
}

#[tokio::test]
async fn whoever_claims_second_is_told_who_was_faster() {
    let care = Care::open().await;
    care.shop.discord.writes_direct(care.ann, "a human please");
    let post = care.post().await;
    let first = care
        .shop
        .discord
        .presses_label(care.ben, post, post, "Claim");
    let second = care
        .shop
        .discord
        .presses_label(care.cho, post, post, "Claim");
    assert!(care.whisper(first).await.contains("It is yours"));
    assert_eq!(care.whisper(second).await, "Ben was faster.");
    care.shop.ends_well().await;
}

#[tokio::test]
async fn a_support_channel_is_served_in_its_thread() {
    let care = Care::with_support_channel().await;
    let discord = &care.shop.discord;
    let asked = discord.writes(care.ann, care.lobby, "I want to talk to a person");
    let in_thread = |words: &'static str| {
        discord.wait_for(words, move |world| {
            let said = world.bot_messages_in(asked);
            said.iter()
                .any(|message| message.content.contains(words))
                .then_some(())
        })
    };
    in_thread("passing you on").await;
    let post = care.post().await;
    discord.presses_label(care.ben, post, post, "Claim");
    in_thread("Ben is reading your message").await;
    discord.writes(care.ann, asked, "Where is my parcel?");
    let shown = care.in_post(post, "Where is my parcel?").await;
    let reply = crate::support::discord::drive::Draft::from("It arrives tomorrow.");
    discord.writes(care.ben, post, "let me look");
    discord.writes(care.ben, post, reply.replying_to(shown.id));
    in_thread("It arrives tomorrow.").await;
    care.shop.quiet().await;
    discord.read(|world| {
        let in_lobby = world.bot_messages_in(care.lobby);
        assert!(
            in_lobby.is_empty(),
            "the channel itself stays free: {in_lobby:?}",
            in_lobby = in_lobby.len()
        );
        let said = world.bot_messages_in(asked);
        let talk = said
            .iter()
            .any(|message| message.content.contains("let me look"));
        assert!(!talk, "talk stays internal");
        assert!(world.told(care.ann).is_empty(), "nothing goes another way");
    });
    care.shop.ends_well().await;
}

#[tokio::test]
async fn a_message_during_downtime_is_answered_when_we_are_back() {
    let mut care = Care::open().await;
    care.shop.discord.writes_direct(care.ann, "a person please");
    let post = care.post().await;
    care.shop.closes().await;
    care.shop.discord.writes_direct(care.ann, "are you there?");
    care.opens().await;
    care.in_post(post, "are you there?").await;
    care.shop.ends_well().await;
}

#[tokio::test]
async fn a_deleted_post_is_made_again() {
    let care = Care::open().await;
    care.shop.discord.writes_direct(care.ann, "a person please");
    let post = care.post().await;
    care.shop.discord.deletes_channel(post);
    let (forum, old) = (care.forum, post);
    let again = care.shop.discord.wait_for("another post", |world| {
        world
            .threads_of(forum)
            .first()
            .map(|post| post.id)
            .filter(|id| *id != old)
    });
    let again = again.await;
    care.in_post(again, "they asked for one").await;
    care.shop.quiet().await;
    let pressed = care
        .shop
        .discord
        .presses_label(care.ben, again, again, "Claim");
    assert!(care.whisper(pressed).await.contains("It is yours"));
    care.shop.ends_well().await;
}

#[tokio::test]
async fn forged_and_unlisted_presses_change_nothing() {
    let care = Care::open().await;
    let discord = &care.shop.discord;
    discord.writes_direct(care.ann, "a person please");
    let post = care.post().await;
    let forged = discord.forges_press(care.ben, post, post, "t:0123456789abcdef01234567");
    assert!(care.whisper(forged).await.contains("out of date"));
    let dan = discord.person("Dan", care.guild);
    let pressed = discord.presses_label(dan, post, post, "Claim");
    assert!(
        care.whisper(pressed)
            .await
            .contains("not on the list of staff")
    );
    // A button of the room, pressed from a customer's own chat.
    let token = discord.read(|world| {
        let card = &world.channels[&post].messages[&post];
        let all = crate::support::discord::drive::buttons(card);
        all[0]["custom_id"].as_str().unwrap().to_owned()
    });
    let direct = discord.read(|world| world.direct_with(care.ann)).unwrap();
    let told = discord.read(|world| world.told(care.ann)[0].id);
    discord.forges_press(care.ann, direct, told, &token);
    care.shop.quiet().await;
    let still = discord.presses_label(care.ben, post, post, "Claim");
    assert!(care.whisper(still).await.contains("It is yours"));
    care.shop.ends_well().await;
}

#[tokio::test]
async fn a_person_at_once_for_whoever_prefers_one() {
    let care = Care::open().await;
    let discord = &care.shop.discord;
    let direct = discord.act(|world| world.direct_channel(care.ann));
    let asked = discord.runs(care.ann, direct, "preferences", &[]);
    let shown = discord
        .wait_for("the question", |world| {
            world.whispers(asked).first().map(|one| one.id)
        })
        .await;
    let pressed = discord.presses_label(care.ann, direct, shown, "Always a person");
    assert!(
        care.whisper(pressed)
            .await
            .contains("a person answers you first")
    );
    discord.writes_direct(care.ann, "how long does a refund take?");
    care.ann_reads("passing you on").await;
    let post = care.post().await;
    care.in_post(post, "they prefer a person").await;
    care.shop.ends_well().await;
}

#[tokio::test]
async fn staff_answer_by_slash_command_where_words_are_hidden() {
    let care = Care::open().await;
    let discord = &care.shop.discord;
    discord.writes_direct(care.ann, "a person please");
    let post = care.post().await;
    let claimed = discord.runs(care.ben, post, "claim", &[]);
    assert!(care.whisper(claimed).await.contains("It is yours"));
    discord.runs(care.ben, post, "r", &[("text", "Good morning, Ann.")]);
    care.ann_reads("Good morning, Ann.").await;
    discord.writes(care.ben, post, "talk that the bot cannot read");
    care.shop.quiet().await;
    assert!(!care.told().iter().any(|words| words.contains("talk")));
    care.shop.ends_well().await;
}

#[tokio::test]
async fn staff_are_told_when_a_customer_cannot_be_reached() {
    let care = Care::open().await;
    let discord = &care.shop.discord;
    discord.writes_direct(care.ann, "a person please");
    let post = care.post().await;
    discord.presses_label(care.ben, post, post, "Claim");
    care.ann_reads("Ben is reading").await;
    discord.act(|world| world.users.get_mut(&care.ann).unwrap().refuses_direct = true);
    care.fills_in(care.ben, post, "Reply", "Are you there?")
        .await;
    care.in_post(post, "Not delivered").await;
    care.shop.ends_well().await;
}
