//! A mail server that misbehaves.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Turns the recipient away for good.
    Refusing,
    /// Accepts the connection and never says a word.
    Silent,
}

/// Listens on a loopback port of its own until the process ends.
pub struct Relay {
    pub port: u16,
}

impl Relay {
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let port = listener.local_addr().expect("bound").port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || serve(stream, manner));
            }
        });
        Self { port }
    }

    /// A port nobody listens on.
    pub fn nobody() -> u16 {
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a loopback port").port()
    }
}

fn serve(mut stream: TcpStream, manner: Manner) {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket can be cloned"));
    if manner == Manner::Refusing {
        let _ = stream.write_all(b"220 relay.example ESMTP\r\n");
    }
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|n| n > 0) {
        let answer: &[u8] = match line.to_uppercase().get(..4) {
            _ if manner == Manner::Silent => b"",
            Some("RCPT") => b"550 5.1.1 mailbox unavailable\r\n",
            Some("QUIT") => b"221 2.0.0 bye\r\n",
            _ => b"250 2.0.0 ok\r\n",
        };
        if stream.write_all(answer).is_err() {
            return;
        }
        line.clear();
    }
}
