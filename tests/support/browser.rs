//! Headless Chromium for tests: a driver of the test's own, a profile of its own.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a page may take to look as it should.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a browser looks at pages.
#[derive(Clone, Copy, Debug)]
pub struct Eyes {
    /// Width and height in points.
    pub size: (u32, u32),
    /// A phone: touch, narrow layout.
    pub phone: bool,
    /// The reader prefers dark pages.
    pub dark: bool,
}

impl Eyes {
    /// A desktop by day.
    pub const DESK: Eyes = Eyes {
        size: (1280, 800),
        phone: false,
        dark: false,
    };
    /// A phone by day.
    pub const PHONE: Eyes = Eyes {
        size: (390, 844),
        phone: true,
        dark: false,
    };

    /// The same by night.
    pub const fn at_night(self) -> Eyes {
        Eyes { dark: true, ..self }
    }
}

/// A browser; its driver and its profile go with it.
pub struct Browser {
    /// What drives it.
    pub client: Client,
    _driver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one.
    pub async fn start(eyes: Eyes) -> Browser {
        let (driver, port) = start_driver().await;
        let profile = tempfile::tempdir().unwrap();
        let client = ClientBuilder::native()
            .capabilities(capabilities(eyes, &profile))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("chromium starts; on Debian and Ubuntu: scripts/install-missing tests");
        Browser {
            client,
            _driver: driver,
            _profile: profile,
        }
    }

    /// Opens an address.
    pub async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// The element that a selector names, once it is there.
    pub async fn sees(&self, css: &str) -> Element {
        match self.wait().for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no {css}: {error}\n{}", self.text().await),
        }
    }

    /// The element that an XPath names, once it is there.
    pub async fn finds(&self, xpath: &str) -> Element {
        match self.wait().for_element(Locator::XPath(xpath)).await {
            Ok(element) => element,
            Err(error) => panic!("no {xpath}: {error}\n{}", self.text().await),
        }
    }

    /// Types into the field that a selector names.
    pub async fn types(&self, css: &str, text: &str) {
        self.sees(css).await.send_keys(text).await.unwrap();
    }

    /// Presses what a selector names.
    pub async fn presses(&self, css: &str) {
        self.sees(css).await.click().await.unwrap();
    }

    /// All the text of the page.
    pub async fn text(&self) -> String {
        let text = self.run("return document.body.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// How many points the page is wider than its window: what a phone would have to scroll.
    pub async fn too_wide_by(&self) -> i64 {
        let script =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.run(script).await.as_i64().unwrap()
    }

    /// Keeps a picture of the page where `CARELINE_SCREENSHOTS` names a folder for them.
    pub async fn picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("CARELINE_SCREENSHOTS") {
            let file = PathBuf::from(folder).join(format!("{name}.png"));
            let picture = self.client.screenshot().await.unwrap();
            std::fs::write(file, picture).unwrap();
        }
    }

    /// Ends it in order.
    pub async fn close(self) {
        self.client.close().await.unwrap();
    }

    fn wait(&self) -> fantoccini::wait::Wait<'_> {
        self.client.wait().at_most(PATIENCE)
    }
}

async fn start_driver() -> (Child, u16) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("chromedriver is missing; on Debian and Ubuntu: scripts/install-missing tests");
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = tokio::time::timeout(PATIENCE, async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                return port.trim_end_matches('.').parse().unwrap();
            }
        }
        panic!("chromedriver ended before it listened");
    });
    let port = port.await.expect("chromedriver says where it listens");
    // What it says later is read, so that its pipe never fills.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (driver, port)
}

fn capabilities(eyes: Eyes, profile: &tempfile::TempDir) -> Capabilities {
    let (width, height) = eyes.size;
    let mut args = vec![
        "--headless".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        format!("--user-data-dir={}", profile.path().display()),
        format!("--window-size={width},{height}"),
    ];
    if eyes.dark {
        args.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let mut options = json!({ "args": args });
    if eyes.phone {
        options["mobileEmulation"] = json!({
            "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2, "touch": true },
        });
    }
    let mut capabilities = Capabilities::new();
    capabilities.insert("browserName".to_owned(), json!("chrome"));
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    capabilities
}
