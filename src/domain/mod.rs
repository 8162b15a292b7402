//! The words of the field as plain values: no input or output, no async, no clock.
//!
//! Read [`scheme`] and [`mod@unit`] for what is owed and by whom, [`evidence`] for what is sent, [`duty`] and [`counting`] for how the
//! one is held against the other.

pub mod id;

pub mod unit;

pub mod pinyin;

pub mod kind;

pub mod media;

pub mod window;

pub mod code;

pub mod scheme;

pub mod scheme_check;

pub mod scheme_diff;

pub mod tag;

pub mod evidence;

pub mod actor;

pub mod finding;

mod finding_words;

pub mod verdict;

pub mod reading;

pub mod likeness;

pub mod shared;

pub mod submission;

pub mod duty;

pub mod counting;

pub mod dates;

pub mod number;

pub mod city;
