//! How classes and roles stand on the sheets of closers and lines; the weights rely on the order.

use crate::domain::class::RequestClass;
use crate::domain::language::Role;

/// The classes whose probabilities are given.
pub(super) const SCORES: [(&str, RequestClass); 5] = [
    ("p_closer", RequestClass::Closer),
    ("p_name", RequestClass::Identifier),
    ("p_line", RequestClass::Line),
    ("p_boilerplate", RequestClass::Boilerplate),
    ("p_logic", RequestClass::Logic),
];

/// The roles a place may have, innermost first.
pub(super) const ROLES: [Role; 8] = [
    Role::FunctionBody,
    Role::Block,
    Role::TypeBody,
    Role::Parameters,
    Role::Arguments,
    Role::Table,
    Role::Arms,
    Role::Import,
];
