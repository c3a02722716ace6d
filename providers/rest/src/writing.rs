//! Moving and freeing an address: the preset's steps, with a look at the address where they need one.

use std::time::Duration;

use les_provider::{ErrorKind, Observation, Operation, Target};
use minijinja::{Value, context};

use crate::api::Api;
use crate::course::Course;
use crate::failure::{CallError, failed, pause_after};
use crate::preset::{Deed, NEEDS_READING, Procedure, Wait};
use crate::reading::{Place, Reading};

/// One write.
pub(crate) struct Write<'a> {
    pub(crate) api: &'a Api,
    pub(crate) operation: Operation,
    pub(crate) place: Place<'a>,
    /// To whom it goes, or from whom it is taken.
    pub(crate) target: &'a Target,
    /// The reading that the caller goes by.
    pub(crate) seen: Option<&'a Observation>,
}

impl Write<'_> {
    /// Does all steps. An error that says "no effect" is true of the whole: what fails after a step had its effect is told as ambiguous.
    pub(crate) async fn run(&self, procedure: &Procedure) -> Result<(), CallError> {
        let version = self.seen.and_then(|seen| seen.version.as_deref());
        let names = context! {
            target => &self.target.0,
            version => version.map_or(Value::UNDEFINED, Value::from),
            ..self.place.names()
        };
        let mut course = Course::new(self.api, self.operation, &names);
        let mut before = self.seen.map(|seen| seen.holder.clone());
        if procedure.needs(NEEDS_READING) {
            let reading = self.place.read(self.api, self.operation).await?;
            if self.is_settled(&reading)? {
                return Ok(());
            }
            course.know(reading.names());
            before = Some(reading.observation.holder);
        }
        let count = procedure.0.len();
        for (index, step) in procedure.0.iter().enumerate() {
            let done = match &step.deed {
                Deed::Ask(ask) => course.step(step, ask).await.map(drop),
                Deed::Wait(_)
                    if step
                        .when
                        .as_ref()
                        .is_some_and(|when| !when.holds(&course.names())) =>
                {
                    Ok(())
                }
                Deed::Wait(wait) => self.wait(&mut course, wait, before.as_ref()).await,
            };
            done.map_err(|error| after(error, course.writes, index + 1, count))?;
        }
        if course.writes == 0 {
            let message =
                "the preset sent nothing: the conditions (`when`) of all steps that write failed";
            return Err(
                failed(self.operation, ErrorKind::Misconfigured, message.to_owned()).into(),
            );
        }
        Ok(())
    }

    /// Whether a reading just before the write shows that there is nothing to do.
    fn is_settled(&self, reading: &Reading) -> Result<bool, CallError> {
        let now = &reading.observation;
        let refused = |kind, message: String| Err(failed(self.operation, kind, message).into());
        if now.busy {
            let message = "the cloud is at work on the address".to_owned();
            return refused(ErrorKind::InProgress, message);
        }
        if self.operation == Operation::Assign && now.holder.as_ref() == Some(self.target) {
            return Ok(true);
        }
        // The licence was for another holder: nobody newer is cut off by mistake.
        match self.seen {
            Some(seen) if seen.holder != now.holder => {
                let name = |holder: &Option<Target>| {
                    holder.as_ref().map_or("nobody".to_owned(), |h| h.0.clone())
                };
                let message = format!(
                    "the address was held by {} and is held by {} now",
                    name(&seen.holder),
                    name(&now.holder)
                );
                refused(ErrorKind::Conflict, message)
            }
            _ => Ok(false),
        }
    }

    /// `before`: who held the address when the write began; `None` if nobody has looked.
    async fn wait(
        &self,
        course: &mut Course<'_>,
        wait: &Wait,
        before: Option<&Option<Target>>,
    ) -> Result<(), CallError> {
        let watching = self.watch(course, wait, before);
        let ended = tokio::time::timeout(wait.deadline, watching).await;
        ended.unwrap_or_else(|_| {
            let waited = humantime::format_duration(wait.deadline);
            let message = format!("the address is not as the preset waits for after {waited}");
            Err(failed(self.operation, ErrorKind::InProgress, message).into())
        })
    }

    async fn watch(
        &self,
        course: &mut Course<'_>,
        wait: &Wait,
        before: Option<&Option<Target>>,
    ) -> Result<(), CallError> {
        let mut pause = Duration::ZERO;
        loop {
            tokio::time::sleep(pause).await;
            pause = wait.interval;
            match self.place.read(self.api, self.operation).await {
                Ok(reading) => {
                    self.check_rival(&reading, before)?;
                    course.know(reading.names());
                    if wait.until.holds(&course.names()) {
                        return Ok(());
                    }
                }
                Err(error) => match pause_after(error.error.kind, wait.interval) {
                    Some(longer) => pause = longer,
                    None => return Err(error),
                },
            }
        }
    }
}

impl Write<'_> {
    /// Somebody else took the address between two steps: it is left there.
    fn check_rival(
        &self,
        reading: &Reading,
        before: Option<&Option<Target>>,
    ) -> Result<(), CallError> {
        // Whoever is read then may be the one that held it before: a reading can be old.
        let Some(before) = before else { return Ok(()) };
        let holder = reading.observation.holder.as_ref();
        match holder.filter(|holder| *holder != self.target && Some(*holder) != before.as_ref()) {
            None => Ok(()),
            Some(rival) => {
                let message =
                    format!("{rival} took the address between two steps, and is left alone");
                Err(failed(self.operation, ErrorKind::Conflict, message).into())
            }
        }
    }
}

/// An error in step `number` of `count`, after `writes` requests that may have changed something.
fn after(mut error: CallError, writes: u32, number: usize, count: usize) -> CallError {
    let told = &mut error.error;
    // A rival's address was just read: nothing about it is unknown.
    let rival = told.kind == ErrorKind::Conflict && error.status.is_none();
    if writes == 0 || rival || told.kind == ErrorKind::MaybeApplied {
        return error;
    }
    told.message = format!(
        "step {number} of {count} failed after an earlier one had its effect, and nobody may hold the address now: {}",
        told.message
    );
    // What a person has to mend, and how long to stay away, is still told as that.
    if matches!(
        told.kind,
        ErrorKind::Transient | ErrorKind::Unreachable | ErrorKind::InProgress | ErrorKind::Conflict
    ) {
        told.kind = ErrorKind::MaybeApplied;
    }
    error
}
