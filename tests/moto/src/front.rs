//! What nodes talk to instead of moto itself: does as EC2 does where moto does not (the README lists it), shows faults, and counts.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use reqwest::Client;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::corrections::{self, Answer, Bound, Instead, Parameters, error};
use crate::ec2::{Hand, client};

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is refused with this status, code and message.
    Refused(u16, &'static str, &'static str),
    /// It works, so much later.
    Slow(Duration),
    /// It works once this is no more the fault of every such request.
    Held,
    /// No answer comes, and nothing happens.
    Lost,
    /// It works, and no answer comes.
    Unheard,
    /// No answer comes, and it works so much later.
    Late(Duration),
}

/// Whoever signs with this key is refused.
pub const REFUSED_KEY: &str = "AKIAREFUSED";

#[derive(Debug)]
struct Request {
    action: String,
    with: Parameters,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Debug, Default)]
struct Plan {
    queued: BTreeMap<String, VecDeque<Fault>>,
    standing: BTreeMap<String, Fault>,
    /// Every action that was asked, in order.
    asked: Vec<String>,
    /// Keys that are accepted no more.
    refused: Vec<String>,
    bound: Bound,
    /// Interfaces that belong to a service of AWS's.
    services: Vec<String>,
}

/// The proxy. It ends with the runtime that it was started on.
#[derive(Clone, Debug)]
pub struct Front {
    base: String,
    behind: String,
    hand: Hand,
    client: Client,
    plan: Arc<Mutex<Plan>>,
    checked: Arc<AtomicBool>,
    changed: Arc<Notify>,
}

impl Front {
    /// One before the EC2 of `behind`.
    pub async fn start(behind: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            behind: behind.to_owned(),
            hand: Hand::new(behind),
            client: client(),
            plan: Arc::default(),
            checked: Arc::default(),
            changed: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(front.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        front
    }

    /// Where it listens.
    #[must_use]
    pub fn base(&self) -> String {
        self.base.clone()
    }

    /// From now on this interface is attached to something of AWS's own, as a NAT gateway's is: moto makes no such ones.
    pub fn attach_to_service(&self, interface: &str) {
        self.plan().services.push(interface.to_owned());
    }

    /// From now on whoever signs with this key is refused.
    pub fn refuse(&self, key: &str) {
        self.plan().refused.push(key.to_owned());
    }

    fn refuses(&self, scope: &str) -> bool {
        let plan = self.plan();
        let mut keys = plan.refused.iter().map(String::as_str).chain([REFUSED_KEY]);
        keys.any(|key| scope.contains(&format!("Credential={key}/")))
    }

    /// Where the EC2 is that it passes requests on to.
    #[must_use]
    pub fn behind(&self) -> String {
        self.behind.clone()
    }

    /// The next request for this action meets this fault.
    pub fn inject(&self, action: &str, fault: Fault) {
        let mut plan = self.plan();
        plan.queued
            .entry(action.to_owned())
            .or_default()
            .push_back(fault);
    }

    /// Every request for this action (`*`: every one) meets this fault from now on; `None`: none does.
    pub fn set(&self, action: &str, fault: Option<Fault>) {
        let mut plan = self.plan();
        match fault {
            Some(fault) => plan.standing.insert(action.to_owned(), fault),
            None => plan.standing.remove(action),
        };
        self.changed.notify_waiters();
    }

    async fn freed(&self, action: &str) {
        loop {
            let changed = self.changed.notified();
            if self.plan().standing.get(action) != Some(&Fault::Held) {
                return;
            }
            changed.await;
        }
    }

    /// How often an action was asked.
    #[must_use]
    pub fn count(&self, action: &str) -> usize {
        let plan = self.plan();
        plan.asked.iter().filter(|asked| *asked == action).count()
    }

    /// Every action that was asked, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.plan().asked.clone()
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, action: &str) -> Option<Fault> {
        let mut plan = self.plan();
        plan.asked.push(action.to_owned());
        let queued = plan.queued.get_mut(action).and_then(VecDeque::pop_front);
        let standing = plan.standing.get(action).or(plan.standing.get("*"));
        queued.or_else(|| standing.cloned())
    }

