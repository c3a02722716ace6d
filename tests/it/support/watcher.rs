//! A client of `GET /watch`, on a bare socket: it sees how the connection ends.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;
use socket2::{Domain, Socket, Type};

use super::wait::{PATIENCE, wait_for};

/// One open stream.
#[derive(Debug)]
pub(crate) struct WatchClient {
    stream: BufReader<TcpStream>,
    pub(crate) head: String,
}

impl WatchClient {
    /// Asks for `path`, and reads the head of the answer.
    #[track_caller]
    pub(crate) fn open(at: SocketAddr, path: &str) -> Self {
        let mut stream = BufReader::new(Self::ask(TcpStream::connect(at).unwrap(), path));
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(stream.read_line(&mut head).unwrap() > 0, "{head}");
        }
        Self { stream, head }
    }

    /// Asks for `path`, reads nothing of the answer, and has room for hardly anything.
    #[track_caller]
    pub(crate) fn stuck(at: SocketAddr, path: &str) -> TcpStream {
        let socket = Socket::new(Domain::for_address(at), Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(1).unwrap();
        socket.connect(&at.into()).unwrap();
        Self::ask(socket.into(), path)
    }

    fn ask(mut stream: TcpStream, path: &str) -> TcpStream {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// The next line; `None` at the end.
    #[track_caller]
    pub(crate) fn line(&mut self) -> Option<Value> {
        let mut line = String::new();
        let n = self.stream.read_line(&mut line).unwrap();
        (n > 0).then(|| serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}")))
    }

    /// The next document that is as `wanted`, whatever comes before it.
    #[track_caller]
    pub(crate) fn document(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        wait_for("a document", PATIENCE, || {
            let line = self.line().expect("a line");
            (line["members"].is_array() && wanted(&line)).then_some(line)
        })
    }

    /// Reads to the end, and how that was.
    #[track_caller]
    pub(crate) fn end(mut self) -> io::Result<()> {
        wait_for("the end of the stream", PATIENCE, || {
            match self.stream.read(&mut [0; 4096]) {
                Ok(0) => Some(Ok(())),
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            }
        })
    }

    /// Says something, which no watcher has to.
    pub(crate) fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(text.as_bytes())
    }
}
