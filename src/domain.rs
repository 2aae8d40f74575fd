//! The pure half: text in, decisions out.
//!
//! Nothing in this folder awaits, opens a file, reads the clock or the environment, or knows LSP,
//! HTTP or JSON. Time arrives as an argument. So all of it is tested without a clock, a disk or a
//! network, and the same inputs always give the same answer.

pub mod text;
pub mod units;

pub mod language;

pub mod lexical;
pub mod syntax;

pub mod words;

pub mod tokens;

pub mod excerpts;
pub mod outline;

pub mod trail;

pub mod document;

pub mod index;

pub mod workspace;

pub mod site;

pub mod class;
pub mod route;

pub mod gate;

pub mod local;

pub mod ruler;

pub mod context;
pub mod prompt;

pub mod completion;
pub mod postprocess;

pub mod cache;

pub mod money;

pub mod explain;
pub mod ledger;

pub mod checkup;

pub mod feedback;
