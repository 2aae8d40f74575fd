//! Rows of the settings table: what is done and remembered on this machine.

use super::{Preset, Row, Scope};
use crate::config::kind::Kind;

pub(super) const ROWS: &[Row] = &[
    Row {
        key: "cache.entries_max",
        kind: Kind::Integer { min: 0, max: 1_000_000, unit: "entries" },
        default: Preset::Integer(1_000),
        scope: Scope::Lower,
        doc: "The most answers kept in memory. Zero switches the cache off.",
    },
    Row {
        key: "cache.bytes_max",
        kind: Kind::Integer { min: 0, max: 1_073_741_824, unit: "bytes" },
        default: Preset::Integer(8_388_608),
        scope: Scope::Lower,
        doc: "The most memory for the texts of kept answers.",
    },
    Row {
        key: "local.closers",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Whether the local engine offers closing brackets, quotes and tags.",
    },
    Row {
        key: "local.names",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Whether the local engine offers names it has seen in the project.",
    },
    Row {
        key: "local.lines",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Whether the local engine offers short lines like those it has seen in the project.",
    },
    Row {
        key: "index.enabled",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Whether the files of the workspace are read in the background, so that the local \
              engine knows the names of the whole project. Files that `.gitignore` or \
              `privacy.exclude` names, hidden files and files of no known language are left out. \
              What is read stays on this machine.",
    },
    Row {
        key: "index.max_files",
        kind: Kind::Integer { min: 0, max: 1_000_000, unit: "files" },
        default: Preset::Integer(20_000),
        scope: Scope::Lower,
        doc: "The most files that are read. The others are as if they were not there.",
    },
    Row {
        key: "index.max_file_kib",
        kind: Kind::Integer { min: 1, max: 4_096, unit: "KiB" },
        default: Preset::Integer(512),
        scope: Scope::Lower,
        doc: "The largest file that is read. Larger ones are rarely written by hand.",
    },
    Row {
        key: "index.max_mib",
        kind: Kind::Integer { min: 1, max: 16_384, unit: "MiB" },
        default: Preset::Integer(128),
        scope: Scope::Lower,
        doc: "The most memory for what is known of the workspace. When it is full, no more files \
              are read.",
    },
    Row {
        key: "index.cpu_share",
        kind: Kind::Number { min: 0.01, max: 1.0, unit: "" },
        default: Preset::Number(0.5),
        scope: Scope::Lower,
        doc: "The most of one processor core that reading the workspace takes.",
    },
    Row {
        key: "index.cache",
        kind: Kind::Bool,
        default: Preset::Bool(false),
        scope: Scope::Only("false"),
        doc: "Whether what was found in the workspace is kept on disk, so that the next start need \
              not read it again. It is kept in your own folder for caches, readable by you alone; \
              see `docs/privacy.md`.",
    },
    Row {
        key: "feedback.enabled",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Whether what becomes of suggestions decides who is asked first: a class whose answers \
              keep being turned down may move one tier up, one whose answers are matched by a \
              cheaper tier one down, never further than the bounds of its row. When false, nothing \
              is noted, used or kept on disk. See `docs/routing.md`.",
    },
];
