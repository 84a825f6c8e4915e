//! A mail server that does what a script says: the conversation goes over a real socket.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// What the server does with the next mail to an address.
#[derive(Clone, Debug)]
pub enum Act {
    /// Takes it.
    Accept,
    /// Answers RCPT with this line.
    AtRecipient(&'static str),
    /// Takes the content, then answers with this line.
    AfterContent(&'static str),
    /// Hangs up when the recipient is named.
    DropAtRecipient,
    /// Hangs up after the content, without a word.
    DropAfterContent,
    /// Takes the content and never answers.
    Stall,
    /// Takes the content and repeats it in its answer.
    Echo,
}

/// A mail that the server saw the whole content of.
#[derive(Clone, Debug)]
pub struct Received {
    pub to: String,
    pub data: String,
}

impl Received {
    /// A header's value, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self
            .data
            .split("\r\n\r\n")
            .next()?
            .replace("\r\n ", " ")
            .replace("\r\n\t", " ");
        head.split("\r\n")
            .find_map(|l| l.strip_prefix(&format!("{name}: ")).map(str::to_owned))
    }

    /// The value that stands alone on its line after `label`.
    pub fn value(&self, label: &str) -> Option<String> {
        self.data
            .lines()
            .find_map(|l| l.strip_prefix(label).map(|v| v.trim().to_owned()))
    }

    /// The temporary password, of mail 2 in Italian.
    pub fn password(&self) -> Option<String> {
        self.value("Password temporanea:")
    }

    /// The PIN, of mail 1.
    pub fn pin(&self) -> Option<String> {
        self.value("PIN:")
    }
}

/// When the conversation is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encrypted {
    FromTheStart,
    AfterStartTls,
}

/// An authority of a house's own, and a server with its certificate for 127.0.0.1.
#[derive(Clone)]
struct Tls {
    when: Encrypted,
    acceptor: TlsAcceptor,
}

impl Tls {
    /// The TLS side of a server, and its authority's certificate.
    fn new(when: Encrypted) -> (Self, String) {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut authority = rcgen::CertificateParams::default();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let pem = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(["127.0.0.1".to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        (Self { when, acceptor }, pem)
    }
}

/// A connection, in the clear or not.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}
type Line = BufReader<Box<dyn Wire>>;

/// Name and password that the server asks for: `cantone` and this.
pub const PASSWORD: &str = "p@rola d'ordine";

#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    tls: Option<Tls>,
    asks_password: bool,
    /// Mails that came over an encrypted connection.
    encrypted: Arc<AtomicU32>,
    received: Arc<Mutex<Vec<Received>>>,
    script: Arc<Mutex<HashMap<String, VecDeque<Act>>>>,
    /// Connections to hang up on before a word is said.
    refuse: Arc<AtomicU32>,
}

impl Server {
    pub async fn start() -> Self {
        Self::listen(None).await
    }

    /// A server that speaks TLS and asks for a password, and its authority's certificate.
    pub async fn secured(when: Encrypted) -> (Self, String) {
        let (tls, authority) = Tls::new(when);
        (Self::listen(Some(tls)).await, authority)
    }

    async fn listen(tls: Option<Tls>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            asks_password: tls.is_some(),
            tls,
            encrypted: Arc::default(),
            received: Arc::default(),
            script: Arc::default(),
            refuse: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move {
                    let _ = serving.meet(Box::new(stream)).await;
                });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What happens to the next mails to an address, one act a mail; then they are taken.
    pub fn script(&self, to: &str, acts: &[Act]) {
        self.script
            .lock()
            .unwrap()
            .entry(to.to_owned())
            .or_default()
            .extend(acts.iter().cloned());
    }

