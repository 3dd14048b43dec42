//! Reads parts of the text exposition format.

use std::collections::BTreeMap;

/// The pairs that [`super::write::labels`] has written.
pub fn labels(text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let mut rest = text;
    while let Some((name, value)) = rest.split_once("=\"") {
        let mut read = String::new();
        let mut characters = value.chars();
        loop {
            match characters.next() {
                Some('\\') => match characters.next() {
                    Some('n') => read.push('\n'),
                    escaped => read.extend(escaped),
                },
                None | Some('"') => break,
                Some(plain) => read.push(plain),
            }
        }
        labels.insert(name.trim_start_matches(',').to_owned(), read);
        rest = characters.as_str();
    }
    labels
}