    async fn answer(&self, request: Request) -> Answer {
        let scope = request.headers.get("authorization");
        let scope = scope.and_then(|value| value.to_str().ok());
        let fault = self.fault(&request.action);
        // moto accepts every credential while its authorisation is off.
        if scope.is_some_and(|scope| self.refuses(scope)) {
            let text = "AWS was not able to validate the provided access credentials";
            return error(401, "AuthFailure", text);
        }
        match fault {
            None => self.carry_out(&request).await,
            Some(Fault::Refused(status, code, message)) => error(status, code, message),
            Some(Fault::Slow(by)) => {
                tokio::time::sleep(by).await;
                self.carry_out(&request).await
            }
            Some(Fault::Held) => {
                self.freed(&request.action).await;
                self.carry_out(&request).await
            }
            Some(Fault::Lost) => std::future::pending().await,
            Some(Fault::Unheard) => {
                self.carry_out(&request).await;
                std::future::pending().await
            }
            Some(Fault::Late(by)) => {
                // The caller may hang up, which would end this handler.
                let front = self.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(by).await;
                    front.carry_out(&request).await
                });
                std::future::pending().await
            }
        }
    }

    async fn carry_out(&self, request: &Request) -> Answer {
        let Request { action, with, .. } = request;
        let before = self.unchecked(corrections::before(&self.hand, action, with));
        let (status, text) = match before.await {
            Some(Instead::Of(answer)) => return answer,
            Some(Instead::Found(found)) => match self.pass(request).await {
                refused @ (401 | 403, _) => refused,
                _ => (200, found),
            },
            None => self.pass(request).await,
        };
        if status == 403 {
            let (theirs, ec2s) = (
                "<Code>AccessDenied</Code>",
                "<Code>UnauthorizedOperation</Code>",
            );
            return (status, text.replace(theirs, ec2s));
        }
        if status != 200 {
            return (status, text);
        }
        self.unchecked(corrections::after(&self.hand, action, with))
            .await;
        match action.as_str() {
            "AssociateAddress" => self.plan().bound.note(with),
            "DescribeAddresses" => return (status, self.plan().bound.told(text)),
            "DescribeNetworkInterfaces" => {
                let services = self.plan().services.clone();
                return (status, corrections::of_services(&services, text));
            }
            _ => {}
        }
        (status, text)
    }

    /// Its own questions are nobody's to allow.
    async fn unchecked<T>(&self, ask: impl Future<Output = T>) -> T {
        let checked = self.checked.load(Ordering::Relaxed);
        if checked {
            self.hand.authorise(false).await;
        }
        let answer = ask.await;
        if checked {
            self.hand.authorise(true).await;
        }
        answer
    }

    /// From now on moto checks permissions, or not. With it the hand has none.
    pub async fn check_permissions(&self, checked: bool) {
        self.checked.store(checked, Ordering::Relaxed);
        self.hand.authorise(checked).await;
    }

    async fn pass(&self, request: &Request) -> Answer {
        let mut sent = self.client.post(format!("{}/", self.behind));
        for (name, value) in &request.headers {
            if name != "content-length" {
                sent = sent.header(name, value);
            }
        }
        let answer = sent.body(request.body.clone()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

async fn answer(State(front): State<Front>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let with: Parameters = form_urlencoded::parse(&body).into_owned().collect();
    let action = with.get("Action").cloned().unwrap_or_default();
    let request = Request {
        action,
        with,
        headers,
        body,
    };
    let (status, text) = front.answer(request).await;
    let answer = Response::builder().status(status);
    let answer = answer.header("content-type", "text/xml");
    answer.body(Body::from(text)).unwrap()
}
