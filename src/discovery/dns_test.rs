//! DNS against a server of the test's own on loopback.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use hickory_resolver::config::{ConnectionConfig, ResolveHosts};
use hickory_resolver::proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, SOA};
use hickory_resolver::proto::rr::{Name, Record};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

use super::*;

/// What the server does with a question.
#[derive(Clone, Debug)]
enum Manner {
    Records(Vec<RData>),
    /// A negative answer, with the zone's SOA record or without.
    Nobody(ResponseCode, bool),
    Fails,
    Silent,
    Garbage,
    /// Over UDP only the beginning; the rest over TCP.
    Truncated(Vec<RData>),
}

/// A server on one port, UDP and TCP. It knows what it was told, and is silent about the rest.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<(RecordType, String)>>>,
}

type Zone = BTreeMap<(&'static str, RecordType), Manner>;

impl Server {
    async fn start(zone: Zone) -> Self {
        let (udp, tcp) = both_on_one_port().await;
        let port = udp.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let zone = Arc::new(zone);
        tokio::spawn(serve_udp(udp, Arc::clone(&zone), Arc::clone(&asked)));
        tokio::spawn(serve_tcp(tcp, zone));
        Self { port, asked }
    }

    fn dns(&self) -> Dns {
        let port = self.port;
        let on_port = |mut connection: ConnectionConfig| {
            connection.port = port;
            connection
        };
        let mut server = NameServerConfig::udp_and_tcp(Ipv4Addr::LOCALHOST.into());
        server.connections = vec![
            on_port(ConnectionConfig::udp()),
            on_port(ConnectionConfig::tcp()),
        ];
        let mut options = ResolverOpts::default();
        options.use_hosts_file = ResolveHosts::Never;
        Dns::with(
            ResolverConfig::from_parts(None, vec![], vec![server]),
            options,
        )
    }

    fn asked(&self, kind: RecordType) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(k, _)| *k == kind).count()
    }
}

/// A port that is free for one kind of socket may be in use for the other: then another one is taken.
async fn both_on_one_port() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = udp.local_addr().unwrap();
        if let Ok(tcp) = TcpListener::bind(at).await {
            return (udp, tcp);
        }
    }
}

