//! People do things in any order, and a plain model says what may come of it.

mod arrangements;
mod office;
mod under_attack;
