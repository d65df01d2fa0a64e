//! The web chat over a real store and a real socket, with an inlet that can be told to refuse.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use careline::channels::webchat::texts::Texts;
use careline::channels::webchat::{Origins, WebChat, router};
use careline::channels::{Arrival, Channel, Inlet, NotTaken, Watermark};
use careline::clock::{IdSource, SystemClock, SystemIds};
use careline::domain::ids::ArrivalId;
use careline::domain::place::ChannelKind;
use careline::domain::time::Timestamp;
use careline::store::Store;
use careline::store::inbox::NewArrival;
use careline::wording::Wording;
use careline::workers::web_log::StoredWebLog;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Puts arrivals into the inbox of a store, as the real one does, and remembers them.
pub struct RecordingInlet {
    store: Store,
    ids: SystemIds,
    taken: std::sync::Mutex<Vec<Arrival>>,
    refusals: AtomicUsize,
}

impl RecordingInlet {
    /// Over that store.
    pub fn new(store: Store) -> Arc<RecordingInlet> {
        Arc::new(RecordingInlet {
            store,
            ids: SystemIds::default(),
            taken: std::sync::Mutex::default(),
            refusals: AtomicUsize::new(0),
        })
    }

    /// Refuses the next so many.
    pub fn refuse(&self, times: usize) {
        self.refusals.store(times, Ordering::SeqCst);
    }

    /// What was taken, each once, in order.
    pub fn taken(&self) -> Vec<Arrival> {
        self.taken.lock().unwrap().clone()
    }
}

#[async_trait]
impl Inlet for RecordingInlet {
    async fn take(&self, arrivals: Vec<Arrival>) -> Result<(), NotTaken> {
        let refuses = self
            .refusals
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            })
            .is_ok();
        if refuses {
            return Err(NotTaken("told to refuse".to_owned()));
        }
        for arrival in arrivals {
            let row = NewArrival {
                id: ArrivalId(self.ids.id()),
                natural_key: arrival.natural_key.clone(),
                origin: "web",
                lane: arrival.place.to_string(),
                position: 0,
                arrival: serde_json::to_string(&arrival).unwrap(),
                raw: Some(arrival.raw.clone()),
                platform_at: arrival.platform_at,
                received_at: arrival.platform_at,
            };
            let taken = self.store.take(row).await;
            taken.map_err(|error| NotTaken(error.to_string()))?;
            let mut taken = self.taken.lock().unwrap();
            if taken
                .iter()
                .all(|known| known.natural_key != arrival.natural_key)
            {
                taken.push(arrival);
            }
        }
        Ok(())
    }

    async fn watermarks(&self, _channel: ChannelKind) -> Result<Vec<Watermark>, NotTaken> {
        Ok(Vec::new())
    }

    async fn remember(&self, _key: &str, _value: &str) -> Result<(), NotTaken> {
        Ok(())
    }

    async fn recall(&self, _key: &str) -> Result<Option<String>, NotTaken> {
        Ok(None)
    }

    fn now(&self) -> Timestamp {
        Timestamp(1_800_000_000_000)
    }
}

/// A running web chat.
pub struct Chat {
    /// As the delivery worker has it.
    pub channel: Arc<WebChat>,
    /// What took what arrived.
    pub inlet: Arc<RecordingInlet>,
    /// `127.0.0.1:port`.
    pub address: String,
    stop: CancellationToken,
    listening: tokio::task::JoinHandle<()>,
}

impl Chat {
    /// Starts one over that store; `shop` may embed it.
    pub async fn start(store: &Store) -> Chat {
        let inlet = RecordingInlet::new(store.clone());
        let log = StoredWebLog::new(
            store.clone(),
            Arc::new(SystemClock),
            Arc::new(SystemIds::default()),
        );
        let wording = Wording::load().unwrap();
        let texts = Texts::new(|lang, key| wording.plain(lang, key));
        let origins = Origins::new(None, &["https://shop.example".to_owned()]);
        let channel = Arc::new(WebChat::new(Arc::new(log), texts, origins));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stop = CancellationToken::new();
        let serving = axum::serve(listener, router(channel.clone()))
            .with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::spawn(async move { serving.await.unwrap() });
        let ready = Arc::new(tokio::sync::Notify::new());
        let listening = tokio::spawn({
            let (channel, inlet, ready, stop) =
                (channel.clone(), inlet.clone(), ready.clone(), stop.clone());
            async move { channel.listen(inlet, ready, stop).await.unwrap() }
        });
        ready.notified().await;
        Chat {
            channel,
            inlet,
            address,
            stop,
            listening,
        }
    }

    /// Opens a tab of the visitor with that secret, who has seen up to `since`.
    pub async fn tab(&self, secret: &str, since: i64) -> Tab {
        let mut tab = self
            .connect(&format!("http://{}", self.address))
            .await
            .unwrap();
        tab.says_hello(secret, since, "vi").await;
        tab
    }

    /// Opens a socket from a page of that origin.
    pub async fn connect(&self, origin: &str) -> Result<Tab, Box<Error>> {
        Tab::connect(&self.address, origin).await
    }

    /// Stops it in order.
    pub async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.listening)
            .await
            .expect("it stops")
            .unwrap();
    }
}

/// A visitor's page.
pub struct Tab {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Tab {
    /// Opens a socket of the web chat at that address, from a page of that origin.
    pub async fn connect(address: &str, origin: &str) -> Result<Tab, Box<Error>> {
        let mut request = format!("ws://{address}/chat/socket")
            .into_client_request()
            .unwrap();
        let origin = HeaderValue::from_str(origin).unwrap();
        request.headers_mut().insert("origin", origin);
        let (socket, _) = connect_async(request).await.map_err(Box::new)?;
        Ok(Tab { socket })
    }

    /// Says who it is and what it has seen.
    pub async fn says_hello(&mut self, secret: &str, since: i64, lang: &str) {
        let hello = json!({"t": "hello", "secret": secret, "since": since, "lang": lang});
        self.send(&hello.to_string()).await;
    }

    /// Sends a frame as it stands.
    pub async fn send(&mut self, frame: &str) {
        self.send_message(Message::text(frame)).await;
    }

    /// Sends any message; one that the server no longer takes is lost, as in a browser.
    pub async fn send_message(&mut self, message: Message) {
        let _ = self.socket.send(message).await;
    }

    /// Writes a text under an id of the page's own.
    pub async fn say(&mut self, id: &str, text: &str) {
        self.send(&json!({"t": "say", "id": id, "text": text}).to_string())
            .await;
    }

    /// The next frame; `None` once the server has closed.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("a frame in time");
            match message {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_) | Message::Frame(_))) => panic!("no such frames"),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            }
        }
    }

    /// The frames up to and with the first of kind `kind`.
    pub async fn until(&mut self, kind: &str) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await.expect("the server is still there");
            let found = frame["t"] == kind;
            frames.push(frame);
            if found {
                return frames;
            }
        }
    }
}
