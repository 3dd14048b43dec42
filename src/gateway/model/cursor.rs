//! Where a page of incidents ended, as an opaque word that a client hands back to get the next page.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

/// The last incident of a page. The order is `(created_at, id)` downwards, to PostgreSQL's microsecond, so that paging
/// neither skips nor repeats, even among incidents of the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Which it is.
    pub id: Uuid,
}

impl Cursor {
    /// The word.
    pub fn encode(&self) -> String {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.created_at.timestamp_micros().to_be_bytes());
        bytes[8..].copy_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the word; nothing if it is none of ours.
    pub fn decode(word: &str) -> Option<Self> {
        let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(word).ok()?.try_into().ok()?;
        let (micros, id) = bytes.split_at(8);
        let micros = i64::from_be_bytes(micros.try_into().ok()?);
        let created_at = DateTime::from_timestamp_micros(micros)?;
        // PostgreSQL knows no time before 4713 BC and would refuse the query.
        (created_at.year() > -4713).then_some(Self {
            created_at,
            id: Uuid::from_slice(id).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_word_to_the_microsecond() {
        let cursor = Cursor {
            created_at: DateTime::from_timestamp_micros(1_770_624_000_123_457).unwrap(),
            id: Uuid::new_v4(),
        };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn a_word_that_is_none_of_ours_is_refused() {
        let too_early = URL_SAFE_NO_PAD.encode([[0x81; 8], [0; 8], [0; 8]].concat());
        for word in ["", "x", "AAAA", &"A".repeat(33), "%%%", "ééé", &too_early] {
            assert_eq!(Cursor::decode(word), None, "{word}");
        }
    }
}