async fn serve_udp(
    socket: UdpSocket,
    zone: Arc<Zone>,
    asked: Arc<Mutex<Vec<(RecordType, String)>>>,
) {
    let mut buffer = [0; 4096];
    while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
        let question = Message::from_vec(&buffer[..n]).unwrap();
        let query = &question.queries[0];
        let asked_for = (query.query_type(), query.name().to_string());
        asked.lock().unwrap().push(asked_for);
        if let Some(answer) = answer(&zone, &question, true) {
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

async fn serve_tcp(listener: TcpListener, zone: Arc<Zone>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let zone = Arc::clone(&zone);
        tokio::spawn(async move {
            while let Ok(n) = stream.read_u16().await {
                let mut buffer = vec![0; n.into()];
                stream.read_exact(&mut buffer).await.unwrap();
                let question = Message::from_vec(&buffer).unwrap();
                let answer = answer(&zone, &question, false).unwrap_or_default();
                let length = u16::try_from(answer.len()).unwrap();
                let framed = [&length.to_be_bytes()[..], &answer].concat();
                stream.write_all(&framed).await.unwrap();
            }
        });
    }
}

fn answer(zone: &Zone, question: &Message, udp: bool) -> Option<Vec<u8>> {
    let query = question.queries[0].clone();
    let name = query.name().to_utf8();
    let key = |(n, kind): &(&str, RecordType)| *n == name && *kind == query.query_type();
    let manner = zone
        .iter()
        .find(|(k, _)| key(k))
        .map(|(_, manner)| manner)?;
    let mut message = Message::response(question.metadata.id, question.metadata.op_code);
    message.metadata.message_type = MessageType::Response;
    message.metadata.recursion_available = true;
    message.add_query(query.clone());
    match manner {
        Manner::Records(records) => add(&mut message, &query, records),
        Manner::Truncated(records) if udp => {
            add(&mut message, &query, &records[..1]);
            message.metadata.truncation = true;
        }
        Manner::Truncated(records) => add(&mut message, &query, records),
        Manner::Nobody(code, with_soa) => {
            message.metadata.response_code = *code;
            if *with_soa {
                let zone = Name::from_ascii("test.").unwrap();
                let soa = SOA::new(zone.clone(), zone.clone(), 1, 60, 60, 60, 60);
                message.add_authority(Record::from_rdata(zone, 60, RData::SOA(soa)));
            }
        }
        Manner::Fails => message.metadata.response_code = ResponseCode::ServFail,
        Manner::Silent => return None,
        Manner::Garbage => {
            let mut bytes = message.to_vec().unwrap();
            bytes.truncate(2);
            bytes.extend([0xff; 40]);
            return Some(bytes);
        }
    }
    Some(message.to_vec().unwrap())
}

fn add(message: &mut Message, query: &Query, records: &[RData]) {
    for data in records {
        // A long time to live, of which nothing may come.
        let record = Record::from_rdata(query.name().clone(), 86_400, data.clone());
        message.add_answer(record);
    }
}

fn v4(last: u8) -> RData {
    RData::A(A(Ipv4Addr::new(10, 0, 0, last)))
}

fn v6(text: &str) -> RData {
    RData::AAAA(AAAA(text.parse().unwrap()))
}

fn srv(target: &str, port: u16) -> RData {
    RData::SRV(SRV::new(1, 1, port, Name::from_utf8(target).unwrap()))
}

fn texts(found: &BTreeSet<Addr>) -> Vec<&str> {
    found.iter().map(Addr::as_str).collect()
}

const NO_DATA: Manner = Manner::Nobody(ResponseCode::NoError, true);

#[tokio::test]
async fn both_families_are_found_and_nothing_is_cached() {
    let zone = Zone::from([
        (
            ("les.test.", RecordType::A),
            Manner::Records(vec![v4(1), v4(2)]),
        ),
        (
            ("les.test.", RecordType::AAAA),
            Manner::Records(vec![v6("2001:db8::1")]),
        ),
    ]);
    let server = Server::start(zone).await;
    let dns = server.dns();
    for round in 1..=2 {
        let found = dns.hosts("les.test", 4000).await.unwrap();
        let expected = ["10.0.0.1:4000", "10.0.0.2:4000", "[2001:db8::1]:4000"];
        assert_eq!(texts(&found.named), expected);
        assert_eq!(server.asked(RecordType::A), round);
    }
}

#[tokio::test]
async fn a_family_without_an_answer_does_not_hide_the_other_one() {
    for (manner, whole) in [
        (NO_DATA, true),
        (Manner::Fails, false),
        (Manner::Silent, false),
    ] {
        let zone = Zone::from([
            (("les.test.", RecordType::A), Manner::Records(vec![v4(1)])),
            (("les.test.", RecordType::AAAA), manner),
        ]);
        let dns = Server::start(zone).await.dns();
        let found = dns.hosts("les.test.", 4000).await.unwrap();
        assert_eq!(texts(&found.named), ["10.0.0.1:4000"]);
        assert_eq!(found.whole, whole, "only an answer leaves somebody out");
    }
}

#[tokio::test]
async fn nobody_is_what_the_zone_itself_says_and_nothing_else() {
    let nobody = Manner::Nobody(ResponseCode::NXDomain, true);
    let made_up = Manner::Nobody(ResponseCode::NXDomain, false);
    for (v4, v6, is_nobody) in [
        (nobody.clone(), nobody.clone(), true),
        (NO_DATA, NO_DATA, true),
        (made_up, nobody.clone(), false),
        (Manner::Nobody(ResponseCode::NoError, false), NO_DATA, false),
        (Manner::Fails, nobody.clone(), false),
        (Manner::Garbage, nobody.clone(), false),
        (nobody, Manner::Silent, false),
    ] {
        let what = format!("{v4:?}, {v6:?}");
        let zone = Zone::from([
            (("les.test.", RecordType::A), v4),
            (("les.test.", RecordType::AAAA), v6),
        ]);
        let dns = Server::start(zone).await.dns();
        let found = dns.hosts("les.test.", 4000).await;
        assert_eq!(
            found.is_ok_and(|answer| answer.named.is_empty()),
            is_nobody,
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_truncated_answer_is_completed_over_tcp() {
    let records: Vec<RData> = (1..=200).map(v4).collect();
    let zone = Zone::from([
        (("les.test.", RecordType::A), Manner::Truncated(records)),
        (("les.test.", RecordType::AAAA), NO_DATA),
    ]);
    let found = Server::start(zone).await.dns().hosts("les.test.", 1).await;
    assert_eq!(found.unwrap().named.len(), 200);
}

#[tokio::test]
async fn a_name_that_stands_for_another_is_followed() {
    let alias = RData::CNAME(CNAME(Name::from_utf8("real.test.").unwrap()));
    let zone = Zone::from([
        (("les.test.", RecordType::A), Manner::Records(vec![alias])),
        (("les.test.", RecordType::AAAA), NO_DATA),
        (("real.test.", RecordType::A), Manner::Records(vec![v4(7)])),
        (("real.test.", RecordType::AAAA), NO_DATA),
    ]);
    let found = Server::start(zone).await.dns().hosts("les.test.", 1).await;
    assert_eq!(texts(&found.unwrap().named), ["10.0.0.7:1"]);
}

#[tokio::test]
async fn srv_records_bring_ports_and_an_unknown_target_is_named() {
    let records = vec![
        srv("a.test.", 4001),
        srv("b.test.", 4002),
        srv("later.test.", 4003),
        srv("gone.test.", 4004),
        srv(".", 4005),
        srv("a.test.", 0),
    ];
    let gone = Manner::Nobody(ResponseCode::NXDomain, true);
    let zone = Zone::from([
        (
            ("_les._tcp.test.", RecordType::SRV),
            Manner::Records(records),
        ),
        (("a.test.", RecordType::A), Manner::Records(vec![v4(1)])),
        (("a.test.", RecordType::AAAA), NO_DATA),
        (("b.test.", RecordType::A), NO_DATA),
        (
            ("b.test.", RecordType::AAAA),
            Manner::Records(vec![v6("fd00::2")]),
        ),
        (("later.test.", RecordType::A), Manner::Fails),
        (("later.test.", RecordType::AAAA), Manner::Fails),
        (("gone.test.", RecordType::A), gone.clone()),
        (("gone.test.", RecordType::AAAA), gone.clone()),
        (("_no._tcp.test.", RecordType::SRV), gone),
        (("_bad._tcp.test.", RecordType::SRV), Manner::Fails),
    ]);
    let dns = Server::start(zone).await.dns();
    let found = dns.service("_les._tcp.test").await.unwrap();
    let expected = ["10.0.0.1:4001", "[fd00::2]:4002", "later.test:4003"];
    assert_eq!(texts(&found.named), expected);
    assert!(dns.service("_no._tcp.test").await.unwrap().named.is_empty());
    assert!(dns.service("_bad._tcp.test").await.is_err());
}

#[tokio::test]
async fn a_silent_server_is_given_up_and_named() {
    let dns = Server::start(Zone::new()).await.dns();
    let failure = dns.hosts("les.test.", 1).await.unwrap_err();
    let text = crate::words::chain(&failure);
    assert!(text.contains("les.test"), "{text}");
    assert!(dns.service("_les._tcp.test.").await.is_err());
}
