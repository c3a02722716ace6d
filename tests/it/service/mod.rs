//! What a node is to the machine that runs it: systemd's notifications and directories, health checks, logs, and what `les generate` writes.
//! Under a real systemd: tests/machines.

mod crash_loop;
mod generate;
mod health;
mod log_level;
mod notify;
mod start_up;
