//! Serving: binding to loopback, working in the background, ending gracefully.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::archive::Archive;
use crate::error::{Error, Kind, Result};
use crate::web::site::Site;
use crate::web::{router, work};

/// A server that listens and has not begun to answer.
pub struct Serving {
    listener: TcpListener,
    site: Arc<Site>,
    address: SocketAddr,
}

/// How long open requests may take to end once the server stops.
const GRACE: Duration = Duration::from_secs(10);

impl Serving {
    /// Binds to an address such as `127.0.0.1:8017`; port 0 takes a free one.
    ///
    /// # Errors
    /// `Denied` for any address but loopback; `Invalid` for what is no address; `Unavailable` where it is taken.
    pub async fn bind(archive: Arc<Archive>, actor: &str, listen: &str) -> Result<Self> {
        let address = loopback(listen)?;
        let taken = |fault: std::io::Error| {
            let message = match fault.kind() {
                std::io::ErrorKind::AddrInUse => {
                    format!(
                        "{address} is taken by another program; choose another port with --listen 127.0.0.1:PORT."
                    )
                }
                _ => format!("{address} cannot be listened on: {fault}"),
            };
            Error::new(Kind::Unavailable, message).with_source(fault)
        };
        let listener = TcpListener::bind(address).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let port = address.port();
        let mut hosts = vec![address.to_string()];
        hosts.extend([format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")]);
        if port == 80 {
            // Browsers leave out the port that HTTP has anyway.
            hosts.extend(["127.0.0.1".into(), "localhost".into(), "[::1]".into()]);
        }
        Ok(Self { listener, site: Site::new(archive, actor, hosts), address })
    }

    /// Returns the address to open in a browser.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers until `stop` completes, then lets open requests end.
    ///
    /// # Errors
    /// `Unavailable` where the system takes the socket away.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let (stopping, stopped) = watch::channel(false);
        let working = tokio::spawn(work::work(Arc::clone(&self.site), stopped.clone()));
        tracing::info!(address = %self.address, "listening");
        let stop = async move {
            stop.await;
            tracing::info!("stopping");
            stopping.send_replace(true);
        };
        let mut late = stopped;
        let late = async move {
            while !*late.borrow() && late.changed().await.is_ok() {}
            tokio::time::sleep(GRACE).await;
        };
        let serving = axum::serve(self.listener, router(&self.site)).with_graceful_shutdown(stop);
        let served = tokio::select! {
            it = serving.into_future() => it,
            // Whoever still downloads can go on from the same byte at the next start.
            () = late => Ok(()),
        };
        working.abort();
        let closed = self.site.archive.ledger().close();
        tokio::time::timeout(GRACE, closed).await.unwrap_or_default();
        served.map_err(|it| Error::unavailable("The server lost its socket; start it again.").with_source(it))
    }
}

/// Serves an archive until the process is told to stop.
///
/// # Errors
/// Those of [`Serving::bind`] and [`Serving::run`].
pub async fn serve(serving: Serving) -> Result<()> {
    serving.run(told_to_stop()).await
}

/// Completes at Ctrl-C, or where the system asks the process to end.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

fn loopback(listen: &str) -> Result<SocketAddr> {
    let named = listen.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address: SocketAddr = named.as_deref().unwrap_or(listen).parse().map_err(|it| {
        Error::invalid(format!("“{listen}” is no address; write one such as 127.0.0.1:8017.")).with_source(it)
    })?;
    let is_loopback = match address.ip() {
        IpAddr::V4(it) => it.is_loopback(),
        IpAddr::V6(it) => it.is_loopback(),
    };
    if is_loopback {
        return Ok(address);
    }
    Err(Error::denied(format!(
        "Accounts do not exist yet, so whoever reaches {} could change everything; listen on 127.0.0.1:{} instead.",
        address.ip(),
        address.port()
    )))
}
