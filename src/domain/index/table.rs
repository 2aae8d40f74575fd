//! A hash table of numbers whose hash and text are kept elsewhere.
//!
//! A table of the standard library would keep each text a second time. Open addressing with linear
//! probing; removing shifts back what follows, so no marks of removed entries pile up.

/// From hashes to numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// A number plus one; zero where there is none. The length is a power of two, or zero.
    slots: Vec<u32>,
    used: usize,
}

impl Table {
    /// The number under this hash that `is_it` accepts.
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            match self.slots[at] {
                0 => return None,
                slot if is_it(slot - 1) => return Some(slot - 1),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// Puts in a number that is not there. `hash_of` gives the hash of any number in the table.
    pub(super) fn insert(&mut self, hash: u32, number: u32, hash_of: impl Fn(u32) -> u32) {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            let slots = (self.slots.len() * 2).max(16);
            let old = std::mem::replace(&mut self.slots, vec![0; slots]);
            for slot in old.into_iter().filter(|slot| *slot != 0) {
                self.place(hash_of(slot - 1), slot);
            }
        }
        self.place(hash, number + 1);
        self.used += 1;
    }

    fn place(&mut self, hash: u32, slot: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }

    /// Takes out a number, if it is there.
    pub(super) fn remove(&mut self, hash: u32, number: u32, hash_of: impl Fn(u32) -> u32) {
        let Some(mask) = self.slots.len().checked_sub(1) else { return };
        let mut gap = hash as usize & mask;
        while self.slots[gap] != number + 1 {
            if self.slots[gap] == 0 {
                return;
            }
            gap = (gap + 1) & mask;
        }
        self.used -= 1;
        let mut at = gap;
        loop {
            self.slots[gap] = 0;
            loop {
                at = (at + 1) & mask;
                let Some(other) = self.slots[at].checked_sub(1) else { return };
                let home = hash_of(other) as usize & mask;
                // It may move back into the gap unless its home lies between the two.
                if at.wrapping_sub(home) & mask >= at.wrapping_sub(gap) & mask {
                    break;
                }
            }
            self.slots[gap] = self.slots[at];
            gap = at;
        }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_come_and_go_also_where_hashes_collide() {
        // Few different hashes, at the end of the table, so that runs grow and wrap around.
        let hash_of = |number: u32| u32::MAX - number % 7;
        let (mut table, mut model) = (Table::default(), BTreeSet::new());
        let mut state = 1_u32;
        for _ in 0..20_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = (state >> 8) % 100;
            if model.insert(number) {
                table.insert(hash_of(number), number, hash_of);
            } else {
                model.remove(&number);
                table.remove(hash_of(number), number, hash_of);
            }
            let asked = (state >> 16) % 100;
            let found = table.find(hash_of(asked), |number| number == asked);
            assert_eq!(found.is_some(), model.contains(&asked));
        }
        assert_eq!(table.used, model.len());
    }
}
