//! Tabtier: one language server between an editor and any number of models.
//!
//! A request flows through the modules below in reading order. The editor's message becomes a
//! [`domain`] site; the domain says what kind of completion is wanted and plans who should answer;
//! the [`engine`] runs the plan against the clock, asking models through [`provider`] where the
//! local engine is not sure enough, with prompts measured by [`tokenizers`]; [`server`] turns the
//! answer back into the editor's words. [`config`] is what the user said about all this, [`report`]
//! tells them what came of it and [`dashboard`] draws it, [`store`] keeps what is to outlive the
//! process, and [`cli`] wires the parts together.

pub mod domain;

pub mod engine;
pub mod provider;
pub mod tokenizers;

pub mod config;
pub mod dashboard;
pub mod report;
pub mod server;
pub mod store;
pub mod trace;

pub mod cli;
