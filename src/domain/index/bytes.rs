//! Numbers and texts as bytes for the disk, with a version in front and a checksum behind.
//!
//! What is read back was written by this program, but perhaps by another version of it, or only in
//! part, so nothing is believed before the checksum matches.

/// Changes with what is written and with how text is cut into tokens.
const VERSION: u32 = 1;
/// What the bytes begin with.
const MAGIC: &[u8] = b"tabtier segment\n";
const CHECKSUM_BYTES: usize = blake3::OUT_LEN;

/// Puts bytes together.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    fn begin(&mut self) -> &mut Vec<u8> {
        if self.out.is_empty() {
            self.out.extend_from_slice(MAGIC);
            self.out.extend_from_slice(&VERSION.to_le_bytes());
        }
        &mut self.out
    }

    /// Writes a number.
    pub(super) fn number(&mut self, number: u32) {
        self.begin().extend_from_slice(&number.to_le_bytes());
    }

    /// Writes bytes with their number.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u32);
        self.out.extend_from_slice(bytes);
    }

    /// Writes numbers with their number.
    pub(super) fn numbers(&mut self, numbers: &[u32]) {
        self.number(numbers.len() as u32);
        self.out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }

    /// Writes numbers of two bytes with their number.
    pub(super) fn shorts(&mut self, numbers: &[u16]) {
        self.number(numbers.len() as u32);
        self.out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }

    /// What was written, with its checksum.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.begin();
        let checksum = blake3::hash(&self.out);
        self.out.extend_from_slice(checksum.as_bytes());
        self.out
    }
}

/// Takes bytes apart. Everything is `None` where the bytes end too soon.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Begins reading, where version and checksum are right.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let (content, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>()?;
        let rest = content.strip_prefix(MAGIC)?.strip_prefix(&VERSION.to_le_bytes())?;
        (blake3::hash(content) == *checksum).then_some(Self { rest })
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// Reads a number.
    pub(super) fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u32::from_le_bytes(*number))
    }

    /// Reads bytes.
    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length as usize)
    }

    /// Reads numbers.
    pub(super) fn numbers(&mut self) -> Option<Vec<u32>> {
        let length = self.number()? as usize;
        let bytes = self.take(length.checked_mul(4)?)?;
        Some(bytes.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number)).collect())
    }

    /// Reads numbers of two bytes.
    pub(super) fn shorts(&mut self) -> Option<Vec<u16>> {
        let length = self.number()? as usize;
        let bytes = self.take(length.checked_mul(2)?)?;
        Some(bytes.as_chunks().0.iter().map(|number| u16::from_le_bytes(*number)).collect())
    }

    /// Whether everything has been read.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }
}
