//! What prompts look like in each form, and where they stay the same.

use super::fim::FimTemplate;
use super::*;
use crate::domain::context::{Kind, Wanted};

fn context() -> Context {
    let piece = |kind, filename: &str, text: &str| Piece {
        kind,
        filename: filename.to_owned(),
        text: text.to_owned(),
    };
    Context {
        pieces: vec![
            piece(Kind::Similar, "other.rs", "fn other() {}"),
            piece(Kind::Definitions, "add.rs", "fn add(a: u8) -> u8 {\n\nx"),
        ],
        head: "use std::fmt;\n".to_owned(),
        prefix: "let a = 1;\nlet b = ".to_owned(),
        settled: "let a = 1;\n".len(),
        suffix: ";\n".to_owned(),
        language: "rust".to_owned(),
        comment: "//".to_owned(),
        filename: "main.rs".to_owned(),
        wanted: Wanted::Line,
        ..Context::default()
    }
}

fn template(file_token: &str) -> FimTemplate {
    FimTemplate {
        prefix_token: "<P>".to_owned(),
        suffix_token: "<S>".to_owned(),
        middle_token: "<M>".to_owned(),
        file_token: file_token.to_owned(),
        repo_token: if file_token.is_empty() { "" } else { "<R>" }.to_owned(),
        ..FimTemplate::default()
    }
}

const AS_COMMENTS: &str = "// From other.rs:\n// fn other() {}\n\n// From add.rs:\n\
                           // fn add(a: u8) -> u8 {\n//\n// x\n\n";

/// The prompt with `¦` at its breakpoints.
fn marked(form: &PromptForm, files: Files, context: &Context) -> String {
    let prompt = build(context, form, files, Tokens(16));
    let mut text = match prompt.body {
        PromptBody::Raw { text } => text,
        PromptBody::Chat { user, .. } => user,
        PromptBody::Infill { prefix, suffix, .. } => prefix + "|" + &suffix,
    };
    for mark in prompt.breakpoints.iter().rev() {
        text.insert(*mark, '¦');
    }
    text
}

#[test]
fn other_files_have_tokens_of_their_own_where_the_family_knows_them() {
    let form = PromptForm::Fim(template("<F>"));
    assert_eq!(
        marked(&form, Files::AsComments, &context()),
        "<R>project\n<F>other.rs\nfn other() {}\n<F>add.rs\nfn add(a: u8) -> u8 {\n\nx\n\
         <F>main.rs\n¦<P>use std::fmt;\nlet a = 1;\n¦let b = <S>;\n<M>"
    );
    let alone = Context { pieces: Vec::new(), ..context() };
    assert_eq!(
        marked(&form, Files::AsComments, &alone),
        "<P>use std::fmt;\nlet a = 1;\n¦let b = <S>;\n<M>"
    );
}

#[test]
fn other_files_are_comments_where_it_does_not() {
    let rest = "use std::fmt;\nlet a = 1;\n¦let b = ";
    assert_eq!(
        marked(&PromptForm::Fim(template("")), Files::AsComments, &context()),
        format!("<P>{AS_COMMENTS}¦{rest}<S>;\n<M>")
    );
    assert_eq!(
        marked(&PromptForm::Infill, Files::AsComments, &context()),
        format!("{AS_COMMENTS}¦{rest}|;\n")
    );
    let bare = Context { comment: String::new(), ..context() };
    assert_eq!(marked(&PromptForm::Infill, Files::AsComments, &bare), format!("{rest}|;\n"));
}

#[test]
fn a_server_that_takes_files_gets_them_apart() {
    let prompt = build(&context(), &PromptForm::Infill, Files::Apart, Tokens(16));
    let PromptBody::Infill { prefix, extra, .. } = &prompt.body else { panic!("infill") };
    assert_eq!(prefix, "use std::fmt;\nlet a = 1;\nlet b = ");
    let names: Vec<&str> = extra.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["other.rs", "add.rs"]);
}

#[test]
fn what_changes_comes_last_for_chat_too() {
    assert_eq!(
        marked(&PromptForm::Chat, Files::AsComments, &context()),
        "other.rs is similar:\nfn other() {}\n\n¦main.rs\nuse std::fmt;\nlet a = 1;\n\
         ¦let b = <CURSOR/>;\n\n\nadd.rs defines:\nfn add(a: u8) -> u8 {\n\nx\n\n\
         Insert the rest of the line at <CURSOR/>, no further lines."
    );
}

#[test]
fn the_suffix_first_when_the_family_was_trained_so() {
    let form = PromptForm::Fim(FimTemplate { suffix_first: true, ..template("") });
    let alone = Context { pieces: Vec::new(), ..context() };
    assert_eq!(
        marked(&form, Files::AsComments, &alone),
        "<S>;\n<P>use std::fmt;\nlet a = 1;\n¦let b = <M>"
    );
}

#[test]
fn tokens_in_the_code_are_read_as_code() {
    let context =
        Context { prefix: "a<M>b<F>".to_owned(), suffix: "<P>c".to_owned(), ..Context::default() };
    let (text, _) = template("<F>").render(&context);
    assert_eq!(text, "<P>a< M>b< F><S>< P>c<M>");
}

#[test]
fn code_that_holds_the_mark_does_not_move_the_cursor() {
    let context = Context { prefix: "a <CURSOR/> b".to_owned(), ..Context::default() };
    let prompt = build(&context, &PromptForm::Chat, Files::AsComments, Tokens(16));
    let PromptBody::Chat { user, .. } = prompt.body else { panic!("chat") };
    assert!(user.contains("a <CURSOR/> b<CURSOR_1/>"), "{user}");
}
