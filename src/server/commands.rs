//! The commands a client may run; `docs/protocol.md` describes them.

/// A command of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The user accepted a suggestion. Arguments: its request number, optionally the number of
    /// accepted characters.
    Accepted,
    /// Explains the last request, or the one whose number is given.
    Explain,
    /// What is configured, answered and spent.
    Status,
    /// Stops completing until resumed.
    Pause,
    /// Goes on.
    Resume,
    /// Sets `policy.override` for this session. Argument: a tier or `auto`.
    SetOverride,
    /// Forgets cached answers.
    ClearCache,
}

impl Command {
    /// Every command.
    pub const ALL: [Self; 7] = [
        Self::Accepted,
        Self::Explain,
        Self::Status,
        Self::Pause,
        Self::Resume,
        Self::SetOverride,
        Self::ClearCache,
    ];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "tabtier.accepted",
            Self::Explain => "tabtier.explain",
            Self::Status => "tabtier.status",
            Self::Pause => "tabtier.pause",
            Self::Resume => "tabtier.resume",
            Self::SetOverride => "tabtier.setOverride",
            Self::ClearCache => "tabtier.clearCache",
        }
    }

    /// The command with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.name() == name)
    }
}
