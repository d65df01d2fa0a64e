use secrecy::ExposeSecret;

use super::*;
use crate::config::EXAMPLE;
use crate::domain::time::Millis;

fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(USUAL_FILE);
    std::fs::write(&file, text).expect("writes");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("sets the mode");
    }
    folder
}

fn load_text(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, Vec<String>> {
    let folder = folder_with(text);
    let variables = variables.iter().map(|(k, v)| (k.into(), v.into()));
    load(None, folder.path(), variables).map_err(|faults| {
        let here = format!("{}/", folder.path().display());
        let lines = faults.0.iter().map(Fault::to_string);
        lines.map(|line| line.replace(&here, "")).collect()
    })
}

#[test]
fn nothing_set_is_the_default() {
    let folder = tempfile::tempdir().expect("a folder");
    let loaded = load(None, folder.path(), []).expect("loads");
    assert_eq!(loaded.file, None);
    assert_eq!(
        format!("{:?}", loaded.config),
        format!("{:?}", Config::default())
    );
}

#[test]
fn the_environment_counts_over_the_file() {
    let file = "[http]\nlisten = \"127.0.0.1:1\"\n[desk]\ntarget_human_wait = \"5m\"\n[discord]\nsupport_channels = [5, \"6\"]\n[database]\nurl='sqlite:a.db'";
    let config = load_text(
        file,
        &[
            ("CARELINE_HTTP__LISTEN", "127.0.0.1:2"),
            ("DATABASE_URL", "sqlite:b.db"),
            ("TELEGRAM_TOKEN", "1:abc"),
            ("CARELINE_DISCORD__SUPPORT_CHANNELS", "7, 8"),
            ("CARELINE_DISCORD__TOKEN", ""),
            ("PATH", "/bin"),
            ("CARELINE_TEST_POSTGRES", "postgres://x"),
        ],
    )
    .expect("loads")
    .config;
    assert_eq!(config.http.listen, "127.0.0.1:2");
    assert_eq!(config.desk.target_human_wait, Millis::minutes(5));
    assert_eq!(config.database.url.expose_secret(), "sqlite:b.db");
    assert_eq!(config.discord.support_channels, [7, 8]);
    assert!(config.discord.token.is_none(), "empty is not set");
    let token = config.telegram.token.expect("is set");
    assert_eq!(token.expose_secret(), "1:abc");
}

#[test]
fn all_faults_are_told_at_once_with_their_place() {
    let file = "\
colour = 1
[http]
listen = \"8080\"
[telegram]
tokn = \"1:secret-token\"
token = 17
[desk]
claim_lease = 30
lang = \"fr\"
[nowhere]
x = true
";
    let faults = load_text(
        file,
        &[
            ("CARELINE_TELEGRAM_TOKEN", "1:secret-token"),
            ("CARELINE_DESK__WARN_AT_PERCENT", "200"),
            ("CARELINE_UNHEARD", "1"),
            ("DATABASE_URL", "mysql://root:secret@db/x"),
        ],
    )
    .expect_err("is refused");
    let expected = [
        "careline.toml:1: colour stands outside of a section; write it under one, such as [http]",
        "careline.toml:3: http.listen must be an address and a port, such as \"127.0.0.1:8080\"",
        "careline.toml:5: telegram.tokn is no key; did you mean telegram.token?",
        "careline.toml:6: telegram.token must be text in quotes, and not empty",
        "careline.toml:8: desk.claim_lease must be a length of time in quotes, such as \"700ms\", \"30s\", \"30m\", \"24h\" or \"7d\"",
        "careline.toml:9: desk.lang must be one of en, vi, zh",
        "careline.toml:11: nowhere.x is no key; `careline example-config` shows them all",
        "DATABASE_URL: database.url must be sqlite:FILE or postgres://USER@HOST/NAME",
        "CARELINE_DESK__WARN_AT_PERCENT: desk.warn_at_percent must be a whole number from 1 to 99",
        "CARELINE_TELEGRAM_TOKEN: is no variable of ours; did you mean CARELINE_TELEGRAM__TOKEN?",
        "CARELINE_UNHEARD: is no variable of ours; they are called CARELINE_<SECTION>__<KEY>",
    ];
    assert_eq!(faults, expected);
}

#[test]
fn a_file_that_does_not_parse_is_told_by_line_without_its_text() {
    let faults = load_text(
        "[telegram]\ntoken = 123:secret-token\n[http\nlisten = 1",
        &[],
    )
    .expect_err("is refused");
    assert!(
        faults
            .iter()
            .any(|line| line.starts_with("careline.toml:2: ")),
        "{faults:?}"
    );
    assert!(
        faults.iter().all(|line| !line.contains("secret")),
        "{faults:?}"
    );
}

#[test]
fn a_named_file_must_be_there_and_be_utf_8() {
    let folder = folder_with("[http]\n");
    let missing = folder.path().join("other.toml");
    let faults = load(Some(&missing), folder.path(), []).expect_err("is refused");
    assert!(
        faults.to_string().contains("other.toml: cannot be read"),
        "{faults}"
    );

    std::fs::write(&missing, b"[http]\nlisten = \"\xff\"\n").expect("writes");
    let faults = load(Some(&missing), folder.path(), []).expect_err("is refused");
    assert!(
        faults.to_string().contains("other.toml:2: is not UTF-8"),
        "{faults}"
    );
}

#[cfg(unix)]
#[test]
fn secrets_in_a_file_for_everybody_are_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let warnings = |text: &str, mode: u32| {
        let folder = folder_with(text);
        let file = folder.path().join(USUAL_FILE);
        std::fs::set_permissions(file, PermissionsExt::from_mode(mode)).expect("sets the mode");
        load(None, folder.path(), []).expect("loads").warnings
    };
    let secret = "[telegram]\ntoken = \"1:abc\"\n";
    assert_eq!(warnings(secret, 0o600), Vec::<String>::new());
    assert_eq!(warnings(secret, 0o644).len(), 1);
    assert!(!warnings(secret, 0o644)[0].contains("abc"));
    assert_eq!(warnings("[desk]\nlang = \"vi\"\n", 0o644).len(), 0);
}

