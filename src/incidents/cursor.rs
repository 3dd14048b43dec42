//! Where a page of incidents ended, as an opaque word that a client hands back to get the next page.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The last incident of a page. The order is `(created_at, id)` downwards as PostgreSQL has it, first what has no
/// `created_at`, so that paging neither skips nor repeats, even among incidents of the same instant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// When it was created, in microseconds since 2000, the extremes being PostgreSQL's infinities; nothing is NULL.
    pub created_at: Option<i64>,
    /// Which it is, as text.
    pub id: String,
}

/// What PostgreSQL has for times (4713 BC to 294276), infinities aside.
const TIMES: std::ops::Range<i64> = -211_813_488_000_000_000..9_223_371_331_200_000_000;
/// Bytes of a word at most; an id is shorter.
const MOST: usize = 4096;

impl Cursor {
    /// The word.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(9 + self.id.len());
        match self.created_at {
            None => bytes.push(0),
            Some(micros) => {
                bytes.push(1);
                bytes.extend(micros.to_be_bytes());
            }
        }
        bytes.extend(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the word; nothing if it is none of ours.
    pub fn decode(word: &str) -> Option<Self> {
        if word.len() > MOST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(word).ok()?;
        let (created_at, id) = match bytes.split_first()? {
            (0, id) => (None, id),
            (1, rest) => {
                let (micros, id) = rest.split_at_checked(8)?;
                (Some(i64::from_be_bytes(micros.try_into().ok()?)), id)
            }
            _ => return None,
        };
        let possible = created_at
            .is_none_or(|micros| [i64::MIN, i64::MAX].contains(&micros) || TIMES.contains(&micros));
        let id = std::str::from_utf8(id).ok()?;
        (possible && !id.contains('\0')).then(|| Self {
            created_at,
            id: id.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_word_to_the_microsecond() {
        for created_at in [
            None,
            Some(823_939_200_123_457),
            Some(i64::MAX),
            Some(i64::MIN),
        ] {
            for id in ["00000000-0000-4000-8000-000000000001", "42", "", "Zürich/7"] {
                let cursor = Cursor {
                    created_at,
                    id: id.to_owned(),
                };
                assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
            }
        }
    }

    #[test]
    fn a_word_that_is_none_of_ours_is_refused() {
        let word = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        for word in [
            "",
            "x",
            "%%%",
            "ééé",
            &"A".repeat(MOST + 1),
            &word(&[2, 1]),
            &word(&[1, 0, 0, 0]),
            &word(b"\0a\0b"),
            &word(b"\0\xff"),
            // Earlier than PostgreSQL's first time.
            &word(&[1, 0x81, 0, 0, 0, 0, 0, 0, 0, b'a']),
        ] {
            assert_eq!(Cursor::decode(word), None, "{word}");
        }
    }
}
