//! Caps and the ledger's settings as the program uses them, and the price of each model.

use url::Url;

use super::Reader;
use crate::config::options::MODEL_TIERS;
use crate::config::prices;
use crate::config::problem::Fault;
use crate::config::{LedgerSettings, MoneySettings};
use crate::domain::money::price::{Listed, Price, Rates};
use crate::domain::money::{Caps, Counted, Counter, Limit, Period, PicoUsd};
use crate::domain::route::Tier;

impl Reader<'_> {
    pub(super) fn money(&self) -> MoneySettings {
        let mut caps =
            Caps { allows_unpriced: self.bool(&["caps", "allow_unpriced"]), ..Caps::default() };
        let tiers = MODEL_TIERS.into_iter().map(Some);
        for tier in std::iter::once(None).chain(tiers) {
            caps.request.extend(self.dollars(tier, "request_usd").map(|max| (tier, max)));
            let mut limit = |period, counted, max: Option<u64>| {
                let counter = Counter { tier, period, counted };
                caps.limits.extend(max.map(|max| Limit { counter, max }));
            };
            limit(Period::Day, Counted::Money, self.dollars(tier, "day_usd").map(|m| m.0));
            limit(Period::Month, Counted::Money, self.dollars(tier, "month_usd").map(|m| m.0));
            limit(Period::Minute, Counted::Requests, self.calls(tier));
        }
        let ask_above = self.number(&["caps", "ask_above_usd"]).unwrap_or_default();
        MoneySettings {
            caps,
            ask_above: PicoUsd::from_float_dollars(ask_above),
            ledger: LedgerSettings {
                enabled: self.bool(&["ledger", "enabled"]),
                days: self.integer(&["ledger", "days"]).try_into().unwrap_or(u32::MAX),
            },
        }
    }

    fn dollars(&self, tier: Option<Tier>, word: &str) -> Option<PicoUsd> {
        self.number(&cap_key(tier, word)).map(PicoUsd::from_float_dollars)
    }

    fn calls(&self, tier: Option<Tier>) -> Option<u64> {
        let key = cap_key(tier, "requests_per_minute");
        self.value(&key).is_some().then(|| self.integer(&key))
    }

    /// What the price table says of a model: by the key the user gives, else by its own name.
    pub(super) fn listed(&mut self, name: &str, url: &Url) -> Option<Listed> {
        let key = ["models", name, "price_as"];
        let Some(wanted) = self.text(&key) else {
            let model = self.text(&["models", name, "model"]).unwrap_or_default();
            return prices::find_for(url, &model);
        };
        let found = prices::find(&wanted);
        if found.is_none() {
            let valid =
                "keys are VENDOR/ID as in src/config/prices/table.tsv; the price is unknown";
            self.report(&key, Fault::new("no such model in the price table", valid));
        }
        found
    }

    /// What the user says a model charges, in dollars a million tokens.
    pub(super) fn own_price(&self, name: &str) -> Option<Price> {
        let rate = |word| self.number(&["models", name, word]).map(PicoUsd::from_float_per_million);
        let (input, output) = (rate("price_input")?, rate("price_output")?);
        let cache_write = rate("price_cache_write");
        Some(Price::flat(Rates {
            cache_read: rate("price_cache_read"),
            cache_write,
            // Anthropic alone tells writes for an hour apart: 2 times the input price, where those
            // for minutes cost 1.25 times.
            cache_write_long: cache_write.map(|write| PicoUsd(write.0.saturating_mul(8) / 5)),
            ..Rates::plain(input, output)
        }))
    }
}

fn cap_key(tier: Option<Tier>, word: &str) -> Vec<&str> {
    ["caps"].into_iter().chain(tier.map(Tier::name)).chain([word]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::resolve::tests::load;

    const MODEL: &str =
        "[models.m]\nurl = \"https://api.mistral.ai/v1\"\nmodel = \"codestral-2508\"\n";

    fn cost(text: &str) -> Option<u64> {
        let (settings, _) = load(text);
        settings.models["m"].price.as_ref().map(|price| price.base.input.0)
    }

    #[test]
    fn caps_of_all_kinds_are_read() {
        let text = "[caps]\nrequest_usd = 0.05\nday_usd = 1\nmonth_usd = 20.5\n\
                    requests_per_minute = 30\nflagship.day_usd = 0.5\n";
        let money = load(text).0.money;
        assert_eq!(money.caps.request, [(None, PicoUsd(50_000_000_000))]);
        let limits: Vec<_> = money
            .caps
            .limits
            .iter()
            .map(|l| (l.counter.to_string(), l.counter.shown(l.max)))
            .collect();
        let expected = [
            ("today's spending", "$1.00"),
            ("this month's spending", "$20.50"),
            ("this minute's requests", "30 requests"),
            ("today's flagship spending", "$0.5"),
        ];
        assert_eq!(limits, expected.map(|(what, max)| (what.to_owned(), max.to_owned())));
        assert!(load("").0.money.caps.is_empty());
    }

    #[test]
    fn what_the_user_says_of_a_price_wins_over_the_table() {
        assert_eq!(cost(MODEL), Some(300_000));
        let own = format!("{MODEL}price_input = 0.0625\nprice_output = 1\n");
        assert_eq!(cost(&own), Some(62_500));
        assert_eq!(cost(&format!("{MODEL}price_as = \"groq/none\"\n")), None);
        let (_, problems) = load(&format!("{MODEL}price_as = \"groq/none\"\n"));
        assert!(problems[0].contains("no such model in the price table"));
        let other =
            "[models.m]\nurl = \"https://gateway.example/v1\"\nmodel = \"codestral-2508\"\n";
        assert_eq!(cost(other), None);
        let said = format!("{other}price_as = \"mistral/codestral-2508\"\n");
        assert_eq!(cost(&said), Some(300_000));
    }
}
