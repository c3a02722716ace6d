//! A peer that answers every request with the same bytes, and remembers what it was asked.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A scripted peer on loopback. Its thread ends with the test process.
#[derive(Debug)]
pub(crate) struct ScriptedPeer {
    pub(crate) socket: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl ScriptedPeer {
    /// Answers with what `answer` makes of its own address.
    pub(crate) fn start(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        Self::by_path(move |me, _| answer(me))
    }

    /// Answers with what `answer` makes of its own address and the path that is asked for.
    pub(crate) fn by_path(answer: impl Fn(&str, &str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let answer = |path: &str| answer(&socket.to_string(), path);
                serve(stream.unwrap(), answer, &seen);
            }
        });
        Self { socket, requests }
    }

    /// Answers 200 with this body.
    pub(crate) fn with_body(body: impl Fn(&str) -> String + Send + 'static) -> Self {
        Self::start(move |me| {
            let body = body(me);
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
        })
    }

    /// The request lines so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, answer: impl Fn(&str) -> String, seen: &Mutex<Vec<String>>) {
    let mut request = vec![0; 4096];
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let n = stream.read(&mut request).unwrap_or(0);
    let text = String::from_utf8_lossy(&request[..n]).into_owned();
    let request = text.lines().next().unwrap_or_default();
    seen.lock().unwrap().push(request.to_owned());
    let answer = answer(request.split(' ').nth(1).unwrap_or_default());
    // Whoever hangs up first is not this test's concern.
    let _ = stream.write_all(answer.as_bytes());
}
