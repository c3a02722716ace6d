//! `les preset try --assign`: the address comes to this machine and goes back to whoever held it, whatever happens between.

use std::io;
use std::time::Duration;

use les_provider::{ErrorKind, Observation, ProviderError, Target};

use super::interrupt::Interrupt;
use super::try_::{Trial, refused, say};

/// How often the way back is tried: a cloud that is busy, throttles or stumbles does so for seconds.
const ATTEMPTS: u32 = 6;

/// Between two attempts at least.
const PAUSE: Duration = Duration::from_secs(2);

/// Between two attempts at most, whatever the cloud wishes: a person is waiting.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How long a move of which nobody knows whether the cloud has heard is waited for at most: late ones were seen to land within seconds.
const LANDING: Duration = Duration::from_secs(5);

/// How it ended.
pub(super) enum End {
    /// There, and back.
    Done,
    /// The cloud refused something.
    Failed,
    /// Back, because of a signal; the exit code that shells have for it.
    Interrupted(u8),
}

/// An address on its way.
pub(super) struct Trip<'a> {
    trial: Trial<'a>,
    me: Target,
    /// As it was read before anything was done.
    before: Observation,
    /// Nobody knows whether the cloud has heard of the move here, and no reading has shown it: it may still land.
    unsure: bool,
    interrupt: Interrupt,
}

impl<'a> Trip<'a> {
    /// Says what will be done, and listens for signals from now on.
    pub(super) fn begin(trial: Trial<'a>, me: Target, before: Observation) -> io::Result<Self> {
        let address = &trial.address;
        let from = name(before.holder.as_ref());
        let keep = trial.args.keep;
        let back = match (&before.holder, keep) {
            (_, true) => "stays there".to_owned(),
            (Some(holder), _) => format!("goes back to {holder}, and is read again"),
            (None, _) => "is freed again, and read".to_owned(),
        };
        say(&format!(
            "--assign: {address} goes from {from} to {me} (this machine), is read, and {back}."
        ));
        say("Nodes of les that keep this address would move it meanwhile: stop them first.");
        let advice = advice(&trial, &me, before.holder.as_ref());
        let then = if keep {
            "it stays where that puts the address"
        } else {
            say(&advice);
            "then the address goes back (once more: it stays where it is)"
        };
        say("");
        let first = format!("interrupted: the call in flight comes to its end, {then}");
        Ok(Self {
            interrupt: Interrupt::install(first, advice)?,
            trial,
            me,
            before,
            unsure: false,
        })
    }

    pub(super) async fn run(mut self) -> End {
        let (confirmed, seen) = self.there().await;
        let arrived = confirmed && seen.as_ref().is_some_and(|seen| self.is_here(seen));
        let restored = self.trial.args.keep || self.back(seen).await;
        if !restored {
            say(&advice(&self.trial, &self.me, self.before.holder.as_ref()));
        }
        match self.interrupt.code() {
            _ if !restored => End::Failed,
            Some(code) => End::Interrupted(code),
            None if arrived => End::Done,
            None => End::Failed,
        }
    }

    /// Moves the address here. Whether the cloud confirms the move, and what it shows then.
    async fn there(&mut self) -> (bool, Option<Observation>) {
        let Trial {
            provider, address, ..
        } = &self.trial;
        let moved = provider.assign(address, &self.me, Some(&self.before)).await;
        if let Err(error) = &moved {
            refused("the move", error);
            if error.kind == ErrorKind::MaybeApplied {
                say(
                    "The cloud may still carry the move out, and the reading that follows may be too early to show it.\n",
                );
                self.unsure = true;
                let landing = provider.seen_within(address).min(LANDING);
                self.settle(landing).await;
            }
        }
        self.settle(Duration::ZERO).await;
        let seen = self.observe().await;
        if moved.is_ok() && seen.as_ref().is_some_and(|seen| !self.is_here(seen)) {
            say(
                "The cloud confirmed the move, and does not show it: is the confirmation only that of its beginning?\n",
            );
        }
        (moved.is_ok(), seen)
    }

