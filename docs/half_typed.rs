//! Somebody is in the middle of typing this. The README asks for a completion at its end.

struct Basket {
    items: Vec<Item>,
    discount_percent: u64,
}

impl Basket {
    fn total_cents(&self) -> u64 {
        let sum: u64 = self.items.iter().map(|item| item.price_cents).sum();
        if self.discount_percent == 0 {
            return sum;
        }
        assert!(self.discount_percent < 100, "nothing is free");
        sum - sum * self.disc
