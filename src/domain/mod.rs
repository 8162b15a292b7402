//! The words of the field as plain values: no input or output, no async, no clock.

pub mod finding;
pub mod id;