#[test]
fn secrets_are_not_shown_by_debug() {
    let loaded = load_text(
        "[telegram]\ntoken = \"1:canary\"\nwebhook_secret = \"canary\"\n[database]\nurl = \"postgres://u:canary@h/d\"\n[discord]\ntoken=\"canary\"",
        &[],
    )
    .expect("loads");
    assert!(!format!("{loaded:?}").contains("canary"));
}

/// The example with the `#` taken away from its keys.
fn example_in_full() -> String {
    let is_key = |line: &str| {
        line.strip_prefix('#')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    let lines = EXAMPLE
        .lines()
        .map(|line| if is_key(line) { &line[1..] } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_is_the_default_and_names_every_key() {
    let as_it_is = load_text(EXAMPLE, &[]).expect("loads").config;
    assert_eq!(format!("{as_it_is:?}"), format!("{:?}", Config::default()));

    let full = example_in_full();
    let table: toml::Table = full.parse().expect("parses");
    for setting in SETTINGS {
        let (section, key) = setting.key.split_once('.').expect("section and key");
        assert!(
            table
                .get(section)
                .is_some_and(|keys| keys.get(key).is_some()),
            "careline.example.toml lacks {}",
            setting.key
        );
    }
    let mut config = load_text(&full, &[]).expect("loads").config;
    // What has no default has an example; everything else must be the default.
    config.http.public_url = None;
    config.http.embed_origins = Vec::new();
    config.telegram.token = None;
    config.telegram.staff_chat = None;
    config.telegram.webhook_url = None;
    config.telegram.webhook_secret = None;
    config.discord.token = None;
    config.discord.staff_forum = None;
    config.discord.support_channels = Vec::new();
    config.knowledge.semantic_model = None;
    config.digest.zone = None;
    assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
}
