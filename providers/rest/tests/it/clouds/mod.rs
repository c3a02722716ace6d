//! Every built-in preset against a fake of its cloud: the conformance suite, and what is particular to that cloud.

mod stage;

mod digitalocean;