    /// Hangs up on the next connections.
    pub fn refuse(&self, connections: u32) {
        self.refuse.store(connections, Ordering::SeqCst);
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub fn to(&self, address: &str) -> Vec<Received> {
        self.received()
            .into_iter()
            .filter(|m| m.to == address)
            .collect()
    }

    fn next(&self, to: &str) -> Act {
        self.script
            .lock()
            .unwrap()
            .get_mut(to)
            .and_then(VecDeque::pop_front)
            .unwrap_or(Act::Accept)
    }

    /// How many mails came over an encrypted connection.
    pub fn encrypted(&self) -> u32 {
        self.encrypted.load(Ordering::SeqCst)
    }

    async fn meet(&self, stream: Box<dyn Wire>) -> std::io::Result<()> {
        if self
            .refuse
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
            .is_ok()
        {
            return Ok(());
        }
        let (mut stream, secured) = match &self.tls {
            Some(tls) if tls.when == Encrypted::FromTheStart => (secure(tls, stream).await?, true),
            _ => (BufReader::new(stream), false),
        };
        say(&mut stream, "220 scripted.example ESMTP").await?;
        self.talk(stream, secured).await
    }

    async fn talk(&self, mut stream: Line, mut secured: bool) -> std::io::Result<()> {
        let mut known = !self.asks_password;
        let mut act = Act::Accept;
        let mut to = String::new();
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let command = line.trim_end().to_owned();
            let verb = command
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" | "HELO" => {
                    let mut offers = vec!["250-scripted.example"];
                    if self.tls.is_some() && !secured {
                        offers.push("250-STARTTLS");
                    }
                    if self.asks_password && secured {
                        offers.push("250-AUTH PLAIN");
                    }
                    offers.push("250 8BITMIME");
                    say(&mut stream, &offers.join("\r\n")).await?;
                }
                "STARTTLS" if !secured && let Some(tls) = &self.tls => {
                    say(&mut stream, "220 2.0.0 Go on").await?;
                    stream = secure(tls, stream.into_inner()).await?;
                    secured = true;
                }
                "AUTH" => {
                    let expected = BASE64_STANDARD.encode(format!("\0cantone\0{PASSWORD}"));
                    known = command == format!("AUTH PLAIN {expected}");
                    let answer = match known {
                        true => "235 2.7.0 Welcome",
                        false => "535 5.7.8 Name or password are not right",
                    };
                    say(&mut stream, answer).await?;
                }
                "MAIL" if !known => say(&mut stream, "530 5.7.0 Who are you?").await?,
                "MAIL" | "RSET" | "NOOP" => say(&mut stream, "250 2.0.0 Ok").await?,
                "RCPT" => {
                    to = command
                        .split(['<', '>'])
                        .nth(1)
                        .unwrap_or_default()
                        .to_owned();
                    act = self.next(&to);
                    match act {
                        Act::AtRecipient(answer) => say(&mut stream, answer).await?,
                        Act::DropAtRecipient => return Ok(()),
                        _ => say(&mut stream, "250 2.1.5 Ok").await?,
                    }
                }
                "DATA" => {
                    say(&mut stream, "354 End with <CR><LF>.<CR><LF>").await?;
                    let mut data = String::new();
                    loop {
                        line.clear();
                        if stream.read_line(&mut line).await? == 0 {
                            return Ok(());
                        }
                        if line == ".\r\n" {
                            break;
                        }
                        data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    }
                    let answer = match act {
                        Act::AfterContent(answer) => answer.to_owned(),
                        Act::Echo => {
                            format!("554 5.6.0 I do not like: {}", data.replace("\r\n", " "))
                        }
                        _ => "250 2.0.0 Ok: queued as 4F1".to_owned(),
                    };
                    self.encrypted
                        .fetch_add(u32::from(secured), Ordering::SeqCst);
                    self.received.lock().unwrap().push(Received {
                        to: to.clone(),
                        data,
                    });
                    match act {
                        Act::DropAfterContent => return Ok(()),
                        Act::Stall => std::future::pending().await,
                        _ => say(&mut stream, &answer).await?,
                    }
                }
                "QUIT" => {
                    say(&mut stream, "221 2.0.0 Bye").await?;
                    return Ok(());
                }
                _ => say(&mut stream, "502 5.5.2 What?").await?,
            }
        }
    }
}

async fn secure(tls: &Tls, stream: Box<dyn Wire>) -> std::io::Result<Line> {
    let stream: Box<dyn Wire> = Box::new(tls.acceptor.accept(stream).await?);
    Ok(BufReader::new(stream))
}

async fn say(stream: &mut Line, line: &str) -> std::io::Result<()> {
    stream
        .get_mut()
        .write_all(format!("{line}\r\n").as_bytes())
        .await?;
    stream.get_mut().flush().await
}