    async fn observe(&mut self) -> Option<Observation> {
        let seen = self.trial.observe().await;
        if seen.as_ref().is_some_and(|seen| self.is_here(seen)) {
            self.unsure = false;
        }
        seen
    }

    fn is_here(&self, seen: &Observation) -> bool {
        seen.holder.as_ref() == Some(&self.me)
    }

    /// Brings the address back from where it is `now`. Whether it is where it was, and stays there.
    async fn back(&mut self, mut now: Option<Observation>) -> bool {
        for _ in 0..ATTEMPTS {
            let mut pause = PAUSE;
            match now {
                Some(seen) if self.is_back(&seen) => return self.stays(),
                Some(seen) if self.is_taken(&seen) => {
                    let holder = name(seen.holder.as_ref());
                    say(&format!(
                        "{holder} has taken the address meanwhile: it is left there."
                    ));
                    return false;
                }
                Some(seen) if !seen.busy => match self.bring_back(&seen).await {
                    Ok(()) => pause = Duration::ZERO,
                    Err(error) => {
                        refused("the way back", &error);
                        if is_final(&error) {
                            return false;
                        }
                        pause = pause_after(&error);
                    }
                },
                Some(_) | None => {}
            }
            self.settle(pause).await;
            now = self.observe().await;
        }
        now.is_some_and(|seen| self.is_back(&seen)) && self.stays()
    }

    /// Whether an address that reads as back will stay there, and says so.
    fn stays(&self) -> bool {
        let (address, me) = (&self.trial.address, &self.me);
        if self.unsure {
            let holder = name(self.before.holder.as_ref());
            say(&format!(
                "{address} reads as held by {holder}, as before. The move to {me} was never seen, and may still land: read it again later."
            ));
        } else {
            say(&format!("{address} is where it was."));
        }
        !self.unsure
    }

    fn is_back(&self, now: &Observation) -> bool {
        now.holder == self.before.holder && !now.busy
    }

    fn is_taken(&self, now: &Observation) -> bool {
        let known = [Some(&self.me), self.before.holder.as_ref()];
        now.holder.is_some() && !known.contains(&now.holder.as_ref())
    }

    async fn bring_back(&self, now: &Observation) -> Result<(), ProviderError> {
        let Trial {
            provider, address, ..
        } = &self.trial;
        match &self.before.holder {
            Some(holder) => provider.assign(address, holder, Some(now)).await,
            None => provider.release(address, &self.me).await,
        }
    }

    /// Until readings tell the truth, and for `pause` at least. A signal ends what is longer than that.
    async fn settle(&mut self, pause: Duration) {
        let settle = self.trial.provider.capabilities().settle;
        tokio::time::sleep(settle).await;
        let more = tokio::time::sleep(pause.saturating_sub(settle));
        if self.interrupt.code().is_none() {
            tokio::select! {
                () = more => {}
                () = self.interrupt.came() => {}
            }
        } else {
            more.await;
        }
    }
}

fn name(holder: Option<&Target>) -> String {
    holder.map_or_else(|| "nobody".to_owned(), |holder| holder.0.clone())
}

/// How a person brings the address back.
fn advice(trial: &Trial<'_>, me: &Target, before: Option<&Target>) -> String {
    let address = &trial.address;
    match before {
        Some(holder) => {
            let command = trial.args.command_to(address, &holder.0);
            format!("If it does not go back to {holder}, this brings it there: {command}")
        }
        None => format!(
            "If it is not freed, take {address} from {me} in the cloud's console: nobody held it before."
        ),
    }
}

fn pause_after(error: &ProviderError) -> Duration {
    match error.kind {
        ErrorKind::Throttled {
            retry_after: Some(wish),
        } => wish.clamp(PAUSE, LONGEST_PAUSE),
        _ => PAUSE,
    }
}

/// Asking again will not help.
const fn is_final(error: &ProviderError) -> bool {
    matches!(
        error.kind,
        ErrorKind::Denied | ErrorKind::NotFound | ErrorKind::Misconfigured
    )
}
