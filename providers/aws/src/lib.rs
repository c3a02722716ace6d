//! AWS: what `les` moves on EC2, by the AWS SDK.
//!
//! Credentials and the region come from the SDK's own chain; the machine's interface and private address from the instance metadata service
//! (IMDSv2). Nothing is retried in here: the reconcile loop is the retry.

mod address;
mod clock;
mod discovery;
mod elastic;
mod failure;
mod holder;
mod identity;
mod ipv6;
mod options;
mod place;
mod private_ip;
mod provider;
mod rehearsal;
mod route;
mod session;
mod transport;

pub use address::check_address;
pub use options::{BuildError, OPTIONS, Options, Wanted};
pub use provider::AwsProvider;
