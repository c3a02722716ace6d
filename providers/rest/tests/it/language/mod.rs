//! What the preset language can say, each thing against a cloud that checks it.

mod additive;
mod authorisation;
mod compare_and_set;
mod lists;
mod lookups;
mod options;
mod requests;
mod rules;
mod sequences;
mod tokens;
