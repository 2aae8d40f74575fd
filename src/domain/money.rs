//! Money before it is spent and after: prices, estimates, caps, and what may still be spent.
//!
//! All of it is arithmetic on whole numbers. Who keeps the sums, on which disk and for which
//! processes, is the store's business; what a call really used is the provider's. An unknown price
//! is no price: it never becomes zero on the way.

pub mod amount;
pub mod calendar;

pub mod price;

pub mod quote;

pub mod caps;
pub mod grant;
pub mod purse;

pub mod entry;

pub use amount::PicoUsd;
pub use calendar::Moment;
pub use caps::{Caps, Counted, Counter, Limit, Period};
pub use price::{Listed, Metered, Price, Rates};
pub use quote::Quote;
