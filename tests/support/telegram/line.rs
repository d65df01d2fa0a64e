//! The wire of the fake: a listener that can refuse connections, and connections that can be cut.
//!
//! Invariant: after `Switch::down` returns, nobody is connected and nobody can connect; after
//! `Switch::up` returns, the same address accepts again.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Cuts one connection when cancelled; the peer sees a reset.
#[derive(Clone)]
pub struct Cut(CancellationToken);

impl Cut {
    /// Resets the connection before anything more is written to it.
    pub fn now(&self) {
        self.0.cancel();
    }
}

/// The outside end: turns the line off and on.
pub struct Switch {
    wanted: watch::Sender<bool>,
    listening: watch::Receiver<bool>,
    all: Arc<Mutex<CancellationToken>>,
}

impl Switch {
    /// Refuses new connections and resets those that stand.
    pub async fn down(&self) {
        let _ = self.wanted.send(false);
        let mut listening = self.listening.clone();
        let _ = listening.wait_for(|open| !open).await;
        let mut all = self.all.lock().expect("the line's lock is never poisoned");
        std::mem::take(&mut *all).cancel();
    }

    /// Accepts connections again, at the same address.
    pub async fn up(&self) {
        let _ = self.wanted.send(true);
        let mut listening = self.listening.clone();
        let _ = listening.wait_for(|open| *open).await;
    }
}

/// The listening end, given to `axum::serve`.
pub struct Line {
    address: SocketAddr,
    listener: Option<TcpListener>,
    wanted: watch::Receiver<bool>,
    listening: watch::Sender<bool>,
    all: Arc<Mutex<CancellationToken>>,
}

/// Binds a line to a free port of the loopback address (or to the one that is given).
pub async fn bind(address: &str) -> io::Result<(Line, Switch)> {
    let listener = TcpListener::bind(address).await?;
    let (wanted_in, wanted) = watch::channel(true);
    let (listening, listening_out) = watch::channel(true);
    let all = Arc::new(Mutex::new(CancellationToken::new()));
    let line = Line {
        address: listener.local_addr()?,
        listener: Some(listener),
        wanted,
        listening,
        all: all.clone(),
    };
    let switch = Switch {
        wanted: wanted_in,
        listening: listening_out,
        all,
    };
    Ok((line, switch))
}

impl Line {
    /// Brings the listener to the wanted state; `None` while it is meant to be down.
    async fn settle(&mut self) -> Option<&TcpListener> {
        if !*self.wanted.borrow_and_update() {
            self.listener = None;
            self.listening.send_replace(false);
            return None;
        }
        if self.listener.is_none() {
            self.listener = TcpListener::bind(self.address).await.ok();
            if self.listener.is_none() {
                // The port is still being released; let other tasks run and try again.
                tokio::task::yield_now().await;
            }
        }
        self.listening.send_replace(self.listener.is_some());
        self.listener.as_ref()
    }
}

/// Ends when the line is to go down; never, once nobody can ask for it any more.
async fn turned_off(wanted: &mut watch::Receiver<bool>) {
    if wanted.wait_for(|open| !open).await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Listener for Line {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            let mut wanted = self.wanted.clone();
            let all = self.all.clone();
            let Some(listener) = self.settle().await else {
                let is_wanted = *self.wanted.borrow();
                if !is_wanted && self.wanted.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                continue;
            };
            tokio::select! {
                accepted = listener.accept() => {
                    if let Ok((stream, peer)) = accepted {
                        let cut = all.lock().expect("the line's lock is never poisoned").child_token();
                        return (Wire::new(stream, cut), peer);
                    }
                }
                () = turned_off(&mut wanted) => {}
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// One connection that can be cut from outside.
pub struct Wire {
    stream: TcpStream,
    token: CancellationToken,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Wire {
    fn new(stream: TcpStream, token: CancellationToken) -> Self {
        let cancelled = Box::pin(token.clone().cancelled_owned());
        Self {
            stream,
            token,
            cancelled,
        }
    }

    fn refuse_if_cut(&self) -> io::Result<()> {
        if self.token.is_cancelled() {
            // Closing with a zero linger sends a reset instead of an orderly end.
            let _ = self.stream.set_zero_linger();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let _ = self.cancelled.as_mut().poll(cx);
        self.refuse_if_cut()?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.refuse_if_cut()?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.refuse_if_cut()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.refuse_if_cut()?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Connected<IncomingStream<'_, Line>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Line>) -> Self {
        Cut(stream.io().token.clone())
    }
}
