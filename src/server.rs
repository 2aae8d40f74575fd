//! The LSP rim: from the editor's messages to the engine and back.
//!
//! `transport` keeps the order and the promise that every request is answered; `backend` holds the
//! handlers; `session` the state; `from_proto` and `to_proto` are the border. Past this folder
//! nothing knows the protocol.

mod asking;
mod backend;
mod capabilities;
mod commands;
mod configure;
mod ext;
mod folders;
mod from_proto;
mod late;
mod news;
mod pending;
mod progress;
mod session;
mod to_proto;
mod transport;

pub use backend::Backend;
pub use configure::{Configurator, Configured, Equip};
pub use transport::{Ending, serve};
