//! A server started from the real binary, and a browser to look at it with.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::common::capabilities::firefox::LoggingPrefsLogLevel;
use thirtyfour::{ChromeCapabilities, DesiredCapabilities, WebDriver};

use crate::world::keeper;

/// A running server; it is killed when it is dropped.
pub struct Server {
    child: Child,
    /// Its address, such as `127.0.0.1:41234`.
    pub address: String,
}

impl Server {
    /// Starts the real binary on an archive and waits until it listens.
    pub fn start(root: &Path) -> Self {
        let mut child = Command::new(keeper().program)
            .args(["--json", "--as", "clerk", "--archive"])
            .arg(root)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let url = told["listening"].as_str().unwrap();
        let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, address }
    }

    /// Gets a page as a plain client would; returns status line, headers and body as one text.
    pub fn get(&self, path: &str) -> String {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        socket.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Asks it to end as an operator would, and waits until it has.
    pub fn end(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}

/// A headless Chromium with its driver.
pub struct Browser {
    child: Child,
    pub driver: WebDriver,
}

impl Browser {
    /// Starts one that reads Chinese, keeps its downloads in a folder and remembers what its console said.
    pub async fn start(downloads: &Path) -> Self {
        let spawned = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn();
        let mut child = spawned.expect("chromedriver is missing; bash tests/run installs it");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let told = lines.find(|it| it.contains("started successfully on port")).unwrap();
        let port: String = told.rsplit(' ').next().unwrap().chars().filter(char::is_ascii_digit).collect();
        // Whoever prints into a pipe that nobody reads stands still.
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://127.0.0.1:{port}");
        let driver = WebDriver::new(url, capabilities(downloads)).await.unwrap();
        Self { child, driver }
    }

    /// Returns what the console complained of since it was asked last.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.driver.browser_log().await.unwrap();
        log.iter().map(|it| format!("{it:?}")).collect()
    }

    /// Ends the browser and its driver.
    pub async fn end(mut self) {
        self.driver.quit().await.unwrap();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn capabilities(downloads: &Path) -> ChromeCapabilities {
    let mut res = DesiredCapabilities::chrome();
    for argument in
        ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=zh-CN"]
    {
        res.add_arg(argument).unwrap();
    }
    let preferences = serde_json::json!({
        "download.default_directory": downloads, "download.prompt_for_download": false, "intl.accept_languages": "zh-CN",
    });
    res.add_experimental_option("prefs", preferences).unwrap();
    res.set_logging_prefs("browser", LoggingPrefsLogLevel::All).unwrap();
    res
}
