//! Named scenarios on a whole cluster: the failures F1 to F4, F9, F19, F22 and F24 of the reference, and rows of the fault matrix. Each one
//! runs with several seeds, since latencies and phases differ.

mod clouds;
mod discovery;
mod fault_matrix;
mod partitions;
mod pauses;
mod processes;
mod quorum;
mod support;
mod timing;
