//! One integration binary: rules of the repository, the server over memory and over real pipes,
//! real model servers and real editors. Unit tests stand beside the code they test.

mod aimock;
mod bad_input;
mod config;
mod doctor;
mod editors;
mod explain;
mod faults;
mod feedback;
mod gate;
mod grammars;
mod helix;
mod index;
mod init;
mod ledger;
mod lexical;
mod llama_cpp;
mod money;
mod neovim;
mod network;
mod news;
mod pages;
mod peers;
mod policy;
mod postprocess;
mod prompts;
mod providers;
mod replay;
mod replies;
mod routing;
mod sdks;
mod support;
mod sync;
mod tidy;
mod tls;
mod vscode;
