//! The whole measurement: which systems, in which order, beside what load.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use crate::args::{Fault, Kind, Load, Measure};
use crate::aws;
use crate::cluster::Cluster;
use crate::lane::{self, Samples};
use crate::load::BusyLoops;
use crate::report::{Report, Row};
use crate::rest;
use crate::sandbox;
use crate::site::Site;
use crate::system::{KEEPALIVED, Subject};

/// How often keepalived says that it is there: its default, and as often as is usual where it shall be quick.
const ADVERTS: [Duration; 2] = [Duration::from_secs(1), Duration::from_millis(100)];

/// What everything that is measured needs.
pub(crate) struct Bench {
    pub(crate) args: Measure,
    directory: PathBuf,
    sites: AtomicU8,
}

impl Bench {
    pub(crate) fn new(args: Measure) -> Self {
        let directory = if args.inside {
            // A file system of the bench's own.
            PathBuf::from("/run/les-bench")
        } else {
            std::env::temp_dir().join(format!("les-bench-{}", std::process::id()))
        };
        Self {
            args,
            directory,
            sites: AtomicU8::new(0),
        }
    }

    /// Starts a cluster on a new site.
    pub(crate) async fn cluster(&self, subject: &Subject) -> Result<Cluster> {
        // Wraps: the first of 256 sites is gone by then.
        let number = self.sites.fetch_add(1, Ordering::Relaxed);
        let site = if self.args.inside {
            Site::in_namespaces(number, self.args.nodes)?
        } else {
            Site::on_loopback(self.args.nodes)?
        };
        let name = format!("{}-{number}", subject.name().replace(' ', "-"));
        Cluster::start(subject, &self.args, site, self.directory.join(name)).await
    }

    /// Measures everything; what is known so far is written as often as something is added to it.
    pub(crate) async fn run(self) -> Result<()> {
        let bench = Arc::new(self);
        let mut report = Report::new(&bench.args);
        let subjects = bench.subjects(&mut report);
        let faults = bench.faults(&mut report);
        for &load in &bench.args.loads {
            let _busy = BusyLoops::start(load, bench.args.inside)?;
            if load == Load::Idle {
                bench.rest(&subjects, &mut report).await?;
            }
            for subject in &subjects {
                for some in subject.side_by_side(&faults) {
                    report.rows.extend(bench.lanes(subject, &some, load).await?);
                    bench.write(&report)?;
                }
            }
        }
        print!("{report}");
        Ok(())
    }

    /// All of these faults, side by side.
    async fn lanes(
        self: &Arc<Self>,
        subject: &Subject,
        faults: &[Fault],
        load: Load,
    ) -> Result<Vec<Row>> {
        let mut lanes: JoinSet<(Fault, Samples)> = JoinSet::new();
        for &fault in faults {
            let clusters = subject.clusters();
            for number in 0..clusters {
                let rounds = (self.args.rounds + number) / clusters;
                let (bench, subject) = (Arc::clone(self), subject.clone());
                let label = format!("{}, {}, {}", subject.name(), load.name(), fault.name());
                lanes.spawn(async move {
                    let samples = lane::run(bench, subject, fault, rounds, label).await;
                    (fault, samples)
                });
            }
        }
        let row = |&fault| Row {
            subject: subject.clone(),
            load,
            fault,
            samples: Samples::default(),
        };
        let mut rows: Vec<Row> = faults.iter().map(row).collect();
        while let Some(lane) = lanes.join_next().await {
            let (fault, samples) = lane.context("a measurement broke down")?;
            let row = rows.iter_mut().find(|row| row.fault == fault);
            row.context("a fault that nobody asked for")?
                .samples
                .add(samples);
        }
        Ok(rows)
    }

    async fn rest(self: &Arc<Self>, subjects: &[Subject], report: &mut Report) -> Result<()> {
        for subject in subjects {
            eprintln!("{}: at rest for {:?}", subject.name(), rest::WATCHED);
            match rest::measure(Arc::clone(self), subject.clone()).await {
                Ok(at_rest) => report.at_rest.push((subject.name(), at_rest)),
                Err(error) => report.leave_out(format!("{} at rest: {error:#}", subject.name())),
            }
        }
        eprintln!("les with AWS: at rest for {:?}", rest::WATCHED);
        match aws::at_rest(&self.args.les).await {
            Ok(Some(at_rest)) => report.at_rest.push(("les, AWS in use".to_owned(), at_rest)),
            Ok(None) => {
                report.leave_out("AWS at rest: moto is not installed (tests/setup.sh)".to_owned());
            }
            Err(error) => report.leave_out(format!("AWS at rest: {error:#}")),
        }
        self.write(report)
    }

    /// What can be measured here.
    fn subjects(&self, report: &mut Report) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for &kind in &self.args.systems {
            match self.why_not(kind) {
                Some(reason) => report.leave_out(reason.to_owned()),
                None => subjects.extend(self.settings(kind)),
            }
        }
        subjects
    }

    /// A system in each setting in which it is measured.
    fn settings(&self, kind: Kind) -> Vec<Subject> {
        match kind {
            Kind::Les => {
                let profiles = self.args.profiles.iter().cloned();
                profiles.map(|profile| Subject::Les { profile }).collect()
            }
            Kind::Keepalived => ADVERTS
                .map(|advert| Subject::Keepalived { advert })
                .to_vec(),
            Kind::Reference => vec![Subject::Reference],
        }
    }

    fn why_not(&self, kind: Kind) -> Option<&'static str> {
        match kind {
            Kind::Keepalived if !self.args.inside => {
                Some("keepalived: it needs network namespaces")
            }
            Kind::Keepalived if !sandbox::is_installed(KEEPALIVED) => Some(
                "keepalived: it is not installed (apt-get install --no-install-recommends keepalived)",
            ),
            Kind::Reference if self.args.reference.is_none() => {
                Some("the reference node: its path was not given (make bench REFERENCE=PATH)")
            }
            Kind::Les | Kind::Keepalived | Kind::Reference => None,
        }
    }

    fn faults(&self, report: &mut Report) -> Vec<Fault> {
        let mut faults = self.args.faults.clone();
        if !self.args.inside && faults.contains(&Fault::BlackHole) {
            faults.retain(|fault| *fault != Fault::BlackHole);
            report.leave_out("the black hole: it needs network namespaces".to_owned());
        }
        faults
    }

    fn write(&self, report: &Report) -> Result<()> {
        let Some(path) = &self.args.write else {
            return Ok(());
        };
        std::fs::write(path, report.to_string())
            .with_context(|| format!("{} cannot be written", path.display()))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
