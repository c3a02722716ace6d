//! Requests, one after another: how a preset reads, moves, finds.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderName;

use crate::template::{Expression, PathTemplate, TextTemplate};

/// Steps in their order; never empty.
#[derive(Clone, Debug)]
pub(crate) struct Procedure(pub(crate) Vec<Step>);

/// One step.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// What later steps call its value: `found.NAME`.
    pub(crate) name: Option<String>,
    /// It is left out unless this holds.
    pub(crate) when: Option<Expression>,
    /// It is done once for each of these, called `item`.
    pub(crate) for_each: Option<Expression>,
    pub(crate) deed: Deed,
}

/// What a step does.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Ask(Box<Ask>),
    Wait(Wait),
}

/// A request and what is taken from its answer.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) server: Server,
    pub(crate) request: Request,
    /// What is taken; without it, the body.
    pub(crate) value: Option<Expression>,
    /// What names the next page, a number or a cursor; `none` and `""`: this was the last.
    pub(crate) next_page: Option<Expression>,
    /// Its answer begins a job, where the preset has jobs.
    pub(crate) action: bool,
    /// Its value is a secret: no exchange with it is shown.
    pub(crate) secret: bool,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// The cloud's API, with credentials.
    Api,
    /// The machine's metadata service, without any.
    Metadata,
}

/// One HTTP request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: PathTemplate,
    pub(crate) headers: Vec<(HeaderName, TextTemplate)>,
    pub(crate) body: Body,
    /// Instead of the preset's `request_timeout`.
    pub(crate) timeout: Option<Duration>,
}

/// What a request carries.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Empty,
    /// The value as JSON.
    Json(Expression),
    /// A mapping, as a web form.
    Form(Expression),
}

/// Reads the address again until something holds.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    pub(crate) until: Expression,
    pub(crate) interval: Duration,
    pub(crate) deadline: Duration,
}

impl Procedure {
    /// Whether any step but a wait needs one of these names.
    pub(crate) fn needs(&self, names: &[&str]) -> bool {
        self.0
            .iter()
            .any(|step| names.iter().any(|name| step.needs(name)))
    }

    /// How long the requests, the waits and the jobs of writing requests take at most, one after another. What is done once for each of
    /// several things counts once: how many there are is not known.
    pub(crate) fn longest(&self, request_timeout: Duration, job: Duration) -> Duration {
        let each = self.0.iter().map(|step| match &step.deed {
            Deed::Wait(wait) => wait.deadline,
            Deed::Ask(ask) => {
                let begins_job = ask.action && ask.request.method != Method::GET;
                let asked = ask.request.timeout.unwrap_or(request_timeout);
                asked + if begins_job { job } else { Duration::ZERO }
            }
        });
        each.sum()
    }
}

impl Step {
    fn needs(&self, name: &str) -> bool {
        let conditions = [&self.when, &self.for_each];
        conditions.into_iter().flatten().any(|e| e.uses(name))
            || match &self.deed {
                Deed::Wait(_) => false,
                Deed::Ask(ask) => ask.request.uses(name),
            }
    }
}

impl Request {
    fn uses(&self, name: &str) -> bool {
        let body = match &self.body {
            Body::Empty => false,
            Body::Json(value) | Body::Form(value) => value.uses(name),
        };
        body || self.path.uses(name) || self.headers.iter().any(|(_, text)| text.uses(name))
    }
}
