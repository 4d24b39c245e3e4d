//! Zegel.
fn main() {}
